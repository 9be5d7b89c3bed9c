import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock';
import { SnapdirError } from '../../../src/core/errors';
import { parseChecksum } from '../../../src/core/ids';
import { objectKey } from '../../../src/core/storeKeys';
import { readPieces } from '../../../src/core/storePieces';
import { blake3, Blake3Hasher } from '../../../src/engine/hashing/blake3';
import { caching } from '../../../src/stores/caching';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { Budget } from '../../../src/stores/budget';
import { Pace } from '../../../src/stores/pace';
import { retrying } from '../../../src/stores/retrying';
import { proxyFor } from '../../../src/stores/s3/proxy';
import { parseIni } from '../../../src/stores/s3/awsProfiles';
import { partBytes } from '../../../src/stores/s3/multipart';
import { Throttle } from '../../../src/stores/throttle';
import { verifying } from '../../../src/stores/verifying';
import { flaky, passing } from '../../support/flakyStore';

const MIB = 1024 * 1024;
const bytes = randomBytes(100_000);
const key = objectKey(parseChecksum(blake3(bytes)));
const damaged = Buffer.from(bytes).fill(0, 50_000, 50_001);

async function integrity(work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => SnapdirError.is(error, 'REMOTE_INTEGRITY'));
}

suite('verifying', () => {
  test('damage is never passed on; what came wrong once is read again', async () => {
    const raw = new MemoryStore(systemClock);
    const store = verifying(raw, blake3);
    await raw.put(key, damaged);
    await integrity(() => store.get(key));
    let reads = 0;
    const once = flaky(raw, () => {
      reads++;
      return undefined;
    });
    const heals = verifying(
      {
        ...once,
        get: async (k, call) => {
          const found = await once.get(k, call);
          await raw.put(k, bytes);
          return found;
        },
      },
      blake3,
    );
    assert.ok(bytes.equals((await heals.get(key)).bytes));
    assert.equal(reads, 2);
    await integrity(() => store.put(key, damaged));
  });

  test('pieces are checked when the last has come', async () => {
    const raw = new MemoryStore(systemClock);
    const read = async (): Promise<number> => {
      let size = 0;
      for await (const piece of readPieces(raw, key, () => new Blake3Hasher(), {
        pieceBytes: 30_000,
      })) {
        size += piece.length;
      }
      return size;
    };
    await raw.put(key, bytes);
    assert.equal(await read(), 100_000);
    await raw.put(key, damaged);
    await integrity(read);
    const empty = objectKey(parseChecksum(blake3(new Uint8Array(0))));
    await raw.put(empty, new Uint8Array(0));
    for await (const piece of readPieces(raw, empty, () => new Blake3Hasher())) {
      assert.fail(`a piece of ${piece.length}`);
    }
  });
});

suite('retrying', () => {
  test('a version that is gone is a conflict, also when the first try was lost', async () => {
    const raw = new MemoryStore(systemClock);
    let tries = 0;
    const lossy = flaky(raw, (operation) =>
      operation === 'put' && tries++ === 0 ? { before: passing.trouble } : undefined,
    );
    const transfer = { maxAttempts: 3, limitKiBps: 0 };
    const store = retrying(lossy, { transfer, pause: () => Promise.resolve() });
    const condition = { ifVersion: 'gone' };
    await assert.rejects(store.put('.refs/a', bytes, { condition }), (error: unknown) =>
      SnapdirError.is(error, 'REMOTE_CONFLICT'),
    );
    assert.equal(tries, 2);
  });
});

suite('caching', () => {
  test('asks once for what never changes, again for what was missing, always for what changes', async () => {
    const raw = new MemoryStore(systemClock);
    let asked = 0;
    const counted = flaky(raw, () => {
      asked++;
      return undefined;
    });
    const store = caching(counted, blake3);
    assert.equal(await store.head(key), undefined);
    await raw.put(key, bytes);
    assert.equal((await store.head(key))?.size, bytes.length);
    await store.head(key);
    assert.equal(asked, 2);
    await raw.put('.refs/a', bytes);
    await store.head('.refs/a');
    await store.head('.refs/a');
    assert.equal(asked, 4);
    await raw.delete(key);
    await assert.rejects(store.get(key));
    assert.equal(await store.head(key), undefined);
  });

  test('a local copy that is damaged is not used', async () => {
    const raw = new MemoryStore(systemClock);
    await raw.put(key, bytes);
    const kept = new Map<string, Uint8Array>([[key, damaged]]);
    const store = caching(raw, blake3, {
      read: (k) => Promise.resolve(kept.get(k)),
      write: (k, b) => Promise.resolve(void kept.set(k, b)),
    });
    assert.ok(bytes.equals((await store.get(key)).bytes));
    await raw.delete(key);
    assert.ok(bytes.equals((await store.get(key)).bytes), 'the good copy is there now');
  });
});

