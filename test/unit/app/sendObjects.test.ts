import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import type { Engine } from '../../../src/core/engine';
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
});
