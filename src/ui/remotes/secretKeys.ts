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
    await this.memory.store(this.nameOf(remote), JSON.stringify(keys));
  }

  async forget(remote: Remote): Promise<boolean> {
    const name = this.nameOf(remote);
    const had = (await this.memory.get(name)) !== undefined;
    await this.memory.delete(name);
    return had;
  }
}

/** What is no pair of keys is none. */
function parse(text: string | undefined): StoredKeys | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
  const { accessKeyId, secretAccessKey, sessionToken } = (value ?? {}) as Record<string, unknown>;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    return undefined;
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(typeof sessionToken === 'string' ? { sessionToken } : {}),
  };
}