suite('pace and throttle', () => {
  test('fewer requests when the store asks for it, more while they help', async () => {
    let now = 0;
    const pace = new Pace(8, () => now);
    pace.slowDown();
    pace.slowDown();
    assert.equal(pace.width, 4, 'heard twice at the same time is once');
    now += 2000;
    pace.slowDown();
    assert.equal(pace.width, 2);
    const faster = new Pace(4, () => now);
    let most = 0;
    let running = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      now += 1 / running;
      running--;
    };
    await Promise.all(Array.from({ length: 2000 }, () => faster.run({}, work)));
    assert.ok(faster.width > 4 && most <= 32, `${faster.width} ${most}`);
  });

  test('content on its way never takes more memory than there is for it; one that is larger goes alone', async () => {
    const budget = new Budget(100);
    const held = { now: 0, most: 0, alone: false };
    const work = (bytes: number) => (): Promise<number> => {
      held.now += bytes;
      held.most = Math.max(held.most, held.now);
      held.alone ||= bytes === 250 && held.now === 250;
      return new Promise((done) =>
        setImmediate(() => {
          held.now -= bytes;
          done(bytes);
        }),
      );
    };
    const sizes = [60, 60, 30, 250, 10, 90, 100, 1];
    const done = await Promise.all(sizes.map((bytes) => budget.spend(bytes, {}, work(bytes))));
    assert.deepEqual([done, held], [sizes, { now: 0, most: 250, alone: true }]);
    held.most = 0;
    const others = sizes.filter((bytes) => bytes <= 100);
    await Promise.all(others.map((bytes) => budget.spend(bytes, {}, work(bytes))));
    assert.ok(held.most <= 100, `${held.most}`);

    const stop = new AbortController();
    let finish = (): void => undefined;
    const first = budget.spend(100, {}, () => new Promise<void>((end) => (finish = end)));
    const second = budget.spend(50, { signal: stop.signal }, work(50));
    const third = budget.spend(10, {}, work(10));
    stop.abort();
    await assert.rejects(second, { name: 'AbortError' });
    finish();
    await first;
    assert.equal(await third, 10);
    await assert.rejects(
      budget.spend(1, {}, () => Promise.reject(new Error('no'))),
      /no/u,
    );
    assert.equal(await budget.spend(100, {}, work(100)), 100, 'what failed gave its share back');
  });

  test('who waits can be cancelled, and takes nobody else with him', async () => {
    const pace = new Pace(1, () => 0);
    let finish = (): void => undefined;
    const first = pace.run({}, () => new Promise<void>((done) => (finish = done)));
    const stop = new AbortController();
    const second = pace.run({ signal: stop.signal }, () => Promise.resolve());
    const third = pace.run({}, () => Promise.resolve('third'));
    stop.abort();
    await assert.rejects(second, { name: 'AbortError' });
    finish();
    await first;
    assert.equal(await third, 'third');
  });

  test('many in flight with one signal are no leak that Node warns of', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warned);
    const { signal } = new AbortController();
    const pace = new Pace(32, () => 0);
    const request = async (): Promise<void> => {
      const stop = (): void => undefined;
      signal.addEventListener('abort', stop);
      await nextTurn();
      signal.removeEventListener('abort', stop);
    };
    await Promise.all(Array.from({ length: 32 }, () => pace.run({ signal }, request)));
    process.off('warning', warned);
    assert.deepEqual(warnings, []);
  });

  test('a limit in bytes a second', async () => {
    let now = 0;
    const throttle = new Throttle(
      100,
      () => now,
      (ms) => {
        now += ms;
        return Promise.resolve();
      },
    );
    for (let i = 0; i < 11; i++) {
      await throttle.spend(102_400, {});
    }
    assert.ok(Math.abs(now - 10_000) < 1, String(now));
  });
});

suite('S3: small parts', () => {
  test('parts are equal, and never more than 10,000', () => {
    assert.equal(partBytes(20 * MIB, 16), 16 * MIB);
    assert.equal(partBytes(20 * MIB, 1), 5 * MIB);
    const huge = 5 * 1024 * 1024 * MIB;
    assert.ok(Math.ceil(huge / partBytes(huge, 16)) <= 10_000);
  });

  test('which proxy', () => {
    const at = (url: string, env: Record<string, string>): string | undefined =>
      proxyFor(new URL(url), env)?.host;
    const env = { HTTPS_PROXY: 'http://p:3128', NO_PROXY: '.corp.org, host:444' };
    assert.equal(at('https://s3.org', env), 'p:3128');
    assert.equal(at('https://a.corp.org', env), undefined);
    assert.equal(at('https://host', env), 'p:3128');
    assert.equal(at('https://host:444', env), undefined);
    assert.equal(at('http://s3.org', env), undefined);
    assert.equal(at('http://s3.org', { http_proxy: 'q:1' }), 'q:1');
    assert.equal(at('https://s3.org', { ALL_PROXY: 'http://r:1', https_proxy: '' }), 'r:1');
  });

  test('ini files', () => {
    const sections = parseIni(
      '# x\n[default]\nregion=a ; c\n[ services  s ]\ns3 =\n  endpoint_url = http://h\nother = 1\n',
    );
    assert.equal(sections.get('default')?.get('region'), 'a');
    assert.equal(sections.get('services s')?.get('s3.endpoint_url'), 'http://h');
    assert.equal(sections.get('services s')?.get('other'), '1');
  });
});
