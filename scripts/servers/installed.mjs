// What the test servers come from: Debian packages, and for moto more. As root on Debian what is missing is installed;
// anywhere else, and where that fails, the tests that need it say that they are skipped, and why.
import { spawnSync } from 'node:child_process';
import { installPackages } from './debian.mjs';
import { ensureMoto } from './motoPython.mjs';

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
  if (server === 'moto') return ensureMoto();
  const first = missing(server);
  if (first === undefined) return undefined;
  const { packages } = SERVERS[server];
  if (!installPackages(packages)) {
    return `${first} is not installed (Debian: ${packages.join(' ')})`;
  }
  const still = missing(server);
  return still === undefined ? undefined : `${still} could not be installed`;
}
