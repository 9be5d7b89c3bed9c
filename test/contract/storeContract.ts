// What every permanent store promises, whatever it is made of and whatever is wrapped around it.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { PermanentStore, StoreContent, StoreEntry } from '../../src/core/permanentStore';
import { readOnly } from '../../src/stores/readOnly';
import { conditionContract, type Subject } from './conditionContract';
import { cancels, collect, each, failsWith, inPieces, text } from './helpers';

const keysOf = async (entries: AsyncIterable<StoreEntry>): Promise<string[]> =>
  (await collect(entries)).map(({ key }) => key);

/** The suite. `start` is called once; it may skip. */
export function storeContract(
  name: string,
  start: (context: Mocha.Context) => Promise<Subject>,
): void {
  suite(`contract: ${name}`, function () {
    this.timeout(120_000);
    let subject: Subject;
    let store: PermanentStore;
    let place = '';

    suiteSetup(async function () {
      subject = await start(this);
      store = await subject.open();
    });

    suiteTeardown(async () => {
      await (store as PermanentStore | undefined)?.close();
    });

    setup(() => {
      place = `t-${randomUUID()}/`;
    });

    const fresh = (): string => `${place}${randomUUID()}`;

    test('content of odd sizes comes back, whole and in parts', async () => {
      for (const size of [0, 1, 1023, 65_537, 1_048_577]) {
        const bytes = randomBytes(size);
        for (const content of [bytes, inPieces(bytes)]) {
          const key = fresh();
          await store.put(key, content);
          const back = await store.get(key);
          assert.equal(back.size, size);
          assert.ok(bytes.equals(back.bytes), `${size} bytes`);
          assert.equal((await store.head(key))?.size, size);
          for (const [offset, length] of [
            [0, 10],
            [size - 1, 10],
            [Math.floor(size / 2), size],
            [size, 5],
            [size + 7, 5],
          ] as const) {
            const from = Math.max(0, offset);
            const part = await store.get(key, { offset: from, length });
            assert.ok(bytes.subarray(from, from + length).equals(part.bytes), `${from} ${size}`);
            assert.equal(part.size, size);
          }
        }
      }
    });

    test('20 MB, given as bytes and in pieces', async () => {
      const bytes = randomBytes(20 * 1024 * 1024 + 17);
      for (const content of [bytes, inPieces(bytes)]) {
        const key = fresh();
        await store.put(key, content);
        const back = await store.get(key);
        assert.ok(bytes.equals(back.bytes));
        assert.equal((await store.head(key))?.size, bytes.length);
        const end = await store.get(key, { offset: bytes.length - 3, length: 100 });
        assert.ok(bytes.subarray(-3).equals(end.bytes));
        await store.delete(key);
      }
    });

    test('what comes back belongs to the caller, and what was given stays as it was', async () => {
      const key = fresh();
      const given = Buffer.from('given');
      await store.put(key, given);
      assert.equal(given.toString(), 'given');
      given.fill(0);
      (await store.get(key)).bytes.fill(0);
      assert.equal(Buffer.from((await store.get(key)).bytes).toString(), 'given');
    });

    test('writing again replaces, and changes the version', async () => {
      const key = fresh();
      const first = await store.put(key, text('one'));
      const second = await store.put(key, text('second'));
      const head = await store.head(key);
      assert.equal(head?.size, 6);
      assert.equal(Buffer.from((await store.get(key)).bytes).toString(), 'second');
      if (subject.conditional) {
        assert.notEqual(first.version, second.version);
        assert.equal(head.version, second.version);
        assert.equal((await store.get(key)).version, second.version);
      }
    });

    test('what is not there', async () => {
      const key = fresh();
      assert.equal(await store.head(key), undefined);
      await failsWith('REMOTE_KEY_NOT_FOUND', () => store.get(key));
      await failsWith('REMOTE_KEY_NOT_FOUND', () => store.get(key, { offset: 5, length: 5 }));
      await store.delete(key);
      await store.put(key, text('x'));
      // Nothing lies below a file, nor does a folder count as one.
      assert.equal(await store.head(place.slice(0, -1)), undefined);
      await store.delete(key);
      assert.equal(await store.head(key), undefined);
      assert.deepEqual(await keysOf(store.list(key)), []);
    });

    test('the time of writing, by the store', async () => {
      const key = fresh();
      await store.put(key, text('x'));
      const { modifiedMs } = (await store.head(key)) ?? {};
      assert.ok(modifiedMs !== undefined && Math.abs(modifiedMs - Date.now()) < 3_600_000);
    });

    test('lists in the order of bytes, below a prefix, after a key', async () => {
      const names = [
        ...['a', 'a-b', 'a.b', 'a0', 'a%20', 'ab', 'a~', 'b-/c', 'b/c', 'b/d/e', 'b0', 'z'],
        ...['.dot/x', '0/1', '_/x', 'b.d/e'],
      ];
      await each(names, 8, (name) => store.put(place + name, text(name)));
      const sorted = names.map((name) => place + name).sort();
      assert.deepEqual(await keysOf(store.list(place)), sorted);
      for (const prefix of ['a', 'b/', 'b', 'b/d', '.d', 'nothing']) {
        assert.deepEqual(
          await keysOf(store.list(place + prefix)),
          sorted.filter((key) => key.startsWith(place + prefix)),
          prefix,
        );
      }
      for (const after of [...sorted, `${place}a!`, `${place}b/`, `${place}zz`, `${place}b/d/`]) {
        assert.deepEqual(
          await keysOf(store.list(place, { startAfter: after })),
          sorted.filter((key) => key > after),
          after,
        );
      }
      const sizes = await collect(store.list(place));
      assert.ok(sizes.every(({ key, size }) => size === key.length - place.length));
    });

    test('lists more than a page, and stops when nobody asks for more', async () => {
      const count = subject.manyKeys ?? 1105;
      const keys = Array.from({ length: count }, (_, i) => `${place}${i}`).sort();
      await each(keys, 16, (key) => store.put(key, text('x')));
      assert.deepEqual(await keysOf(store.list(place)), keys);
      const middle = keys[count - 50] ?? '';
      assert.deepEqual(await keysOf(store.list(place, { startAfter: middle })), keys.slice(-49));
      let seen = 0;
      for await (const entry of store.list(place)) {
        assert.equal(entry.key, keys[seen]);
        seen++;
        if (seen === 3) {
          break;
        }
      }
      assert.equal(seen, 3);
    });

    test('keys that are unsafe anywhere are refused', async () => {
      const bad = ['', '/', '/a', 'a/', 'a//b', '.', '..', '../x', 'a/../b', 'a/./b', 'A', 'ü'];
      for (const key of [
        ...bad,
        'a b',
        'a\\b',
        'c:x',
        'con',
        'a/nul.txt',
        'a\n',
        'a.',
        'a'.repeat(900),
      ]) {
        await failsWith('UNSAFE_PATH', () => store.put(key, text('x')));
        await failsWith('UNSAFE_PATH', () => store.get(key));
        await failsWith('UNSAFE_PATH', () => store.head(key));
        await failsWith('UNSAFE_PATH', () => store.delete(key));
      }
      await failsWith('UNSAFE_PATH', () => keysOf(store.list('../')));
    });

    test('read only', async () => {
      const key = fresh();
      await store.put(key, text('kept'));
      const reader = readOnly(store);
      await failsWith('REMOTE_READ_ONLY', () => reader.put(key, text('x')));
      await failsWith('REMOTE_READ_ONLY', () => reader.delete(key));
      assert.equal(Buffer.from((await reader.get(key)).bytes).toString(), 'kept');
      assert.deepEqual(await keysOf(reader.list(place)), [key]);
    });

    test('of writers at the same time one wins as a whole', async () => {
      const key = fresh();
      const contents = Array.from({ length: 12 }, (_, i) => Buffer.alloc(200_000 + i, i));
      await Promise.all(contents.map((content) => store.put(key, content)));
      const { bytes } = await store.get(key);
      assert.ok(contents.some((content) => content.equals(bytes)));
    });

    test('cancelled calls end as such and leave nothing', async () => {
      const key = fresh();
      const gone = AbortSignal.abort();
      await cancels(() => store.put(key, text('x'), { signal: gone }));
      await cancels(() => store.get(key, { signal: gone }));
      await cancels(() => store.head(key, { signal: gone }));
      await cancels(() => store.delete(key, { signal: gone }));
      await cancels(() => keysOf(store.list(place, { signal: gone })));
      const later = new AbortController();
      const large = randomBytes(20 * 1024 * 1024);
      const content: StoreContent = {
        size: large.length,
        read: async (offset, length) => {
          if (offset > 0) {
            later.abort();
          }
          return Promise.resolve(large.subarray(offset, offset + length));
        },
      };
      await cancels(() => store.put(key, content, { signal: later.signal }));
      assert.equal(await store.head(key), undefined);
      assert.deepEqual(await keysOf(store.list(place)), []);
    });

    conditionContract(() => ({ subject, store, fresh }));
  });
}
