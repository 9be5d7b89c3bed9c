// A test server as a program: `node scripts/servers/ceph.mjs` starts one, prints one line of JSON (where it is and
// its keys; `{"skipped": why}` where it is not installed; `{"failed": why}`), and ends it with all its processes when
// its input ends.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureServer } from './installed.mjs';

/**
 * @param {string} url the `import.meta.url` of the server's file; nothing happens when it is only imported
 * @param {string} name as in installed.mjs
 * @param {(dir: string) => Promise<{ place: object, stop: () => Promise<void> }>} start
 */
export async function serve(url, name, start) {
  if (pathToFileURL(process.argv[1] ?? '').href !== url) return;
  const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  const why = ensureServer(name);
  if (why !== undefined) {
    tell({ skipped: why });
    return;
  }
  const dir = realpathSync(mkdtempSync(join(tmpdir(), `snapdir-${name}-`)));
  let running;
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await running?.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.exit();
  };
  process.stdin.on('end', end).on('error', end).resume();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
  try {
    running = await start(dir);
    if (ending) await running.stop();
    tell(running.place);
  } catch (error) {
    tell({ failed: `${name} did not start: ${error.message}` });
    await end();
  }
}
