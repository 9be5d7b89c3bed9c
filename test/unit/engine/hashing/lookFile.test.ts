import assert from 'node:assert/strict';
import type { Checksum } from '../../../../src/core/ids';
import type { Stat } from '../../../../src/engine/disk/fs';
import { FileTable, Flag } from '../../../../src/engine/hashing/fileTable';
import type { Look } from '../../../../src/engine/hashing/look';
import { decodeLook, encodeLook } from '../../../../src/engine/hashing/lookFile';

const ID = 'a'.repeat(32);
const KEY = '5'.repeat(64);

const stat = (n: number): Stat => ({
  ...{ kind: 'file', mode: 0o644, size: n, dev: 2n ** 63n, ino: 2n ** 64n - BigInt(n + 1) },
  ...{ nlink: 1, uid: 0, gid: 0, mtimeNs: BigInt(n), ctimeNs: -1n, blocks: 0 },
});

function table(kind: 'files' | 'dirs', paths: readonly string[]): FileTable {
  const made = new FileTable(1, kind);
  for (const [index, path] of paths.entries()) {
    made.add(path, stat(index));
    made.setChecksum(index, String(index % 10).repeat(64));
  }
  return made;
}

function look(): Look {
  const files = table('files', ['a', 'a-b/x', 'a/1', 'é/\u{1f600}', '\uff5e']);
  files.set(1, Flag.STORED);
  files.epoch = 'e';
  const entry = { type: 'D' as const, mode: 0o755, checksum: '' as Checksum, size: 0, path: 'd' };
  return {
    files,
    dirs: table('dirs', ['', 'a-b', 'a', 'a/sub', 'é']),
    guards: table('files', ['z/.gitignore', '.gitignore']),
    links: [{ path: 'l', target: 't' }],
    linksBefore: [],
    rulesKey: 'rules',
    clean: true,
    snapshot: 'f'.repeat(64),
    before: new Map([
      ['d', entry],
      ['new', null],
    ]),
  };
}

const shared = (bytes: Uint8Array): Uint8Array<SharedArrayBuffer> => {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
};

function rowsOf(table: FileTable): unknown[] {
  const { modes, sizes, mtimes, ctimes, inos, devs, flags } = table.columns;
  return Array.from({ length: table.length }, (_, row) => [
    ...[table.path(row), table.checksum(row), modes[row], sizes[row], mtimes[row], ctimes[row]],
    ...[inos[row], devs[row], flags[row]],
  ]);
}

suite('the file of a look', () => {
  test('gives back all that was in it', () => {
    const one = look();
    const read = decodeLook(shared(encodeLook(one, ID, KEY)), ID, KEY);
    assert.ok(read !== undefined);
    for (const name of ['files', 'dirs', 'guards'] as const) {
      assert.deepEqual(rowsOf(read[name]), rowsOf(one[name]), name);
      assert.equal(read[name].ordered, name !== 'guards');
    }
    const { files, dirs, guards, ...rest } = read;
    const { files: f, dirs: d, guards: g, ...expected } = one;
    assert.deepEqual(rest, expected);
    assert.deepEqual([files.epoch, dirs.row('a'), guards.row('.gitignore')], ['e', 2, 1]);
    assert.deepEqual([f.length, d.length, g.length], [5, 5, 2]);
  });

  test('damaged anywhere, cut off or of another store: it is no cache', () => {
    const bytes = encodeLook(look(), ID, KEY);
    for (let at = 0; at < bytes.length; at += 3) {
      const damaged = shared(bytes);
      damaged[at]! ^= 1 << (at % 8);
      assert.equal(decodeLook(damaged, ID, KEY), undefined, `byte ${at}`);
    }
    for (let length = 0; length < bytes.length; length += 7) {
      assert.equal(
        decodeLook(shared(bytes.subarray(0, length)), ID, KEY),
        undefined,
        `length ${length}`,
      );
    }
    assert.equal(decodeLook(shared(bytes), 'b'.repeat(32), KEY), undefined);
    for (const another of ['', '6'.repeat(64)]) {
      assert.equal(decodeLook(shared(bytes), ID, another), undefined, 'of somebody else');
    }
    const older = new TextEncoder().encode('{"magic":"snapdir-stat-cache 3"}\n'.padEnd(200));
    assert.equal(decodeLook(shared(older), ID, KEY), undefined);
  });

  test('a table that was read finds rows, and what is below a folder, by bytes', () => {
    const { files, dirs } = decodeLook(shared(encodeLook(look(), ID, KEY)), ID, KEY)!;
    const all = Array.from({ length: files.length }, (_, row) => files.path(row));
    all.forEach((path, row) => assert.equal(files.row(path), row));
    assert.equal(files.row('a/2'), undefined);
    assert.deepEqual(files.below('a'), [2, 3]);
    assert.deepEqual(files.below(''), [0, 5]);
    assert.deepEqual(
      [dirs.below('a'), dirs.below('a-b'), dirs.below('')],
      [
        [3, 4],
        [2, 2],
        [1, 5],
      ],
    );
    assert.equal(dirs.row('a-b'), 1);
  });
});
