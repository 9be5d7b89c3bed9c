import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import type { Engine, Progress } from '../../../src/core/engine';
import { promoteSnapshot } from '../../../src/app/promoteSnapshot';
import { SnapdirError } from '../../../src/core/errors';
import { contentSize, type PermanentStore } from '../../../src/core/permanentStore';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { putEach } from '../../../src/stores/putEach';
import { verifying } from '../../../src/stores/verifying';
import { person, promote } from '../../support/people';
import { counting, keysOf } from '../../support/watchedStore';

suite('objects on their way', () => {
  test('are in memory that is used again, and never while somebody still reads it', async () => {
    const alice = person('alice', {
      ...Object.fromEntries(
        Array.from({ length: 200 }, (_, n) => [`f${n}`, Buffer.alloc(100_000 + n, `${n} `)]),
      ),
      large: Buffer.alloc(2_500_000, 'large '),
    });
    alice.take();
    // Each is sent some time after it was asked for; what is not its content by then is refused.
    const checked = verifying(new MemoryStore(systemClock), blake3);
    const watched = counting(checked);
    const memory = new Set<ArrayBufferLike>();
    const engine = alice.repository.engine as { readContent: Engine['readContent'] };
    const { readContent } = engine;
    engine.readContent = (params, context) => {
      memory.add(params.into!.buffer);
      return readContent(params, context);
    };
    watched.before = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    const { sent } = await promote(alice, watched.store);
    assert.equal(sent.objects, 201);
    const objects = (await keysOf(checked)).filter((key) => key.startsWith('.objects'));
    assert.equal(objects.length, 201);
    // Twenty megabytes in all, of which 32 objects are on their way at once, some for long.
    const held = [...memory].reduce((sum, { byteLength }) => sum + byteLength, 0) / 1024 / 1024;
    assert.ok(held <= 10, `${held} MB`);
  });

  test('small ones go many together where a store takes them so, and large ones by themselves', async () => {
    const carol = person('carol', {
      ...Object.fromEntries(
        Array.from({ length: 3000 }, (_, n) => [`f${n}`, Buffer.alloc(500 + n, `${n} `)]),
      ),
      ...Object.fromEntries(
        Array.from({ length: 5 }, (_, n) => [`large${n}`, Buffer.alloc(600_000 + n, `${n} `)]),
      ),
      huge: Buffer.alloc(2_500_000, 'huge '),
    });
    carol.take();
    const checked = verifying(new MemoryStore(systemClock), blake3);
    const alone: number[] = [];
    const together: number[] = [];
    let [running, most] = [0, 0];
    const store: PermanentStore = {
      ...checked,
      async put(key, content, call) {
        if (key.startsWith('.objects')) {
          alone.push(contentSize(content));
        }
        return await checked.put(key, content, call);
      },
      async putMany(batch, call) {
        most = Math.max(most, ++running);
        together.push(batch.keys.length);
        // What is still being read is not written over: each is checked against its key when its turn comes.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
        await putEach(checked, batch, call);
        running--;
      },
    };
    const seen: Progress[] = [];
    const target = { name: 'team', store };
    const request = { rev: 'HEAD', name: 'main' };
    const { sent } = await promoteSnapshot(carol.repository, target, request, {
      onProgress: (progress) => void (progress.phase === 'send' && seen.push(progress)),
    });
    assert.equal(sent.objects, 3006);
    assert.ok(together.length < 50 && most === 2, `${together.length} batches, ${most} at once`);
    const small = together.reduce((sum, count) => sum + count);
    assert.equal(small + alone.length, 3006);
    // But for what is left over before a large one and at the end.
    assert.ok(small > 2800, `${small}`);
    assert.deepEqual(
      alone.filter((size) => size > 500_000).sort((a, b) => a - b),
      [600_000, 600_001, 600_002, 600_003, 600_004, 2_500_000],
    );
    const objects = (await keysOf(checked)).filter((key) => key.startsWith('.objects'));
    assert.equal(objects.length, 3006);
    const last = seen.at(-1)!;
    assert.deepEqual([last.done, last.bytes], [3006, last.totalBytes]);
    assert.ok(
      seen.every(({ done }, n) => n === 0 || done >= seen[n - 1]!.done),
      'never back',
    );
  });

  test('as many as ever are on their way at once where only a few fit into a batch', async () => {
    const erin = person(
      'erin',
      Object.fromEntries(
        Array.from({ length: 100 }, (_, n) => [`f${n}`, Buffer.alloc(60_000 + n, `${n} `)]),
      ),
    );
    erin.take();
    const inner = new MemoryStore(systemClock);
    let [running, most] = [0, 0];
    const store: PermanentStore = {
      ...verifying(inner, blake3),
      async put(key, content, call) {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running--;
        return await inner.put(key, content, call);
      },
      putMany: (batch, call) => putEach(store, batch, call),
    };
    await promote(erin, store);
    assert.equal(most, 32);
  });

  test('when a batch fails, that is told, and what was sent is not sent again', async () => {
    const dora = person(
      'dora',
      Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`f${n}`, `${n} `.repeat(300)])),
    );
    dora.take();
    const inner = new MemoryStore(systemClock);
    let batches = 0;
    const store: PermanentStore = {
      ...verifying(inner, blake3),
      async putMany(batch, call) {
        if (++batches === 3) {
          throw new SnapdirError('REMOTE_SLOW_DOWN', { store: 'team', host: 'here' });
        }
        await putEach(inner, batch, call);
      },
    };
    await assert.rejects(promote(dora, store), (error) =>
      SnapdirError.is(error, 'REMOTE_SLOW_DOWN'),
    );
    const there = (await keysOf(inner)).filter((key) => key.startsWith('.objects')).length;
    assert.ok(there > 0 && there < 2000, `${there}`);
    assert.deepEqual(
      (await keysOf(inner)).filter((key) => !key.startsWith('.objects')),
      [],
    );
    const { sent } = await promote(dora, store);
    assert.equal(sent.objects, 2000 - there);
  });

  test('a large manifest is right also where its parts are asked for all at once', async () => {
    const long = 'n'.repeat(200);
    const bob = person(
      'bob',
      Object.fromEntries(Array.from({ length: 6000 }, (_, n) => [`${long}${n}`, 'same'])),
    );
    bob.take();
    // The engine's thread goes on with the next call before this one hears of the answer.
    const engine = bob.repository.engine as { readManifestPiece: Engine['readManifestPiece'] };
    const { readManifestPiece } = engine;
    engine.readManifestPiece = async (params, context) => {
      const answer = await readManifestPiece(params, context);
      await new Promise((resolve) => setTimeout(resolve, 10));
      return answer;
    };
    const checked = verifying(new MemoryStore(systemClock), blake3);
    const part = 300_000;
    let parts = 0;
    const inParts: PermanentStore = {
      ...checked,
      async put(key, content, call) {
        if (content instanceof Uint8Array) {
          return await checked.put(key, content, call);
        }
        const starts = Array.from({ length: Math.ceil(content.size / part) }, (_, n) => n * part);
        parts = starts.length;
        const read = await Promise.all(
          starts.map((at) => content.read(at, Math.min(part, content.size - at))),
        );
        return await checked.put(key, Buffer.concat(read), call);
      },
    };
    await promote(bob, inParts);
    assert.ok(parts > 3, `${parts} parts`);
  });
});
