import { systemClock } from '../../src/base/clock';
import type { PermanentStore } from '../../src/core/permanentStore';
import { blake3 } from '../../src/engine/hashing/blake3';
import { caching, type ContentCache } from '../../src/stores/caching';
import { FileStore } from '../../src/stores/file/fileStore';
import { MemoryStore } from '../../src/stores/memory/memoryStore';
import { retrying } from '../../src/stores/retrying';
import { verifying } from '../../src/stores/verifying';
import { flaky, passing, type Fault } from '../support/flakyStore';
import { tempDir } from '../support/tempDir';
import { storeContract } from './storeContract';

const noPause = { transfer: { maxAttempts: 30, limitKiBps: 0 }, pause: () => Promise.resolve() };

function contentCache(): ContentCache {
  const kept = new Map<string, Uint8Array>();
  return {
    read: (key) => Promise.resolve(kept.get(key)),
    write: (key, bytes) => {
      kept.set(key, bytes.slice());
      return Promise.resolve();
    },
  };
}

/** Every third call fails in some way, half of them after it was done. */
function everyThird(): () => Fault | undefined {
  const errors = Object.values(passing);
  let calls = 0;
  return () => {
    calls++;
    const error = errors[calls % errors.length]!;
    return calls % 3 !== 0 ? undefined : calls % 2 === 0 ? { before: error } : { after: error };
  };
}

function overMemory(name: string, wrap: (store: PermanentStore) => PermanentStore): void {
  storeContract(name, () => {
    const shared = new MemoryStore(systemClock);
    const open = (): Promise<PermanentStore> =>
      Promise.resolve(wrap(new MemoryStore(systemClock, { sharing: shared })));
    return Promise.resolve({ open, conditional: true, manyKeys: 300 });
  });
}

overMemory('verifying', (store) => verifying(store, blake3));
overMemory('retrying', (store) => retrying(store, noPause));
overMemory('retrying a store that fails all the time', (store) =>
  retrying(flaky(store, everyThird()), noPause),
);
overMemory('caching', (store) => caching(store, blake3, contentCache()));

storeContract('file, as it is opened', () => {
  const dir = tempDir();
  const open = async (): Promise<PermanentStore> =>
    caching(verifying(retrying(await FileStore.open(dir), noPause), blake3), blake3);
  return Promise.resolve({ open, conditional: true, manyKeys: 100 });
});
