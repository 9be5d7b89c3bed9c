import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder } from '../support/cli';
import { cliPath } from '../support/paths';

const GIB = 1024 ** 3;
/** Above what any whole file would need, below a gibibyte: Node itself and the hash modules. */
const MOST_MIB = 600;

/** Runs the command and watches how much memory it takes at most (Linux: VmHWM). */
function runWatched(
  args: string[],
  cwd: string,
): Promise<{ code: number | null; peakMiB: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliPath, ...args], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    let peakMiB = 0;
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peakMiB = Math.max(peakMiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // It has just ended.
      }
    }, 50);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, peakMiB });
    });
  });
}

suite('cli: large files', function () {
  this.timeout(300_000);

  test('5 GiB and 3 bytes are hashed in constant memory', async function () {
    if (process.platform !== 'linux') {
      this.test!.title += ' (skipped: memory is read from /proc)';
      this.skip();
    }
    const folder = cliFolder();
    const file = openSync(join(folder.dir, 'big'), 'w');
    ftruncateSync(file, 5 * GIB + 3);
    closeSync(file);
    if (statSync(join(folder.dir, 'big')).blocks > 1000) {
      this.test!.title += ' (skipped: the file system has no sparse files)';
      this.skip();
    }
    const { code, peakMiB } = await runWatched(['manifest'], folder.dir);
    assert.equal(code, 0);
    assert.ok(peakMiB > 20 && peakMiB < MOST_MIB, `${peakMiB.toFixed(0)} MiB`);
  });
});
