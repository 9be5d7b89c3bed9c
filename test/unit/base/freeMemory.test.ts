import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock';
import { freeMemory } from '../../../src/base/freeMemory';
import type { Engine } from '../../../src/core/engine';
import { DigestTable, ownWords } from '../../../src/engine/store/digestTable';
import { latestText } from '../../../src/engine/worktree/driftState';
import { MemoryStore } from '../../../src/stores/memory/memoryStore';
import { person, promote } from '../../support/people';
import { makeRepo } from '../../support/restoreRepo';

const MB = 1024 * 1024;
const arrayBuffers = (): number => process.memoryUsage().arrayBuffers;

/** Waits until no more than so many bytes are in arrays: a thread of V8 gives them back, soon where no other work is. */
async function come(to: number): Promise<void> {
  for (let tries = 0; arrayBuffers() > to; tries++) {
    assert.ok(tries < 500, `${(arrayBuffers() - to) / MB} MB too many`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

suite('memory that is given back', () => {
  test('is that of a list of what was sent', async () => {
    const alice = person('alice', { a: '1', b: '2' });
    alice.take();
    const engine = alice.repository.engine as { listContent: Engine['listContent'] };
    const { listContent } = engine;
    const pages: Uint8Array[] = [];
    engine.listContent = async (...call) => {
      const page = await listContent(...call);
      pages.push(page.bytes);
      return page;
    };
    const { sent } = await promote(alice, new MemoryStore(systemClock));
    assert.equal(sent.objects, 2);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [0],
    );
  });

  test('is that of the manifest before, once a take made another one', () => {
    const names = Array.from({ length: 300 }, (_, n) => `${n} ${'n'.repeat(100)}`);
    const repo = makeRepo(Object.fromEntries(names.map((name) => [name, name])));
    const text = latestText(repo.take().snapshot);
    assert.ok(text !== undefined && text.length > 300 * 100);
    repo.write({ new: 'new' });
    repo.take();
    assert.equal(text.length, 0);
  });

  test('is gone at once, and its arrays are empty', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(10));
    const arrays = Array.from({ length: 10 }, () => new Uint8Array(10 * MB).fill(1));
    const before = arrayBuffers();
    const part = Buffer.from('a part of the memory that all small buffers are in');
    freeMemory(...arrays, shared, part, arrays[0]!);
    await come(before - 90 * MB);
    assert.equal(part.toString(), 'a part of the memory that all small buffers are in');
    assert.deepEqual([arrays[0]!.length, arrays[9]!.length, shared.length], [0, 0, 10]);
  });

  test('a table of addresses that grew holds one of its sizes, and none once it is given back', () => {
    const made: Uint32Array[] = [];
    const table = new DigestTable(4, (length) => {
      made.push(ownWords(length));
      return made.at(-1)!;
    });
    for (let n = 0; n < 100_000; n++) {
      table.addHex(n.toString(16).padStart(64, '0'));
    }
    const sizes = made.map(({ length }) => length).filter((length) => length > 0);
    assert.ok(made.length > 20);
    // Of 131,072 rows.
    assert.deepEqual(sizes, [131_072 * 8, 131_072 * 2]);
    table.free();
    assert.ok(made.every(({ length }) => length === 0));
  });
});
