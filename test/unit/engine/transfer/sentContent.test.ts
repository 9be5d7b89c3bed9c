import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ContentTable } from '../../../../src/core/contentTable';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import { manifestKey } from '../../../../src/core/storeKeys';
import type { ContentRow } from '../../../../src/core/transferData';
import { quietControl as q } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
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
    for (const offset of starts.reverse()) {
      const { bytes } = one.methods.readManifestPiece({ snapshot, offset, length }, q);
      assert.deepEqual(Buffer.from(bytes), text.subarray(offset, offset + length));
    }
    fails('MANIFEST_NOT_FOUND', () =>
      one.methods.readManifestPiece({ snapshot, offset: 0, length }, q),
    );
  });
});
