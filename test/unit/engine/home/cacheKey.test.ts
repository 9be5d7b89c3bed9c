import assert from 'node:assert/strict';
import { writeFileRelaxed } from '../../../../src/engine/disk/durable';
import { cacheKey } from '../../../../src/engine/home/cacheKey';
import { take } from '../../../../src/engine/worktree/take';
import { memoryWith, rules, startProcess } from '../../../crash/processes';
import type { MemoryFs } from '../../../crash/memoryFs';
import { quietControl } from '../../../support/directEngine';

const MINUTE = 60_000_000_000n;

/** How many files a process reads that begins with what the one before it left on disk. */
function readBy(fs: MemoryFs, home: string): number {
  fs.time += MINUTE;
  const process = startProcess(fs, { home });
  try {
    const options = { trigger: 'manual' as const, rules };
    const { read, checkpoint } = take(process.env, process.open(), options, quietControl);
    assert.equal(checkpoint.stats.files, 2);
    return read;
  } finally {
    process.end();
  }
}

suite("the key of a user's caches", () => {
  test('is made once, and the next process has the same', () => {
    const fs = memoryWith({});
    const first = cacheKey(startProcess(fs, { home: '/one' }).env);
    assert.ok(first !== undefined);
    assert.match(first, /^[0-9a-f]{64}$/u);
    fs.rename('/one', '/moved');
    assert.equal(cacheKey(startProcess(fs, { home: '/moved' }).env), first);
    assert.equal(fs.lstat('/moved/cache-key')!.mode & 0o777, 0o600);
  });

  test('is empty where there is no home', () => {
    assert.equal(cacheKey(startProcess(memoryWith({})).env), '');
  });

  test('a look that was sealed with another key is not used, and every file is read', () => {
    const fs = memoryWith({ 'a.txt': 'one', 'b.txt': 'two' });
    fs.time += MINUTE;
    assert.equal(readBy(fs, '/two'), 2);
    fs.rename('/two', '/three');
    assert.equal(readBy(fs, '/three'), 0, 'the same key');
    fs.rename('/three', '/four');
    fs.unlink('/four/cache-key');
    assert.equal(readBy(fs, '/four'), 2, 'another key');
  });

  test('one that is none, or cannot be read, is replaced', () => {
    const fs = memoryWith({});
    const { env } = startProcess(fs, { home: '/five' });
    writeFileRelaxed(env, '/', '/five/cache-key', new Uint8Array(65));
    assert.match(cacheKey(env) ?? '', /^[0-9a-f]{64}$/u);
    assert.equal(fs.lstat('/five/cache-key')?.size, 64);
  });

  test('while it cannot be kept, no look is believed, and none is left for others to forge', () => {
    const fs = memoryWith({ 'a.txt': 'one', 'b.txt': 'two' });
    const { env } = startProcess(fs, { home: '/six' });
    fs.mkdir('/six', 0o700);
    fs.mkdir('/six/cache-key', 0o700);
    fs.mkdir('/six/cache-key/x', 0o700);
    assert.equal(cacheKey(env), undefined);
    fs.time += MINUTE;
    assert.equal(readBy(fs, '/six'), 2);
    assert.equal(readBy(fs, '/six'), 2);
  });
});
