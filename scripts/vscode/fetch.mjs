// Gets a VS Code and the Node it runs on out of npm packages, into a cache that git ignores.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { Stop, say } from './say.mjs';
import { nodePackage, versionNamed } from './versions.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const MARKER = 'complete.json';
/** Raise this when the steps below change: older caches are then made anew. */
const RECIPE = 1;

/** The folder that holds fetched versions: SNAPDIR_VSCODE_CACHE lets several clones share one. */
export function cacheFolder() {
  return resolve(process.env.SNAPDIR_VSCODE_CACHE || join(HERE, '..', '..', '.vscode-test'));
}

/**
 * Makes sure that a version is there and says where. Costs nothing when it already is.
 * @param {'newest' | 'lowest'} name
 * @returns {Promise<{ name: string, vscode: string, node: string, server: string }>}
 */
export async function fetchVSCode(name) {
  const version = versionNamed(name);
  const cache = cacheFolder();
  const code = join(cache, `vscode-${version.vscode}`);
  const node = join(cache, `node-${version.node}-${process.platform}-${process.arch}`);
  await once(node, `Node ${version.node}`, (dir) => getNode(version.node, dir));
  await once(code, `VS Code ${version.vscode}`, (dir) => getCode(version, dir));
  return {
    name,
    vscode: version.vscode,
    node: join(node, 'package', 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    server: join(code, 'package', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** Runs `make` on a fresh folder beside `target` and moves the result in place: all or nothing. */
async function once(target, what, make) {
  if (isComplete(target)) return;
  await withLock(`${target}.lock`, async () => {
    if (isComplete(target)) return;
    say(`Fetching ${what} (once; it is kept in ${dirname(target)})`);
    const partial = `${target}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    try {
      await make(partial);
    } catch (error) {
      rmSync(partial, { recursive: true, force: true });
      throw error;
    }
    writeFileSync(join(partial, MARKER), JSON.stringify({ recipe: RECIPE }));
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  });
}

function isComplete(target) {
  try {
    return JSON.parse(readFileSync(join(target, MARKER), 'utf8')).recipe === RECIPE;
  } catch {
    return false;
  }
}

async function getNode(major, dir) {
  await download(nodePackage(major), dir);
}

async function getCode(version, dir) {
  await download(version.package, dir);
  const root = join(dir, 'package', 'lib', 'vscode');
  say(`Installing what VS Code ${version.vscode} needs`);
  // No install scripts: they would compile a dozen native modules and want system libraries. The
  // few that matter come prebuilt (file watching, terminal, search) or have a stand-in below.
  const purpose = `install what VS Code ${version.vscode} needs`;
  const install = ['install', '--omit=dev', '--ignore-scripts'];
  await npm(install, { cwd: root, purpose });
  await npm(install, { cwd: join(root, 'extensions'), purpose });
  standIn('spdlog.cjs', join(root, 'node_modules', '@vscode/spdlog'));
  standIn('nativeWatchdog.cjs', join(root, 'node_modules', version.watchdog));
  if (version.ripgrep) await getRipgrep(version.ripgrep, dir, root);
}

function standIn(file, packageFolder) {
  if (!existsSync(packageFolder))
    throw new Stop(`VS Code's layout has changed: ${packageFolder} is missing.`);
  cpSync(join(HERE, 'standIns', file), join(packageFolder, 'index.js'));
}

async function getRipgrep(version, dir, root) {
  const unpacked = join(dir, 'ripgrep');
  mkdirSync(unpacked);
  await download(`@vscode/ripgrep-${process.platform}-${process.arch}@${version}`, unpacked);
  cpSync(join(unpacked, 'package', 'bin'), join(root, 'node_modules/@vscode/ripgrep/bin'), {
    recursive: true,
  });
  rmSync(unpacked, { recursive: true });
}

/** Downloads a package and unpacks it: its files end up in `dir/package`. */
async function download(spec, dir) {
  await npm(['pack', spec, '--pack-destination', dir, '--ignore-scripts'], {
    cwd: dir,
    purpose: `download ${spec}`,
  });
  const archive = readdirSync(dir).find((entry) => entry.endsWith('.tgz'));
  const tar = spawnSync('tar', ['-xzf', archive], { cwd: dir, encoding: 'utf8' });
  if (tar.error) throw new Stop('The program "tar" was not found: install it and run this again.');
  if (tar.status !== 0) throw new Stop(`Could not unpack ${spec}: ${tar.stderr.trim()}`);
  rmSync(join(dir, archive));
}
