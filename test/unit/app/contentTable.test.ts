import assert from 'node:assert/strict';
import type { ContentRow } from '../../../src/core/transferData';
import { ContentTable } from '../../../src/app/transfer/contentTable';

const rows = (from: number, count: number): ContentRow[] =>
  Array.from({ length: count }, (_, i) => ({
    checksum: (from + i).toString(16).padStart(64, '0'),
    size: 2 ** 40 + from + i,
  }));

suite('a table of content', () => {
  test('gives back the rows of all its pages, in order', () => {
    const table = new ContentTable();
    assert.deepEqual([...table], []);
    table.add(rows(0, 7000));
    table.add([]);
    table.add(rows(7000, 3));
    assert.equal(table.length, 7003);
    assert.deepEqual([...table], rows(0, 7003));
    assert.equal(
      table.totalBytes,
      rows(0, 7003).reduce((sum, { size }) => sum + size, 0),
    );
  });

  test('without some', () => {
    const table = new ContentTable();
    table.add(rows(0, 12_000));
    const [first, ...rest] = rows(0, 12_000);
    const left = table.without(new Set([first!.checksum, 'not there']));
    assert.deepEqual([...left], rest);
    assert.equal(left.length, 11_999);
    assert.equal(table.length, 12_000);
  });
});
