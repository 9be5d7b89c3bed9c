import { systemClock } from '../../src/base/clock';
import { MemoryStore } from '../../src/stores/memory/memoryStore';
import { storeContract } from './storeContract';

storeContract('memory', () => {
  const shared = new MemoryStore(systemClock);
  const open = (): Promise<MemoryStore> =>
    Promise.resolve(new MemoryStore(systemClock, { sharing: shared }));
  return Promise.resolve({ open, conditional: true });
});
