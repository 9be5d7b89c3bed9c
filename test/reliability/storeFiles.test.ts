import assert from 'node:assert/strict';
import { SnapdirError } from '../../src/core/errors';
import { quietControl } from '../../src/engine/context';
import { readLease } from '../../src/engine/disk/leaseFile';
import { blake3 } from '../../src/engine/hashing/blake3';
import { loadHistory } from '../../src/engine/store/records';
import { recoverUnclean } from '../../src/engine/store/unclean';
import { take } from '../../src/engine/worktree/take';
import type { MemoryFs } from '../crash/memoryFs';
import { filesOf, viewStore } from '../crash/oracle';
import { edit, memoryWith, rules, startProcess, treeOf } from '../crash/processes';
import { report, scaled, SEED } from './support/figures';
import { Dice, mutate } from './support/mutate';

/** This user's folder: who forges the store's files cannot read it. */
const HOME = { home: '/home' };

/** A store with a cache of every kind, a mark, a lease and two checkpoints. */
function storeOnce(): MemoryFs {
  const fs = memoryWith(
    { 'a.txt': 'one', 'b/c.txt': 'two', l: { link: 'a.txt' } },
    { syncFs: true },
  );
  const process = startProcess(fs, HOME);
  const store = process.open();
  take(process.env, store, { trigger: 'manual', message: 'one', rules }, quietControl);
  edit(fs, { 'a.txt': 'changed' });
  fs.time += 60_000_000_000n;
  take(process.env, store, { trigger: 'auto', rules }, quietControl);
  loadHistory(process.env, store);
  process.end();
  const lease = {
    nonce: 'a',
    host: 'test',
    boot: 'b',
    pidSpace: '',
    pid: 1,
    started: '1',
    beat: 0,
  };
  edit(fs, { '.snapdir/lease': `${JSON.stringify({ ...lease, owner: 'me', since: 1 })}\n` });
  fs.time += 60_000_000_000n;
  return fs;
}

function bytesAt(fs: MemoryFs, path: string): Buffer {
  const size = fs.lstat(path)!.size;
  const bytes = Buffer.alloc(size);
  const fd = fs.open(path, 'r');
  fs.read(fd, bytes, 0, size);
  fs.close(fd);
  return bytes;
}

/** Files that are no content: everything directly in the store, its caches and marks. */
function plainFiles(fs: MemoryFs): string[] {
  const store = '/folder/.snapdir';
  return [store, `${store}/cache`, `${store}/unsynced`].flatMap((dir) =>
    fs
      .readdir(dir)
      .filter(({ kind }) => kind === 'file')
      .map(({ name }) => `${dir}/${name}`),
  );
}

/** A forger makes the checksum that a cache carries fit, as far as one can who does not know the key. */
function forge(path: string, bytes: Buffer): Buffer {
  if (!path.endsWith('/stat') || bytes.length < 100) {
    return bytes;
  }
  const body = bytes.subarray(0, bytes.length - 64);
  return Buffer.concat([body, Buffer.from(blake3(Buffer.from(`\n${blake3(body)}`)))]);
}

/** No forged file may keep anybody longer. */
const SLOWEST_MS = 1_000;

suite('T7: other files of a store', function () {
  this.timeout(3_600_000);

  test('FORMAT, lease, marks and caches may hold anything', () => {
    const original = storeOnce();
    const files = plainFiles(original);
    assert.ok(files.some((path) => path.endsWith('cache/stat')) && files.length >= 5, files.join());
    const texts = files.map((path) => bytesAt(original, path));
    const dice = new Dice(SEED);
    const count = scaled(100_000);
    const broken: unknown[] = [];
    let refused = 0;
    for (let n = 0; n < count; n++) {
      const which = dice.below(files.length);
      const path = files[which]!;
      const mutated = mutate([texts[which]!, texts[which]!, dice.of(texts)], dice);
      const bytes = dice.below(2) === 0 ? forge(path, mutated) : mutated;
      const where = `seed ${SEED}, input ${n}, ${path}: ${bytes.toString('base64')}`;
      const use = (): { usable: boolean; took: number } => {
        const fs = original.fork();
        replace(fs, path, bytes);
        const begun = performance.now();
        return { usable: useStore(fs, where), took: performance.now() - begun };
      };
      try {
        const { usable, took } = use();
        refused += usable ? 0 : 1;
        // On a busy machine anything may take long once.
        assert.ok(took < SLOWEST_MS || use().took < SLOWEST_MS, where);
      } catch (error) {
        broken.push(error);
        process.stderr.write(
          `${String(error).slice(0, 200)}\n${String((error as Error).cause).slice(0, 1000)}\n`,
        );
      }
    }
    const note = `${refused} refused with a typed error, the rest in use as if nothing were`;
    report({ test: 'T7', what: 'stores with a forged file', count, broken: broken.length, note });
    if (broken.length > 0) {
      throw broken[0];
    }
  });
});

function replace(fs: MemoryFs, path: string, bytes: Uint8Array): void {
  fs.unlink(path);
  const fd = fs.open(path, 'wx', 0o600);
  if (bytes.length > 0) {
    fs.write(fd, bytes, 0, bytes.length);
  }
  fs.close(fd);
}

/** Reads, recovers and takes; what is taken is right. @returns whether the store could be used */
function useStore(fs: MemoryFs, where: string): boolean {
  const process = startProcess(fs, HOME);
  try {
    const store = process.open();
    const { env } = process;
    assert.ok(loadHistory(env, store).history.head !== undefined, where);
    readLease(env, store.lease);
    recoverUnclean(env, store, quietControl);
    edit(fs, { 'b/c.txt': 'changed, too' });
    const { checkpoint } = take(env, store, { trigger: 'manual', rules }, quietControl);
    const files = Object.entries(treeOf(fs.table)).filter(([path]) => !path.endsWith('/'));
    assert.deepEqual(filesOf(viewStore(fs.table), checkpoint.id), Object.fromEntries(files), where);
    return true;
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw new Error(where, { cause: error });
    }
    return false;
  } finally {
    process.end();
  }
}
