import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStretches } from '../../../../src/engine/disk/durable';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { tempDir } from '../../../support/tempDir';

/** The lines that come, however the file is cut. */
function linesIn(path: string, stretch: number): { there: boolean; lines: string[]; most: number } {
  const lines: string[] = [];
  let most = 0;
  const there = readStretches(nodeFs, path, stretch, (bytes, last) => {
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
