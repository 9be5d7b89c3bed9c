// What the reliability tests use beside Node. Without a tool its tests say that they are skipped, and why.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ensureServer } from '../servers/installed.mjs';
import { say } from '../vscode/say.mjs';

/** Command → the Debian package that has it. */
const TOOLS = {
  strace: 'strace',
  b3sum: 'b3sum',
  cc: 'gcc',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
  losetup: 'mount',
  'mkfs.exfat': 'exfatprogs',
  'mount.exfat-fuse': 'exfat-fuse',
  'ntfs-3g': 'ntfs-3g',
  disorderfs: 'disorderfs',
  faketime: 'faketime',
};

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** The servers that a stage talks to, where they can be had. */
export function installServers(names) {
  for (const name of names) {
    const why = ensureServer(name);
    if (why !== undefined) say(`${why}: its tests will be skipped`);
  }
}

/** As root on Debian, installs what is missing; anywhere else, and where that fails, it leaves it at that. */
export function installTools() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return;
  if (!existsSync('/usr/bin/apt-get')) return;
  const missing = Object.keys(TOOLS).filter((command) => !has(command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((command) => TOOLS[command]))];
  say(`installing ${packages.join(', ')} for the tests`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: 240_000 });
  const install = (...names) =>
    apt('install', '-y', '--no-install-recommends', ...names).status === 0;
  if (install(...packages)) return;
  apt('update');
  if (install(...packages)) return;
  // Not every release has all of them, and one that is not known keeps the others away.
  const absent = packages.filter((name) => !install(name));
  if (absent.length > 0) say(`not installed: ${absent.join(', ')}; their tests will be skipped`);
}
