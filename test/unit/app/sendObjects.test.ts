import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import type { Engine } from '../../../src/core/engine';
import type { PermanentStore } from '../../../src/core/permanentStore';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
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
