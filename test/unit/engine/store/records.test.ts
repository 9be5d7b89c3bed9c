import { strict as assert } from 'node:assert';
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timelinePage } from '../../../../src/core/timelinePage';
import { SnapdirError } from '../../../../src/core/errors';
import { formatRecord, recordFileName } from '../../../../src/core/recordFormat';
import type { CheckpointId, RecordId } from '../../../../src/core/ids';
import type { TakeRecord } from '../../../../src/core/records';
import { RECORD_LIMITS } from '../../../../src/core/records/fields';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import {
  appendRecord,
  listRecords,
  loadHistory,
  MAX_RECORDS,
  readRecord,
} from '../../../../src/engine/store/records';
import type { Store } from '../../../../src/engine/store/storeRoot';
import { testEnv } from '../../../support/directEngine';
import { makeRepo, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

/** Counts what is opened in `records`. */
function counting(): { env: ReturnType<typeof testEnv>; opened: string[] } {
  const opened: string[] = [];
  const open: typeof nodeFs.open = (path, ...more) => {
    if (path.includes('/records/')) {
      opened.push(path);
    }
    return nodeFs.open(path, ...more);
  };
  return { env: testEnv({ fs: { ...nodeFs, open } }), opened };
}

/** The same store at another path: nothing that this process remembers is about it. */
function copyOf(store: Store): Store {
  const root = join(tempDir(), 'copy');
  const path = `${root}/.snapdir`;
  cpSync(store.path, path, { recursive: true, preserveTimestamps: true });
  const parts = Object.entries(store).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'string' ? value.replace(store.path, path) : value,
  ]);
  return { ...(Object.fromEntries(parts) as Store), root };
}

suite('records', () => {
  let repo: Repo;

  /** A hundred more checkpoints, written by somebody else. */
  function addRecords(count = 100): void {
    const { store, env } = repo;
    const head = loadHistory(env, store).history.head!;
    const first = readRecord(env, store, head) as TakeRecord;
    let parent: CheckpointId = head;
    for (let index = 1; index <= count; index++) {
      const record = {
        ...first,
        time: first.time - 1000 * count + index,
        parent,
        message: `${index}`,
      };
      const bytes = Buffer.from(formatRecord(record));
      parent = blake3(bytes) as RecordId;
      writeFileSync(join(store.records, recordFileName(record.time, parent)), bytes);
    }
  }

  setup(() => {
    repo = makeRepo({ a: 'a' });
    repo.take();
    addRecords();
  });

  test('another process folds from the cache, and reads only what came after', () => {
    const expected = timelinePage(loadHistory(repo.env, repo.store).history);
    const { env, opened } = counting();
    const store = copyOf(repo.store);
    assert.deepEqual(timelinePage(loadHistory(env, store).history), expected);
    assert.deepEqual(opened, []);
    appendRecord(env, store, { kind: 'rename', checkpoint: expected.head!, message: 'new' });
    opened.length = 0;
    assert.equal(loadHistory(env, store).history.toInfo(expected.head!).message, 'new');
    assert.deepEqual(opened, [], 'it wrote it itself');
    const other = copyOf(store);
    assert.equal(loadHistory(env, other).history.toInfo(expected.head!).message, 'new');
    assert.equal(opened.length, 1);
  });

  test('a cache that is torn, edited, of other records or of another version is not used', () => {
    const expected = timelinePage(loadHistory(repo.env, repo.store).history);
    const cache = (store: Store): string => join(store.cache, 'history.json');
    const text = readFileSync(cache(repo.store), 'utf8');
    assert.match(text, /^[0-9a-f]{64}\n\{"version":4,/);
    for (const bad of ['', 'x', text.slice(0, -9), text.replace('"count":1', '"count":2')]) {
      const { env, opened } = counting();
      const store = copyOf(repo.store);
      writeFileSync(cache(store), bad);
      assert.deepEqual(timelinePage(loadHistory(env, store).history), expected);
      assert.equal(opened.length, 101, bad.slice(0, 10));
    }
    const { env, opened } = counting();
    const store = copyOf(repo.store);
    const [gone] = readdirSync(store.records).sort();
    rmSync(join(store.records, gone!));
    assert.equal(loadHistory(env, store).history.size, 100);
    assert.equal(opened.length, 100);
  });

  test('what comes, goes, breaks and is mended between two looks is noticed, in whatever order', () => {
    const { env, opened } = counting();
    const { store } = repo;
    const names = readdirSync(store.records).sort();
    const look = (): number => loadHistory(env, store).history.size;
    const size = look();
    for (const at of [0, 50, names.length - 1]) {
      const path = join(store.records, names[at]!);
      const bytes = readFileSync(path);
      rmSync(path);
      assert.equal(look(), size - 1);
      opened.length = 0;
      writeFileSync(path, bytes);
      assert.equal(look(), size);
      assert.deepEqual(opened, [path], 'the others are not read again');
      writeFileSync(path, 'broken');
      const other = join(store.records, names[10]!);
      const otherBytes = readFileSync(other);
      rmSync(other);
      assert.equal(look(), size - 2);
      assert.equal(loadHistory(env, store).damaged[0]?.name, names[at]);
      writeFileSync(path, bytes);
      writeFileSync(other, otherBytes);
      assert.equal(look(), size);
    }
  });

  test('a record is never earlier than any that is there, though the clock went back', () => {
    const { env, store } = repo;
    const { history } = loadHistory(env, store);
    const newest = history.records.at(-1)!.time;
    const past = { ...env, clock: { now: () => newest - 1_000_000 } };
    const id = appendRecord(past, store, {
      kind: 'rename',
      checkpoint: history.head!,
      message: 'x',
    });
    assert.ok(loadHistory(env, store).history.records.at(-1)!.id === id);
    // Something that only looks like a record says nothing.
    writeFileSync(join(store.records, `99999999T999999999Z-${'f'.repeat(64)}.json`), '');
    const next = appendRecord(past, store, { kind: 'undo', operation: id });
    assert.ok(loadHistory(env, store).history.records.at(-1)!.id === next);
  });

  test('a store with more records than anybody takes is refused', () => {
    const repo = makeRepo({ a: 'a' });
    repo.take();
    const { fs } = repo.env;
    const names = Array.from({ length: MAX_RECORDS + 1 }, (_, index) => ({
      ...{ kind: 'file' as const, valid: true },
      name: `20261121T091155123Z-${index.toString(16).padStart(64, '0')}.json`,
    }));
    const bomb = { ...fs, readdir: () => names };
    assert.throws(
      () => listRecords({ ...repo.env, fs: bomb }, repo.store),
      (error) => SnapdirError.is(error, 'PARSE'),
    );
  });

  test('a record under the name of another time is damaged, and never keeps new ones from being written', () => {
    const { env, store } = repo;
    const { id, time } = repo.take({ message: 'copied' });
    const name = recordFileName(time, id);
    const forged = recordFileName(RECORD_LIMITS.time, id);
    cpSync(join(store.records, name), join(store.records, forged));
    const copy = copyOf(store);
    assert.deepEqual(
      loadHistory(env, copy).damaged.map((one) => one.name),
      [forged],
    );
    appendRecord(env, copy, { kind: 'tag', checkpoint: id, add: ['x'], remove: [] });
    assert.deepEqual(loadHistory(env, copy).history.tags, ['x']);
  });
});
