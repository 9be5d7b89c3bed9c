import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { readStretches } from '../../../../src/engine/disk/durable';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { tempDir } from '../../../support/tempDir';

/** The lines that come, however the file is cut. */
function linesIn(path: string, stretch: number): { there: boolean; lines: string[]; most: number } {
  const lines: string[] = [];
  let most = 0;
  const there = readStretches(nodeFs, path, { stretch, maxBytes: 100_000 }, (bytes, last) => {
    most = Math.max(most, bytes.length);
    const text = Buffer.from(bytes).toString('latin1');
    const end = last ? text.length : text.lastIndexOf('\n') + 1;
    lines.push(...text.slice(0, end).split('\n').slice(0, -1));
    return end;
  });
  return { there, lines, most };
}

suite('a file that is read a stretch at a time', () => {
  test('comes whole and in order, wherever stretches end', () => {
    const path = join(tempDir(), 'file');
    const expected = Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat((n * 7) % 41)}`);
    writeFileSync(path, `${expected.join('\n')}\n`);
    for (const stretch of [50, 64, 1000, 1_000_000]) {
      const { there, lines, most } = linesIn(path, stretch);
      assert.ok(there);
      assert.deepEqual(lines, expected);
      assert.ok(most <= stretch);
    }
  });

  test('gets more room for what does not fit into one', () => {
    const path = join(tempDir(), 'file');
    const expected = ['short', 'l'.repeat(1000), 'short again'];
    writeFileSync(path, `${expected.join('\n')}\n`);
    assert.deepEqual(linesIn(path, 16).lines, expected);
  });

  test('is read no further than anybody wants, nor beyond its limit', () => {
    const path = join(tempDir(), 'file');
    writeFileSync(path, 'x'.repeat(100_001));
    const read = (visit: (bytes: Uint8Array) => number | undefined, maxBytes: number): number => {
      let times = 0;
      readStretches(nodeFs, path, { stretch: 10_000, maxBytes }, (bytes) => {
        times++;
        return visit(bytes);
      });
      return times;
    };
    assert.equal(
      read(() => undefined, 50_000),
      1,
    );
    const isParse = (error: unknown): boolean => SnapdirError.is(error, 'PARSE');
    // Also where nobody is done with anything: no more memory than that is asked for.
    for (const done of [(bytes: Uint8Array) => bytes.length, () => 0]) {
      assert.throws(() => read(done, 100_000), isParse);
      assert.ok(read(done, 100_001) > 1);
    }
  });

  test('may be empty, or not there', () => {
    const folder = tempDir();
    const path = join(folder, 'file');
    assert.equal(linesIn(path, 16).there, false);
    writeFileSync(path, '');
    assert.deepEqual(linesIn(path, 16), { there: true, lines: [], most: 0 });
    mkdirSync(join(folder, 'folder'));
    assert.throws(() => linesIn(join(folder, 'folder'), 16));
  });
});
