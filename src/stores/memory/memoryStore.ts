import { throwIfCancelled } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { SnapdirError } from '../../core/errors';
import type {
  PermanentStore,
  StoreBytes,
  StoreCall,
  StoreContent,
  StoreEntry,
  WriteCondition,
} from '../../core/permanentStore';
import { checkKey, checkPrefix } from '../../core/storeKeys';
import { checkCondition } from '../conditions';
import { piecesOf, slice } from '../content';

interface Held {
  bytes: Uint8Array;
  version: string;
  modifiedMs: number;
}

const PIECE = 1024 * 1024;

/** A store in memory: what every other store has to behave like. Several may share what they hold. */
export class MemoryStore implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label: string;
  private readonly clock: Clock;
  private readonly held: Map<string, Held>;
  private writes = 0;

  constructor(clock: Clock, options: { id?: string; url?: string; sharing?: MemoryStore } = {}) {
    this.clock = clock;
    this.url = options.url ?? 'memory:';
    this.label = this.url;
    this.id = options.id ?? this.url;
    this.held = options.sharing?.held ?? new Map<string, Held>();
  }

  async capabilities(call: StoreCall = {}): Promise<{ conditional: boolean }> {
    await turn(call);
    return { conditional: true };
  }

  concurrency(): number {
    return 8;
  }

  async head(key: string, call: StoreCall = {}): Promise<StoreEntry | undefined> {
    checkKey(key);
    await turn(call);
    const held = this.held.get(key);
    return held === undefined ? undefined : entryOf(key, held);
  }

  async get(
    key: string,
    call: StoreCall & { offset?: number; length?: number } = {},
  ): Promise<StoreBytes> {
    checkKey(key);
    await turn(call);
    const held = this.held.get(key);
    if (held === undefined) {
      throw new SnapdirError('REMOTE_KEY_NOT_FOUND', { store: this.label, key });
    }
    return { bytes: slice(held.bytes, call), size: held.bytes.length, version: held.version };
  }

  async *list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    checkPrefix(prefix);
    await turn(call);
    const keys = [...this.held.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      await turn(call);
      const held = this.held.get(key);
      if (held !== undefined && (call.startAfter === undefined || key > call.startAfter)) {
        yield entryOf(key, held);
      }
    }
  }

  async put(
    key: string,
    content: StoreContent,
    call: StoreCall & { condition?: WriteCondition } = {},
  ): Promise<{ version: string }> {
    checkKey(key);
    await turn(call);
    const bytes = new Uint8Array(content instanceof Uint8Array ? content.length : content.size);
    let at = 0;
    for await (const piece of piecesOf(content, PIECE, call)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    throwIfCancelled(call.signal);
    checkCondition(this.label, key, call.condition, this.held.get(key)?.version);
    const modifiedMs = this.clock.now();
    this.writes++;
    const version = `${this.writes}-${modifiedMs}-${Math.random()}`;
    this.held.set(key, { bytes, version, modifiedMs });
    return { version };
  }

  async delete(key: string, call: StoreCall = {}): Promise<void> {
    checkKey(key);
    await turn(call);
    this.held.delete(key);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Lets others run first, as a real store does. */
async function turn(call: StoreCall): Promise<void> {
  await Promise.resolve();
  throwIfCancelled(call.signal);
}

function entryOf(key: string, { bytes, version, modifiedMs }: Held): StoreEntry {
  return { key, size: bytes.length, version, modifiedMs };
}
