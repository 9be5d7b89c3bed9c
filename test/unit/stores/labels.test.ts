import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock';
import { SnapdirError } from '../../../src/core/errors';
import { parseChecksum } from '../../../src/core/ids';
import type { PermanentStore } from '../../../src/core/permanentStore';
import { parseRemote } from '../../../src/core/remote';
import { objectKey } from '../../../src/core/storeKeys';
import { readPieces } from '../../../src/core/storePieces';
import { blake3, Blake3Hasher } from '../../../src/engine/hashing/blake3';
import { FileStore } from '../../../src/stores/file/fileStore';
import { storeError } from '../../../src/stores/file/folder';
import { GitStore } from '../../../src/stores/git/gitStore';
import { storeOpener } from '../../../src/stores/openStore';
import { placesFor } from '../../support/s3';
import { tempDir } from '../../support/tempDir';

const content = Buffer.alloc(300_000, 'content');
const key = objectKey(parseChecksum(blake3(content)));

/** What the error of some work calls the store. */
async function called(work: () => Promise<unknown>): Promise<[string, unknown]> {
  const error = await work().then(
    () => assert.fail('it worked'),
    (error: unknown) => error,
  );
  assert.ok(SnapdirError.is(error), String(error));
  return [error.code, (error.data as { store?: unknown }).store];
}

async function inPieces(store: PermanentStore): Promise<void> {
  const pieces = readPieces(store, key, () => new Blake3Hasher(), { pieceBytes: 100_000 });
  for await (const piece of pieces) {
    assert.ok(piece.length > 0);
  }
}

suite('what errors call a store', () => {
  for (const [name, label] of [
    ['team', 'team'],
    ['url', 'the URL'],
  ] as const) {
    test(`a folder of the settings, or named by its URL: ${label}`, async () => {
      const dir = join(tempDir(), 'store');
      mkdirSync(dir);
      const url = `file://${dir}`;
      const calls = label === 'team' ? label : url;
      await (await FileStore.open(dir)).put(key, Buffer.alloc(content.length, 'other'));
      const open = storeOpener(placesFor({ accessKeyId: '', secretAccessKey: '' }));
      const store = await open(parseRemote(name, { url }));
      assert.equal(store.url, url);
      assert.deepEqual(await called(() => inPieces(store)), ['REMOTE_INTEGRITY', calls]);
      assert.deepEqual(await called(() => store.get(key)), ['REMOTE_INTEGRITY', calls]);
      const missing = await called(() => store.get('.refs/missing'));
      assert.deepEqual(missing, ['REMOTE_KEY_NOT_FOUND', calls]);
      const condition = { ifAbsent: true } as const;
      const second = await called(() => store.put(key, content, { condition }));
      assert.deepEqual(second, ['REMOTE_CONFLICT', calls]);
      const gone = parseRemote(name, { url: `${url}/gone` });
      const notThere = await called(() => open(gone));
      const none = label === 'team' ? label : gone.url;
      assert.deepEqual(notThere, ['REMOTE_FOLDER_NOT_FOUND', none]);
    });
  }

  test('a disk that is only read, or full', () => {
    const made = (code: string): unknown =>
      storeError('team', 'write', 'a', Object.assign(new Error(code), { code }));
    for (const [errno, code, data] of [
      ['EROFS', 'REMOTE_READ_ONLY', { store: 'team', disk: true }],
      ['ENOSPC', 'REMOTE_FULL', { store: 'team' }],
    ] as const) {
      const error = made(errno);
      assert.ok(SnapdirError.is(error, code));
      assert.deepEqual(error.data, data);
    }
  });

  test('the Git store of a folder is "git"', async () => {
    const root = tempDir();
    execFileSync('git', ['init', '-q'], { cwd: root });
    const store = await GitStore.open(root, () => systemClock.now());
    assert.deepEqual(await called(() => store.get(key)), ['REMOTE_KEY_NOT_FOUND', 'git']);
    await store.close();
  });
});
