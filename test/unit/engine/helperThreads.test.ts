import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

suite('helper threads', () => {
  test('what ended jobs shared is let go, and others go on', () => {
    const entry = join(__dirname, 'helperThreads.entry.cjs');
    const out = execFileSync(process.execPath, [entry], { encoding: 'utf8' });
    const { held, early, due, gone, renewed, again } = JSON.parse(out) as Record<string, number>;
    assert.ok(held! >= 24, `the helper held ${held} MiB: otherwise there is nothing to do`);
    const counted = [early, due, gone, again];
    assert.deepEqual(counted, [1, 1, 1, 2], 'the first may go on, and is replaced by the next job');
    assert.ok(renewed! <= 2, `${renewed} MiB are still held`);
  }).timeout(60_000);

  test('end when there was no job for a while, and come back with the next one', () => {
    const entry = join(__dirname, 'helperThreads.entry.cjs');
    const out = execFileSync(process.execPath, [entry, 'rest'], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(out), [2, 0, 2, 0]);
  }).timeout(60_000);
});
