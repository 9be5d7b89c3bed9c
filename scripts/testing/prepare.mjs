// Brings a fresh clone to the point where it can run: dependencies installed, product built.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from '../vscode/npm.mjs';
import { Stop, say } from '../vscode/say.mjs';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Installs the dependencies where they are missing or other than package-lock.json says. */
export async function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20)
    throw new Stop(`This is Node ${process.versions.node}: install Node 20 or newer.`);
  const wrong = firstWrongPackage();
  if (!wrong) return;
  const locked = existsSync(join(root, 'package-lock.json'));
  say(`Installing the dependencies (npm ${locked ? 'ci' : 'install'}): ${wrong}`);
  // No install scripts: every tool here works without its own, and they reach out to the network.
  const purpose = 'install the dependencies';
  await npm([locked ? 'ci' : 'install', '--ignore-scripts', '--include=dev'], {
    cwd: root,
    purpose,
  });
}

/** The first package that is not installed as the lock file says, in words; undefined when all are. */
function firstWrongPackage() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'there are none yet';
  for (const [path, { version, optional, devOptional, peer }] of Object.entries(wanted ?? {})) {
    if (!path || optional || devOptional || peer) continue;
    if (installed[path]?.version !== version) return `${path} should be ${version}`;
  }
  return undefined;
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Runs one of the scripts of package.json, with its output shown; true where it succeeds. */
export function runScript(name, ...args) {
  const { scripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (!scripts[name]) throw new Stop(`package.json has no script "${name}".`);
  const rest = args.length > 0 ? ['--', ...args] : [];
  const shell = process.platform === 'win32';
  const done = spawnSync('npm', ['run', '--silent', name, ...rest], {
    cwd: root,
    stdio: 'inherit',
    shell,
  });
  if (done.error) throw new Stop('npm was not found: install Node 20 or newer with npm.');
  return done.status === 0;
}

/** Builds the product into dist/ (with `production` as it is packaged), and with `tests` every test file into out/test/. */
export function build({ tests = false, production = false } = {}) {
  say(tests ? 'Building the product and its tests' : 'Building Snapdir');
  if (!runScript('build', ...(production ? ['--production'] : [])))
    throw new Stop('The build failed: see above.');
  if (tests && !runScript('build', '--tests'))
    throw new Stop('The build of the tests failed: see above.');
}
