// OpenStack Swift with its S3 API for tests: a real store that keeps no conditions on writes, as Backblaze B2 does.
// `node scripts/servers/swift.mjs` (see serve.mjs); about 10 seconds.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGuarded } from '../vscode/processes.mjs';
import { freePorts, waitForPort } from './ports.mjs';
import { serve } from './serve.mjs';

const KEYS = { accessKeyId: 'test:tester', secretAccessKey: 'testing' };
/** A file system view and processes of its own: its servers leave every group that they are started in. */
const ALONE = ['--mount', '--pid', '--fork', '--kill-child'];
const PARTS = ['account', 'container', 'object'];

const common = (dir, port) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 1
user = root
swift_dir = ${dir}/etc
devices = ${dir}/node
mount_check = false
disable_fallocate = true
`;

const storage = (part) => `[pipeline:main]
pipeline = ${part}-server
[app:${part}-server]
use = egg:swift#${part}
`;

/** `listing_formats` has to stand before `s3api`, or every listing fails. */
const proxy = (memcached) => `[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcached}
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
dns_compliant_bucket_names = false
[filter:tempauth]
use = egg:swift#tempauth
user_admin_admin = admin .admin .reseller_admin
user_test_tester = testing .admin
${['catch_errors', 'gatekeeper', 'listing_formats', 'copy', 'bulk', 'slo', 'dlo']
  .map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`)
  .join('')}`;

const HASH = `[swift-hash]
swift_hash_path_prefix = snapdir
swift_hash_path_suffix = snapdir
[storage-policy:0]
name = gold
default = yes
`;

function makeRing(etc, part, port) {
  const builder = join(etc, `${part}.builder`);
  const run = (...args) => {
    const done = spawnSync('swift-ring-builder', [builder, ...args], { encoding: 'utf8' });
    // 1 is a warning.
    if (done.status === null || done.status > 1) throw new Error(`ring: ${done.stderr}`);
  };
  run('create', '4', '1', '0');
  const at = ['--region', '1', '--zone', '1', '--ip', '127.0.0.1', '--port', String(port)];
  run('add', ...at, '--device', 'sda1', '--weight', '1');
  run('rebalance');
}

/** Starts it in an empty folder. */
export async function startSwift(dir) {
  const etc = join(dir, 'etc');
  for (const part of ['etc', 'node/sda1', 'run', 'cache']) {
    mkdirSync(join(dir, part), { recursive: true });
  }
  const first = await freePorts(PARTS.length + 2);
  const [gateway, memcached] = [first + PARTS.length, first + PARTS.length + 1];
  writeFileSync(join(etc, 'swift.conf'), HASH);
  PARTS.forEach((part, i) => {
    makeRing(etc, part, first + i);
    writeFileSync(join(etc, `${part}-server.conf`), common(dir, first + i) + storage(part));
  });
  writeFileSync(join(etc, 'proxy-server.conf'), common(dir, gateway) + proxy(memcached));
  const daemons = [];
  const start = (command, ...args) => {
    // Its programs read /etc/swift/swift.conf whatever they are told: theirs alone is ours.
    const script = 'mkdir -p /etc/swift && mount --bind "$0" /etc/swift && exec "$@"';
    const daemon = startGuarded('unshare', [...ALONE, 'sh', '-c', script, etc, command, ...args]);
    const state = { alive: true, stop: daemon.stop, said: '' };
    void daemon.exited.then(() => (state.alive = false));
    const listen = (chunk) => (state.said = (state.said + chunk).slice(-2000));
    daemon.child.stdout.on('data', listen);
    daemon.child.stderr.on('data', listen);
    daemons.push(state);
    return () => state.alive;
  };
  const stop = async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
  };
  try {
    start('memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', String(memcached));
    for (const part of PARTS) start(`swift-${part}-server`, join(etc, `${part}-server.conf`), '-v');
    const alive = start('swift-proxy-server', join(etc, 'proxy-server.conf'), '-v');
    await waitForPort(gateway, 60, alive);
    for (let i = 0; i < PARTS.length; i++) await waitForPort(first + i, 30);
  } catch (error) {
    await stop();
    throw new Error(`${error.message} ${daemons.map(({ said }) => said).join('\n')}`);
  }
  const place = { endpoint: `http://127.0.0.1:${gateway}`, region: 'us-east-1', ...KEYS };
  return { place, stop };
}

await serve(import.meta.url, 'swift', startSwift);
