import assert from 'node:assert/strict';
import { ContentTable } from '../../../src/core/contentTable';
import { ROWS_A_MESSAGE, type ContentRow } from '../../../src/core/transferData';

const rows = (count: number): ContentRow[] =>
  Array.from({ length: count }, (_, i) => ({
    checksum: i.toString(16).padStart(64, '0'),
    size: 2 ** 40 + i,
  }));

function tableOf(list: readonly ContentRow[]): ContentTable {
  const table = new ContentTable();
  list.forEach((row) => table.add(row));
  return table;
}

suite('core: a table of content', () => {
  test('gives back what was added, in order, over the edges of its pages', () => {
    for (const count of [0, 1, ROWS_A_MESSAGE, ROWS_A_MESSAGE + 1, 2 * ROWS_A_MESSAGE + 7]) {
      const list = rows(count);
      const table = tableOf(list);
      assert.deepEqual([...table], list);
      assert.equal(table.length, count);
      assert.equal(
        table.totalBytes,
        list.reduce((sum, { size }) => sum + size, 0),
      );
    }
  });

  test('goes packed, page by page, and is the same on the other side', () => {
    const list = rows(2 * ROWS_A_MESSAGE + 7);
    const [here, there] = [tableOf(list), new ContentTable()];
    for (let from = 0; from < here.length; from += ROWS_A_MESSAGE) {
      const bytes = here.packed(from);
      assert.ok(bytes.length <= 1024 * 1024);
      there.addPacked(structuredClone(bytes, { transfer: [bytes.buffer] }));
    }
    assert.deepEqual([...there], list);
    assert.equal(there.totalBytes, here.totalBytes);
    assert.equal(here.packed(3 * ROWS_A_MESSAGE).length, 0);
    // Any stretch, over the edges of pages, too.
    const [from, to] = [ROWS_A_MESSAGE - 3, ROWS_A_MESSAGE + 4];
    assert.deepEqual([...ContentTable.of(there.packed(from, to))], list.slice(from, to));
    assert.deepEqual(there.row(to), list[to]);
    assert.equal(there.size(to), list[to]!.size);
    // What was handed over was a copy.
    assert.deepEqual([...here], list);
  });

  test('goes on behind rows that came packed', () => {
    const [first, second, third] = rows(3) as [ContentRow, ContentRow, ContentRow];
    const table = ContentTable.of(tableOf([first, second]).packed(0));
    table.add(third);
    assert.deepEqual([...table], [first, second, third]);
    assert.throws(() => table.addPacked(tableOf([first]).packed(0)));
  });

  test('leaves out rows by the bytes of their checksums, and shows all of them so', () => {
    const list = rows(2 * ROWS_A_MESSAGE + 7);
    const table = tableOf(list);
    const checksumAt = (bytes: Uint8Array, at: number): string =>
      Buffer.from(bytes.subarray(at, at + 64)).toString('latin1');
    const seen: ContentRow[] = [];
    table.visitBytes((bytes, at, size) => {
      seen.push({ checksum: checksumAt(bytes, at), size });
    });
    assert.deepEqual(seen, list);
    const odd = (checksum: string): boolean => Number.parseInt(checksum.slice(-1), 16) % 2 === 1;
    const left = table.filterBytes((bytes, at) => odd(checksumAt(bytes, at)));
    assert.deepEqual(
      [...left],
      list.filter(({ checksum }) => odd(checksum)),
    );
    assert.deepEqual([...table], list);
  });

  test('takes a checksum out of a manifest, and leaves rows out', () => {
    const [first, second] = rows(2) as [ContentRow, ContentRow];
    const table = new ContentTable();
    table.addBytes(Buffer.from(`F 644 ${first.checksum} 5 ./a`), 6, 5);
    table.add(second);
    assert.deepEqual([...table], [{ ...first, size: 5 }, second]);
    const left = table.filter(({ size }) => size !== 5);
    assert.deepEqual([...left], [second]);
    assert.deepEqual([left.length, left.totalBytes], [1, second.size]);
  });
});
