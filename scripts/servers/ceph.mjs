// A real distributed object store for tests: Ceph with one monitor, one OSD in memory and its S3 gateway, in a
// folder of its own. `node scripts/servers/ceph.mjs` (see serve.mjs); about 15 seconds, 130 MB.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGuarded } from '../vscode/processes.mjs';
import { freePorts, waitForPort } from './ports.mjs';
import { serve } from './serve.mjs';

const KEYS = { accessKeyId: 'RGWKEY', secretAccessKey: 'RGWSECRET' };
const READ_ONLY_KEYS = { accessKeyId: 'ROKEY', secretAccessKey: 'ROSECRET' };

function config(dir, mon) {
  return `[global]
fsid = ${randomUUID()}
mon host = [v2:127.0.0.1:${mon},v1:127.0.0.1:${mon + 1}]
keyring = ${dir}/keyring
run dir = ${dir}/run
admin socket = ${dir}/run/$name.asok
log file = ${dir}/$name.log
pid file = ${dir}/run/$name.pid
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail warn = 1
mon data avail crit = 1
mon max pg per osd = 2000
osd objectstore = memstore
memstore device bytes = 4294967296
osd data = ${dir}/osd
mon data = ${dir}/mon
rgw data = ${dir}/rgw
rgw run sync thread = false
`;
}

/** Starts it in an empty folder. */
export async function startCeph(dir) {
  for (const part of ['mon', 'osd', 'rgw', 'run']) mkdirSync(join(dir, part), { recursive: true });
  const [mon, gateway] = [await freePorts(2), await freePorts()];
  const conf = join(dir, 'ceph.conf');
  writeFileSync(conf, config(dir, mon));
  const env = { ...process.env, CEPH_CONF: conf };
  const run = (command, ...args) => {
    const done = spawnSync(command, args, { env, encoding: 'utf8', timeout: 60_000 });
    if (done.status !== 0)
      throw new Error(`${command} ${args[0]}: ${done.stderr?.trim().slice(-300)}`);
  };
  const daemons = [];
  const start = (command, ...args) => {
    const daemon = startGuarded(command, [...args, '-f'], { env });
    const state = { alive: true, stop: daemon.stop };
    void daemon.exited.then(() => (state.alive = false));
    daemon.child.stdout.resume();
    daemon.child.stderr.resume();
    daemons.push(state);
    return () => state.alive;
  };
  const stop = async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
  };
  try {
    const ring = join(dir, 'keyring');
    const key = (...args) => run('ceph-authtool', ...args);
    key('--create-keyring', ring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
    const admin = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *'];
    key(ring, '--gen-key', '-n', 'client.admin', ...admin);
    key(
      ring,
      '--gen-key',
      '-n',
      'osd.0',
      '--cap',
      'mon',
      'allow profile osd',
      '--cap',
      'osd',
      'allow *',
    );
    const fsid = /fsid = (\S+)/.exec(readFileSync(conf, 'utf8'))[1];
    const map = join(dir, 'monmap');
    const address = `[v2:127.0.0.1:${mon},v1:127.0.0.1:${mon + 1}]`;
    run('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address, map, '--clobber');
    run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', ring);
    const monitor = start('ceph-mon', '-i', 'a');
    await waitForPort(mon, 30, monitor);
    const uuid = randomUUID();
    run('ceph', 'osd', 'new', uuid, '0');
    run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', uuid);
    run('ceph', 'osd', 'crush', 'add', '0', '1.0', 'host=localhost', 'root=default');
    start('ceph-osd', '-i', '0');
    const user = (id, { accessKeyId, secretAccessKey }) =>
      run(
        ...['radosgw-admin', 'user', 'create', `--uid=${id}`, `--display-name=${id}`],
        ...[`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`],
      );
    user('snapdir', KEYS);
    user('reader', READ_ONLY_KEYS);
    const frontend = `beast endpoint=127.0.0.1:${gateway}`;
    const alive = start('radosgw', '-n', 'client.admin', '--rgw-frontends', frontend);
    await waitForPort(gateway, 60, alive);
  } catch (error) {
    await stop();
    throw error;
  }
  const place = {
    endpoint: `http://127.0.0.1:${gateway}`,
    region: 'us-east-1',
    ...KEYS,
    otherUser: READ_ONLY_KEYS,
  };
  return { place, stop };
}

await serve(import.meta.url, 'ceph', startCeph);
