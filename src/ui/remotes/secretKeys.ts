import type { Remote, StoredKeys } from '../../core/remote';
import type { KeyMemory, SecretMemory } from './remotePorts';

/** Keys in VS Code's secret storage: on this machine only, encrypted by it, and in no settings. */
export class SecretKeys implements KeyMemory {
  private readonly memory: SecretMemory;
  private readonly nameOf: (remote: Remote) => string;

  /** @param nameOf under what name a remote's keys are kept */
  constructor(memory: SecretMemory, nameOf: (remote: Remote) => string) {
    this.memory = memory;
    this.nameOf = nameOf;
  }

  async get(remote: Remote): Promise<StoredKeys | undefined> {
    return parse(await this.memory.get(this.nameOf(remote)));
  }

  async set(remote: Remote, keys: StoredKeys): Promise<void> {
    const name = this.nameOf(remote);
    const list = listOf(remote.name);
    const names = await this.listed(remote.name);
    // The lists first: what is not in them could not be forgotten.
    await this.noteStores((stores) => [...stores, remote.name]);
    await this.memory.store(list, JSON.stringify([...new Set([...names, name])]));
    await this.memory.store(name, JSON.stringify(keys));
  }

  async forget(store: string, remote?: Remote): Promise<boolean> {
    let had = false;
    // Keys of before there was a list have only the one name.
    const now = remote === undefined ? [] : [this.nameOf(remote)];
    for (const name of new Set([...(await this.listed(store)), ...now])) {
      had = (await this.memory.get(name)) !== undefined || had;
      await this.memory.delete(name);
    }
    await this.memory.delete(listOf(store));
    await this.noteStores((stores) => stores.filter((one) => one !== store));
    return had;
  }

  async stores(): Promise<string[]> {
    const found = (await this.allKeys())
      .filter((key) => key.startsWith(LIST_OF))
      .map((key) => key.slice(LIST_OF.length));
    return [...new Set([...(await this.texts(STORES)), ...found])].sort();
  }

  private async allKeys(): Promise<string[]> {
    try {
      return (await this.memory.keys?.()) ?? [];
    } catch {
      return []; // Where it is still an experiment, VS Code refuses.
    }
  }

  /** Settings may be edited by hand: which stores have keys must be known without them. */
  private async noteStores(change: (stores: string[]) => string[]): Promise<void> {
    const before = await this.texts(STORES);
    const after = [...new Set(change(before))].sort();
    if (after.length === 0) {
      await this.memory.delete(STORES);
    } else if (after.join('\n') !== before.join('\n')) {
      await this.memory.store(STORES, JSON.stringify(after));
    }
  }

  /** Under what names keys were kept for a store: another one with each endpoint and bucket that it had. */
  private listed(store: string): Promise<string[]> {
    return this.texts(listOf(store));
  }

  private async texts(key: string): Promise<string[]> {
    const list = fromJson(await this.memory.get(key));
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
  }
}

const STORES = 'snapdir.storesWithKeys';
const LIST_OF = 'snapdir.keysOf:';
const listOf = (store: string): string => `${LIST_OF}${store}`;

function fromJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

/** What is no pair of keys is none. */
function parse(text: string | undefined): StoredKeys | undefined {
  const value = fromJson(text) ?? {};
  const { accessKeyId, secretAccessKey, sessionToken } = value as Record<string, unknown>;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    return undefined;
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
  };
}
