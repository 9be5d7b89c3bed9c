// A Python that has moto: the one that is there, else a venv of ours with what pip fetches, else Debian's package. What
// is fetched stays in .servers/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../vscode/say.mjs';
import { installPackages, isDebian } from './debian.mjs';

const VERSION = '5.2.1';
/** The release of Debian that has the package, which is Python alone: it runs on older ones with the packages below. */
const SUITE = 'trixie';
const NEEDS = ['flask', 'flask-cors', 'boto3', 'responses', 'xmltodict', 'cryptography'];

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.servers');
const VENV = join(CACHE, `moto-${VERSION}`);
const UNPACKED = join(CACHE, 'moto-debian');

/** Another Python may be the first in PATH: Debian's packages are known to Debian's alone. */
const DEBIANS = '/usr/bin/python3';
const PYTHONS = [
  { command: 'python3', env: {} },
  { command: DEBIANS, env: {} },
  { command: join(VENV, 'bin', 'python'), env: {} },
  { command: DEBIANS, env: { PYTHONPATH: join(UNPACKED, 'usr/lib/python3/dist-packages') } },
];

const run = (command, args, options) =>
  spawnSync(command, args, { encoding: 'utf8', timeout: 400_000, ...options });

/** The first Python that has moto, and the environment that it needs; undefined where none has. */
export function motoPython() {
  return PYTHONS.find(({ command, env }) => {
    const options = { env: { ...process.env, ...env }, stdio: 'ignore' };
    return run(command, ['-c', 'import moto.server'], options).status === 0;
  });
}

/** Gets moto where there is none. @returns why it cannot be used; undefined where it can */
export function ensureMoto() {
  if (motoPython() !== undefined) return undefined;
  if (process.platform === 'win32') return 'moto is not installed';
  mkdirSync(CACHE, { recursive: true });
  say('getting moto for the tests');
  byPip();
  if (motoPython() !== undefined) return undefined;
  if (!isDebian()) return 'moto is not installed, and pip cannot get it';
  installPackages(NEEDS.map((name) => `python3-${name}`));
  const why = fromDebian();
  if (why !== undefined) return `moto is not installed, and pip cannot get it, nor Debian: ${why}`;
  return motoPython() === undefined ? "Debian's moto does not run here" : undefined;
}

function byPip() {
  rmSync(VENV, { recursive: true, force: true });
  const quick = ['--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
  const install = ['-m', 'pip', 'install', ...quick, `moto[server]==${VERSION}`];
  const done =
    run('python3', ['-m', 'venv', VENV]).status === 0 &&
    run(join(VENV, 'bin', 'python'), install).status === 0;
  if (!done) rmSync(VENV, { recursive: true, force: true });
}

/** Unpacks Debian's package, installing nothing. @returns what failed */
function fromDebian() {
  const work = join(CACHE, 'moto-debian.partial');
  rmSync(work, { recursive: true, force: true });
  for (const part of ['lists/partial', 'archives/partial', 'unpacked']) {
    mkdirSync(join(work, part), { recursive: true });
  }
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  writeFileSync(join(work, 'sources.list'), `deb ${signed} ${mirror()} ${SUITE} main\n`);
  // An apt of its own: the machine's keeps knowing its own release only.
  const own = [
    ...[`Dir::Etc::sourcelist=${work}/sources.list`, 'Dir::Etc::sourceparts=/dev/null'],
    ...[`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}`, 'APT::Sandbox::User=root'],
  ].flatMap((option) => ['-o', option]);
  try {
    for (const step of [['update'], ['download', 'python3-moto']]) {
      const { status, stderr } = run('apt-get', [...own, ...step], { cwd: work });
      if (status !== 0) return `apt-get ${step[0]}: ${stderr?.trim().slice(-300)}`;
    }
    const deb = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (run('dpkg', ['-x', join(work, deb), join(work, 'unpacked')]).status !== 0) return 'dpkg';
    rmSync(UNPACKED, { recursive: true, force: true });
    renameSync(join(work, 'unpacked'), UNPACKED);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where this machine has Debian's packages from. */
function mirror() {
  const which = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  const { stdout = '' } = run('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...which]);
  return stdout?.split('\n')[0] || 'http://deb.debian.org/debian';
}
