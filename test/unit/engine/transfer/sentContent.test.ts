import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ContentTable } from '../../../../src/core/contentTable';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import { manifestKey } from '../../../../src/core/storeKeys';
import type { ContentRow } from '../../../../src/core/transferData';
import { quietControl as q } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { findStore } from '../../../../src/engine/store/storeRoot';
import { startedText } from '../../../../src/engine/transfer/listContent';
import { person, type Person } from '../../../support/people';

const REMOTE = 'memory:';
const fails = (code: ErrorCode, work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));

suite('engine: content that is sent', () => {
  let one: Person;
  setup(() => {
    one = person('one', { a: 'aaa', b: 'bb', same: 'aaa', 'dir/c': 'c' });
  });

  test('what was sent once is given back as memory, and told again to whoever asks again', () => {
    const { snapshot } = one.take();
    const manifest = (): Uint8Array => {
      const into = new Uint8Array(new SharedArrayBuffer(1000));
      const { manifestBytes: length } = start();
      one.methods.readManifestPiece({ snapshot, offset: 0, length, into }, q);
      return into.slice(0, length);
    };
    const start = (): ReturnType<typeof one.methods.startPromotion> =>
      one.methods.startPromotion({ rev: 'HEAD', remote: REMOTE, name: 'main' }, q);
    const list = (): ContentRow[] => [
      ...ContentTable.of(one.methods.listContent({ snapshot, less: [] }, q).bytes),
    ];
    const secrets = (): object =>
      one.methods.findSecrets({ snapshot, less: [], remote: REMOTE, paths: true }, q);
    start();
    const [rows, text, found] = [list(), manifest(), secrets()];
    assert.equal(rows.length, 3);
    assert.equal(blake3(text), snapshot);
    // In every order, also where another promotion of it has just ended.
    for (const again of [
      () => [list(), manifest(), secrets()],
      () => [(start(), secrets()), list(), secrets(), list()],
      () => [manifest(), list(), manifest()],
    ]) {
      for (const answer of again()) {
        const expected = Array.isArray(answer) ? rows : answer instanceof Uint8Array ? text : found;
        assert.deepEqual(answer, expected);
      }
    }
  });

  test('a manifest that is asked for in any order is read once', () => {
    const { snapshot } = one.take();
    const start = one.methods.startPromotion({ rev: 'HEAD', remote: REMOTE, name: 'main' }, q);
    const length = 100;
    const size = start.manifestBytes;
    assert.ok(size > 3 * length);
    const file = join(one.root, '.snapdir', manifestKey(snapshot));
    const text = readFileSync(file);
    // What is asked for after the first piece comes out of memory.
    rmSync(file);
    const starts = Array.from({ length: Math.ceil(size / length) }, (_, n) => n * length);
    for (const offset of [...starts.slice(1), ...starts.toReversed()]) {
      const { bytes } = one.methods.readManifestPiece({ snapshot, offset, length }, q);
      assert.deepEqual(Buffer.from(bytes), text.subarray(offset, offset + length));
    }
    fails('MANIFEST_NOT_FOUND', () =>
      one.methods.readManifestPiece({ snapshot, offset: 0, length }, q),
    );
  });

  test('once it is listed what is sent, its text is not in memory any more: sending takes long', () => {
    const { snapshot } = one.take();
    const start = (): object =>
      one.methods.startPromotion({ rev: 'HEAD', remote: REMOTE, name: 'main' }, q);
    const piece = (): Uint8Array =>
      one.methods.readManifestPiece({ snapshot, offset: 0, length: 10 }, q).bytes;
    const file = join(one.root, '.snapdir', manifestKey(snapshot));
    for (const listed of [false, true]) {
      start();
      const text = startedText(findStore(one.env, { root: one.root })!, snapshot)!;
      assert.ok(text.length > 100);
      if (listed) {
        one.methods.listContent({ snapshot, less: [] }, q);
        assert.equal(text.length, 0, 'given back, not left to be collected');
      }
      renameSync(file, `${file}.away`);
      if (listed) {
        fails('MANIFEST_NOT_FOUND', piece);
      } else {
        assert.equal(piece().length, 10);
        // What began to be read is read to its end.
        one.methods.readManifestPiece({ snapshot, offset: 10, length: 10_000 }, q);
      }
      renameSync(`${file}.away`, file);
    }
  });

  test('what one large snapshot has beyond another is told, wherever the text of that is, and as far as it can be read', () => {
    const names = Array.from({ length: 1500 }, (_, n) => `${n} ${'n'.repeat(200)}`);
    const large = person('large', Object.fromEntries(names.map((name) => [name, name])));
    const first = large.take().snapshot;
    large.write({ [names[0]!]: 'other', new: 'new' }); // The first of all, and the last.
    const second = large.take().snapshot;
    const left = (): number =>
      large.methods.listContent({ snapshot: second, less: [first] }, q).total;
    const found = (): number =>
      large.methods.findSecrets({ snapshot: second, less: [first], remote: REMOTE, paths: true }, q)
        .read;
    assert.deepEqual([left(), found()], [2, 2]);
    const path = join(large.root, '.snapdir', manifestKey(first));
    const text = readFileSync(path);
    assert.ok(text.length > 400_000); // More than is read at once.
    const trash = join(large.root, '.snapdir', 'trash', '20260101000000-0123abcd', 'manifests');
    mkdirSync(trash, { recursive: true });
    renameSync(path, join(trash, first));
    assert.equal(left(), 2);
    assert.ok(existsSync(path)); // A store that may be written takes it back.
    // From the line that is damaged on, nothing is known.
    const damaged = Buffer.from(text);
    const half = text.indexOf('\n', text.length / 2) + 1;
    damaged[half] = 0x58;
    writeFileSync(path, damaged);
    const known = damaged.subarray(0, half).toString().match(/^F /gm)!.length;
    assert.equal(left(), 1501 - (known - 1));
    rmSync(dirname(path), { recursive: true });
    assert.deepEqual([left(), found()], [1501, 1501]);
    assert.throws(
      () =>
        large.methods.listContent(
          { snapshot: second, less: [second] },
          { ...q, signal: { aborted: true } },
        ),
      { name: 'AbortError' },
    );
  });
});
