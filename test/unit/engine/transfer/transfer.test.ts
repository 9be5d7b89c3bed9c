import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ContentTable } from '../../../../src/core/contentTable';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import type { SnapshotId } from '../../../../src/core/ids';
import { parseSnapshotId } from '../../../../src/core/ids';
import {
  CONTENT_BYTES,
  type ContentPage,
  type ContentRow,
  type PlaceRow,
} from '../../../../src/core/transferData';
import { quietControl } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { readTree } from '../../../support/fileTree';
import { person, type Person } from '../../../support/people';
import { tempDir } from '../../../support/tempDir';
import { goldenRoot as goldenDir } from '../../../support/paths';

const fails = (code: ErrorCode, work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));
const q = quietControl;
const object = (bytes: Uint8Array): PlaceRow => {
  const size = bytes.length;
  return { kind: 'objects', checksum: blake3(bytes), size, offset: 0, length: size };
};
const manifestRow = (id: string, text: Uint8Array): PlaceRow => {
  const size = text.length;
  return { kind: 'manifests', checksum: id, size, offset: 0, length: size };
};
const origin = { from: 'x', name: null, checkpoint: null, time: 1, author: 'a' };
const plain = { origin, message: '', tags: [], links: [], ref: null };
const REMOTE = 'memory:';
const rowsOf = ({ bytes }: ContentPage): ContentRow[] => [...ContentTable.of(bytes)];

