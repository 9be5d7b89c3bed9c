// The native BLAKE3: an optional package with one binary for each platform, which lies beside the bundles as blake3.node.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const scope = join(root, 'node_modules', '@napi-rs');

/** The platforms that VS Code knows packages for, and what the binary's package calls them. */
const PLATFORMS = {
  'win32-x64': 'win32-x64-msvc',
  'win32-arm64': 'win32-arm64-msvc',
  'linux-x64': 'linux-x64-gnu',
  'linux-arm64': 'linux-arm64-gnu',
  'alpine-x64': 'linux-x64-musl',
  'alpine-arm64': 'linux-arm64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

function runs(path) {
  try {
    createRequire(import.meta.url)(path);
    return true;
  } catch {
    return false;
  }
}

/** The binary that npm installed for this platform, or undefined. */
export function nativeFile() {
  if (!existsSync(scope)) return undefined;
  return readdirSync(scope)
    .filter((name) => name.startsWith('blake-hash-'))
    .flatMap((name) => readdirSync(join(scope, name)).map((file) => join(scope, name, file)))
    .filter((path) => path.endsWith('.node'))
    .find(runs);
}

/** Puts `file` beside the bundles in `dist`, or takes it away. A process that has the old one loaded keeps it. */
export function placeFile(dist, file) {
  const target = join(dist, 'blake3.node');
  if (file === undefined) {
    rmSync(target, { force: true });
    return;
  }
  mkdirSync(dist, { recursive: true });
  copyFileSync(file, `${target}.new`);
  renameSync(`${target}.new`, target);
}

/** Puts this platform's binary there, where it is wanted and there is one. */
export const placeNative = (dist, wanted) => placeFile(dist, wanted ? nativeFile() : undefined);

/** The names of the platforms. */
export const platforms = Object.keys(PLATFORMS);

/**
 * Fetches the binary of any platform, as the lock file has it, and returns its path in `dir`.
 * @param platform one of `platforms`
 */
export function fetchNative(platform, dir) {
  const name = `@napi-rs/blake-hash-${PLATFORMS[platform]}`;
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  mkdirSync(dir, { recursive: true });
  const pack = ['pack', '--json', '--ignore-scripts', `${name}@${version}`];
  const [packed] = JSON.parse(call('npm', pack, dir));
  // npm has checked that it is what the registry says; this, that it is what was locked.
  if (packed.integrity !== integrity) {
    throw new Error(`${name}@${version} is not what package-lock.json has: ${packed.integrity}`);
  }
  call('tar', ['-xzf', packed.filename], dir);
  const [file] = readdirSync(join(dir, 'package')).filter((one) => one.endsWith('.node'));
  return join(dir, 'package', file);
}

function call(program, args, cwd) {
  // npm is a script there; none of the arguments has blanks.
  const shell = process.platform === 'win32';
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', shell });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}
