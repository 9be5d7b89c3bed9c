// Debian packages that the test servers come from. As root on Debian what is missing is installed; anywhere else, and
// where that fails, the tests that need it say that they are skipped, and why.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { say } from '../vscode/say.mjs';

/** Server → the commands that it needs and the packages that have them. */
export const SERVERS = {
  ceph: {
    commands: ['ceph', 'ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph-authtool'],
    packages: ['ceph-mon', 'ceph-osd', 'radosgw'],
  },
  swift: {
    commands: ['swift-proxy-server', 'swift-object-server', 'swift-ring-builder', 'memcached'],
    packages: [
      ...['swift-proxy', 'swift-account', 'swift-container', 'swift-object'],
      ...['python3-swift', 'memcached'],
    ],
  },
};

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** The first command of a server that is not there; undefined where all are. */
export const missing = (server) => SERVERS[server].commands.find((command) => !has(command));

/** Installs what a server needs. @returns why it cannot be used; undefined where it can */
export function ensureServer(server) {
  const first = missing(server);
  if (first === undefined) return undefined;
  const debian = process.platform === 'linux' && existsSync('/usr/bin/apt-get');
  if (!debian || process.getuid() !== 0) {
    return `${first} is not installed (Debian: ${SERVERS[server].packages.join(' ')})`;
  }
  say(`installing ${SERVERS[server].packages.join(', ')} for the tests`);
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    // No service of theirs is to run.
    RUNLEVEL: '1',
  };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: 400_000 });
  const install = ['install', '-y', '--no-install-recommends', ...SERVERS[server].packages];
  if (apt(...install).status !== 0) {
    apt('update');
    apt(...install);
  }
  const still = missing(server);
  return still === undefined ? undefined : `${still} could not be installed`;
}
