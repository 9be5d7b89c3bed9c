// moto for tests: what many people try their S3 programs on. A server in Python that keeps all in memory and looks at no
// key. `node scripts/servers/moto.mjs` (see serve.mjs); about 2 seconds once it was fetched.
import { startGuarded } from '../vscode/processes.mjs';
import { motoPython } from './motoPython.mjs';
import { freePorts, waitForPort } from './ports.mjs';
import { serve } from './serve.mjs';

/** Any are taken; a stranger without some may write a thing, but not write over it. */
const KEYS = { accessKeyId: 'moto', secretAccessKey: 'moto' };

/** Whether it keeps If-Match on writes: 5.1.1, which Debian has, passes over it, 5.2.1 does not. */
async function keepsConditions(endpoint) {
  const scope = `${KEYS.accessKeyId}/20260101/us-east-1/s3/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}`;
  const put = async (path, more, ...expected) => {
    const headers = { authorization, ...more };
    const { status } = await fetch(`${endpoint}/${path}`, { method: 'PUT', headers });
    if (!expected.includes(status)) throw new Error(`PUT ${path}: ${status}`);
    return status;
  };
  await put('conditions', {}, 200);
  await put('conditions/key', {}, 200);
  return (await put('conditions/key', { 'if-match': '"another"' }, 200, 412)) === 412;
}

/** Starts it with a folder for its temporary files. */
export async function startMoto(dir) {
  const { command, env } = motoPython();
  const port = await freePorts();
  const daemon = startGuarded(command, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`], {
    env: { ...process.env, ...env, TMPDIR: dir },
    cwd: dir,
  });
  let alive = true;
  let said = '';
  void daemon.exited.then(() => (alive = false));
  const listen = (chunk) => (said = (said + chunk).slice(-2000));
  daemon.child.stdout.on('data', listen);
  daemon.child.stderr.on('data', listen);
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await waitForPort(port, 60, () => alive);
    const conditional = await keepsConditions(endpoint);
    const place = { endpoint, region: 'us-east-1', ...KEYS, conditional };
    return { place, stop: daemon.stop };
  } catch (error) {
    await daemon.stop();
    throw new Error(`${error.message} ${said}`);
  }
}

await serve(import.meta.url, 'moto', startMoto);
