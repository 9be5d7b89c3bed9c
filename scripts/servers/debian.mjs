// Debian's packages, installed where that may be done: as root on Debian.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from '../vscode/say.mjs';

export const isDebian = () => process.platform === 'linux' && existsSync('/usr/bin/apt-get');

/** Installs packages. @returns whether it could be tried */
export function installPackages(packages) {
  if (!isDebian() || process.getuid() !== 0) return false;
  say(`installing ${packages.join(', ')} for the tests`);
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // No service of theirs is to run.
    RUNLEVEL: '1',
  };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: 400_000 });
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (apt(...install).status !== 0) {
    apt('update');
    apt(...install);
  }
  return true;
}