suite('engine: content in and out of the store', () => {
  let one: Person;
  setup(() => {
    one = person('one', { a: 'aaa', b: 'bb', same: 'aaa', 'dir/c': 'c' });
  });

  test('lists what a snapshot has beyond others', () => {
    const first = one.take().snapshot;
    const list = (snapshot: SnapshotId, less: SnapshotId[] = []): string[] =>
      rowsOf(one.methods.listContent({ snapshot, less }, q))
        .map(({ size }) => `${size}`)
        .sort();
    assert.deepEqual(list(first), ['1', '2', '3']);
    one.write({ d: 'dddd' });
    const second = one.take().snapshot;
    assert.deepEqual(list(second, [first]), ['4']);
    assert.deepEqual(list(second), ['1', '2', '3', '4']);
  });

  test('remembers of each remote by itself what was seen there, and whether all that was sent arrived', () => {
    one.take();
    const start = (remote: string): unknown[] => {
      const begun = one.methods.startPromotion({ rev: 'HEAD', remote, name: 'main' }, q);
      return [begun.seen, begun.unfinished];
    };
    const nonce = '0123456789abcdef';
    one.methods.noteSeen({ remote: REMOTE, name: 'main', nonce }, q);
    one.methods.noteSending({ remote: REMOTE, underWay: true }, q);
    assert.deepEqual(
      [start(REMOTE), start('other')],
      [
        [nonce, true],
        [null, false],
      ],
    );
    one.methods.noteSending({ remote: REMOTE, underWay: false }, q);
    one.methods.noteSending({ remote: 'other', underWay: false }, q);
    assert.deepEqual(
      [start(REMOTE), start('other')],
      [
        [nonce, false],
        [null, false],
      ],
    );
  });

  test('reads whole and in pieces, checked; never more than a message holds', () => {
    const large = Buffer.alloc(2 * CONTENT_BYTES + 5, 'xyz');
    one.write({ large });
    const { snapshot } = one.take();
    const rows = rowsOf(one.methods.listContent({ snapshot, less: [] }, q));
    const row = rows.find(({ size }) => size === large.length)!;
    fails('INVALID_ARGUMENT', () => one.methods.readContent({ rows: [row] }, q));
    const piece = { ...row, offset: CONTENT_BYTES, length: CONTENT_BYTES };
    const read = one.methods.readContent({ rows: [piece] }, q);
    assert.ok(large.subarray(CONTENT_BYTES, 2 * CONTENT_BYTES).equals(read.bytes));
    const into = new Uint8Array(new SharedArrayBuffer(CONTENT_BYTES));
    assert.equal(one.methods.readContent({ rows: [piece], into }, q).bytes.length, 0);
    assert.ok(large.subarray(CONTENT_BYTES, 2 * CONTENT_BYTES).equals(into));
    fails('INVALID_ARGUMENT', () =>
      one.methods.readContent({ rows: [piece], into: into.subarray(1) }, q),
    );
    const path = `${one.root}/.snapdir/.objects/${row.checksum.replace(/^(...)(...)(...)/, '$1/$2/$3/')}`;
    const damaged = Buffer.from(large);
    damaged[damaged.length - 1]! ^= 1;
    rmSync(path);
    writeFileSync(path, damaged);
    fails('INTEGRITY', () =>
      one.methods.readContent({ rows: [{ ...row, offset: 0, length: 10 }] }, q),
    );
  });

  test('what does not hash to its address is never placed, whole or in pieces', () => {
    one.take();
    const bad = { ...object(Buffer.from('good')), checksum: blake3(Buffer.from('other')) };
    fails('INTEGRITY', () =>
      one.methods.placeContent({ rows: [bad], bytes: Buffer.from('good') }, q),
    );
    const whole = Buffer.from('in two pieces');
    const row = object(whole);
    const first = { ...row, length: 6 };
    const second = { ...row, offset: 6, length: whole.length - 6 };
    const send = (of: PlaceRow, bytes: Uint8Array): number =>
      one.methods.placeContent({ rows: [of], bytes }, q).placed;
    assert.equal(send(first, whole.subarray(0, 6)), 0);
    fails('INTEGRITY', () => send(second, Buffer.alloc(second.length)));
    fails('INVALID_ARGUMENT', () => send(second, whole.subarray(6)));
    send(first, whole.subarray(0, 6));
    assert.equal(send(second, whole.subarray(6)), 1);
    assert.equal(readdirSync(join(one.root, '.snapdir/tmp')).length, 0);
    const { bytes } = one.methods.readContent({ rows: [row] }, q);
    assert.deepEqual(Buffer.from(bytes), whole);
    fails('INTEGRITY', () => send({ ...row, checksum: '../../x' }, whole));
    fails('PARSE', () => send({ ...first, checksum: '../../x' }, whole.subarray(0, 6)));
  });

  test('a manifest is not seen, nor a checkpoint recorded, before all of its content is here', () => {
    const { snapshot } = one.take();
    const text = one.methods.manifest(
      { rev: 'HEAD', rules: { useIgnoreFiles: true, patterns: [], noIgnore: false } },
      q,
    ).bytes;
    const two = person('two');
    two.methods.placeContent({ rows: [manifestRow(snapshot, text)], bytes: text }, q);
    const manifests = (): string[] => Object.keys(readTree(join(two.root, '.snapdir/.manifests')));
    assert.deepEqual(manifests(), []);
    const missing = two.methods.missingContent({ snapshot }, q);
    assert.equal(missing.total, 3);
    fails('OBJECT_NOT_FOUND', () => two.methods.recordFetched({ ...plain, snapshot }, q));
    assert.deepEqual(manifests(), []);
    const { bytes } = one.methods.readContent({ packed: missing.bytes.slice() }, q);
    const rows = rowsOf(missing).map((row): PlaceRow => ({
      kind: 'objects',
      ...row,
      offset: 0,
      length: row.size,
    }));
    two.methods.placeContent({ rows, bytes }, q);
    const { checkpoint } = two.methods.recordFetched({ ...plain, snapshot, ref: 'team/x' }, q);
    assert.deepEqual([checkpoint.trigger, checkpoint.origin?.from], ['import', 'x']);
    assert.equal(two.methods.verify({ full: true }, q).problems.length, 0);
    fails('INTEGRITY', () =>
      two.methods.placeContent(
        {
          rows: [manifestRow(blake3(Buffer.from('x')), Buffer.from('x'))],
          bytes: Buffer.from('x'),
        },
        q,
      ),
    );
  });

  test('golden stores, also one that Bash wrote in another order, are fetched as they are', () => {
    for (const name of ['one-file', 'nested', 'duplicate-content', 'locale-store']) {
      const store = join(goldenDir, name, 'store');
      const files = Object.keys(readTree(store)).filter((path) => !path.endsWith('/'));
      const id = parseSnapshotId(
        files
          .find((path) => path.startsWith('.manifests'))!
          .split('/')
          .slice(1)
          .join(''),
      );
      const text = readFileSync(
        join(
          store,
          files.find((path) => path.startsWith('.manifests'))!,
        ),
      );
      const who = person('who');
      who.methods.placeContent({ rows: [manifestRow(id, text)], bytes: text }, q);
      const missing = who.methods.missingContent({ snapshot: id }, q);
      for (const row of rowsOf(missing)) {
        const path = row.checksum.replace(/^(...)(...)(...)/, '$1/$2/$3/');
        const bytes = readFileSync(join(store, '.objects', path));
        who.methods.placeContent({ rows: [object(bytes)], bytes }, q);
      }
      const { checkpoint } = who.methods.recordFetched({ ...plain, snapshot: id }, q);
      const got = Object.keys(readTree(join(who.root, '.snapdir'))).filter((path) =>
        /^\.(objects|manifests)\/.*[^/]$/.test(path),
      );
      assert.deepEqual(got.sort(), files.sort(), name);
      const restored = who.methods.restoreTo(
        { rev: checkpoint.id, mode: 'safe', destination: tempDir() },
        q,
      );
      assert.ok(restored.written > 0);
    }
  });

  test('100 canary secrets: found, not told, and left out', () => {
    const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789';
    const random = (length: number): string =>
      Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
    const makers = [
      (): string => `ghp_${random(36)}`,
      (): string =>
        `AKIA${random(16)
          .toUpperCase()
          .replace(/[^A-Z2-9]/g, 'X')}`,
      (): string => `-----BEGIN PRIVATE KEY-----\n${random(64)}`,
      (): string => `xoxb-${random(24)}`,
      (): string => `export API_TOKEN="${random(20)}1a${random(20)}"`,
    ];
    const canaries = Array.from({ length: 100 }, (_, n) => makers[n % makers.length]!());
    const spec = Object.fromEntries(
      canaries.map((text, n) => [n % 10 === 9 ? `d${n}/.env` : `f${n}.txt`, text]),
    );
    one.write(spec);
    const { snapshot } = one.take();
    const params = { snapshot, less: [], remote: REMOTE, paths: true };
    const found = one.methods.findSecrets(params, q);
    assert.equal(found.count, 100);
    const told = JSON.stringify(found);
    assert.ok(canaries.every((text) => !told.includes(text.slice(-16))));
    const checksums = found.found.map(({ checksum }) => checksum);
    const goes = { checksums, paths: [] };
    const left = one.methods.leaveOut({ snapshot, ...goes }, q);
    assert.equal(left.count, 100);
    assert.equal(one.methods.findSecrets({ ...params, snapshot: left.snapshot }, q).count, 0);
    one.methods.allowSecrets({ remote: REMOTE, checksums: checksums.slice(1) }, q);
    assert.equal(one.methods.findSecrets(params, q).count, 1);
    assert.equal(one.methods.findSecrets({ ...params, remote: 'other' }, q).count, 100);
    // What was allowed is remembered by its checksum alone; what changes is looked at again.
    const hints = readTree(join(one.root, '.snapdir/remotes'));
    assert.ok(canaries.every((text) => !JSON.stringify(hints).includes(text.slice(-16))));
    one.write({ 'f0.txt': `${canaries[0]!}\n` });
    assert.ok(one.methods.findSecrets({ ...params, snapshot: one.take().snapshot }, q).count >= 1);
  });

  test('files of exported checkpoints: hostile ones are refused', () => {
    one.take();
    const path = join(tempDir(), 'x.jsonl.gz');
    writeFileSync(path, 'no gzip');
    fails('PARSE', () => one.methods.importCheckpoints({ path }, q));
    writeFileSync(path, gzipSync('hello'));
    fails('PARSE', () => one.methods.importCheckpoints({ path }, q));
    fails('IO', () => one.methods.importCheckpoints({ path: `${path}.gone` }, q));
    fails('TARGET_EXISTS', () => one.methods.exportCheckpoints({ path }, q));
    assert.ok(statSync(path).size > 0);
  });
});
