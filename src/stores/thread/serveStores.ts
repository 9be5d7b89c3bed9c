import { CancelledError } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type {
  PermanentStore,
  StoreCall,
  StoreContent,
  StoreEntry,
} from '../../core/permanentStore';
import type { Remote } from '../../core/remote';
import type { Transfer } from '../transfer';
import { ElsewhereError, fromFailure, toFailure } from './failure';
import type {
  FromThread,
  Page,
  Question,
  Questions,
  StoreMethod,
  StoreMethods,
  ToThread,
} from './protocol';

/** Entries in one message. */
const PAGE = 1000;

/** One store, and what came of asking for the way to it. */
export interface Served {
  store: PermanentStore;
  /** A host was asked for that is reached through a proxy. */
  elsewhere(): boolean;
}

/** What serving needs of its thread. */
export interface ServedPlaces {
  post(message: FromThread, transfer?: ArrayBuffer[]): void;
  open(remote: Remote, transfer: Transfer, ask: Ask): Promise<Served>;
}

/** Asks the editor's thread. */
export type Ask = <Q extends Question>(
  question: Q,
  params: Questions[Q]['params'],
) => Promise<Questions[Q]['result']>;

interface Asked {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Answers the calls of one thread to all its stores. */
export class StoreServer {
  private readonly places: ServedPlaces;
  private readonly stores = new Map<number, Served>();
  private readonly calls = new Map<number, AbortController>();
  private readonly asked = new Map<number, Asked>();
  private readonly listings = new Map<number, AsyncIterator<StoreEntry>>();
  private nextId = 1;

  constructor(places: ServedPlaces) {
    this.places = places;
  }

  /** Takes a message. */
  receive(message: ToThread): void {
    switch (message.type) {
      case 'call':
        void this.answer(message);
        return;
      case 'cancel':
        this.calls.get(message.id)?.abort();
        return;
      case 'answer': {
        const asked = this.asked.get(message.id);
        this.asked.delete(message.id);
        if (message.failed === undefined) {
          asked?.resolve(message.result);
        } else {
          asked?.reject(fromFailure(message.failed));
        }
      }
    }
  }

  private readonly ask: Ask = (question, params) => {
    const id = this.nextId++;
    return new Promise<never>((resolve, reject) => {
      this.asked.set(id, { resolve: resolve, reject });
      this.places.post({ type: 'ask', id, question, params });
    });
  };

  private async answer(call: Extract<ToThread, { type: 'call' }>): Promise<void> {
    const { id } = call;
    const stop = new AbortController();
    this.calls.set(id, stop);
    const served = this.stores.get(call.store);
    const width = (): number => served?.store.concurrency() ?? 1;
    try {
      const result = await this.run(call, served, { signal: stop.signal });
      this.places.post({ type: 'done', id, result, width: width() }, bytesOf(result));
    } catch (error) {
      const elsewhere = served?.elsewhere() === true;
      const failed = toFailure(elsewhere ? new ElsewhereError() : error);
      this.places.post({ type: 'failed', id, failed, width: width() });
    } finally {
      this.calls.delete(id);
    }
  }

  private async run(
    call: Extract<ToThread, { type: 'call' }>,
    served: Served | undefined,
    how: StoreCall,
  ): Promise<unknown> {
    if (call.method === 'open') {
      const { remote, transfer } = call.params as StoreMethods['open']['params'];
      const opened = await this.places.open(remote, transfer, this.ask);
      const store = this.nextId++;
      this.stores.set(store, opened);
      return { store, id: opened.store.id, url: opened.store.url };
    }
    if (served === undefined) {
      throw new SnapdirError('WORKER_CRASHED', { reason: 'its store is closed' });
    }
    if (call.method === 'close') {
      this.stores.delete(call.store);
      return await served.store.close();
    }
    return await this.work(served.store, call, how);
  }

  private async work(
    store: PermanentStore,
    { id, method, params }: { id: number; method: StoreMethod; params: object },
    how: StoreCall,
  ): Promise<unknown> {
    switch (method) {
      case 'capabilities':
        return await store.capabilities(how);
      case 'head':
        return await store.head((params as StoreMethods['head']['params']).key, how);
      case 'delete':
        return await store.delete((params as StoreMethods['delete']['params']).key, how);
      case 'get': {
        const { key, ...range } = params as StoreMethods['get']['params'];
        const found = await store.get(key, { ...range, ...how });
        // What is handed over is gone here, and a part would take the whole with it.
        return { ...found, bytes: new Uint8Array(found.bytes) };
      }
      case 'put': {
        const { key, content, condition } = params as StoreMethods['put']['params'];
        const under = condition === undefined ? {} : { condition };
        return await store.put(key, this.contentOf(content, id), { ...under, ...how });
      }
      case 'list': {
        const { prefix, ...from } = params as StoreMethods['list']['params'];
        const entries = store.list(prefix, { ...from, ...how });
        return await this.page(id, entries[Symbol.asyncIterator]());
      }
      case 'more': {
        const { listing } = params as StoreMethods['more']['params'];
        return await this.page(listing, this.listings.get(listing));
      }
      case 'drop': {
        const { listing } = params as StoreMethods['drop']['params'];
        await this.listings.get(listing)?.return?.();
        this.listings.delete(listing);
        return undefined;
      }
      default:
        throw new Error(`the thread of the stores knows no ${method}`);
    }
  }

  private contentOf(content: Uint8Array | { size: number }, call: number): StoreContent {
    if (content instanceof Uint8Array) {
      return content;
    }
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      await this.ask('read', { call, offset, length });
    return { size: content.size, read };
  }

  private async page(
    listing: number,
    iterator: AsyncIterator<StoreEntry> | undefined,
  ): Promise<Page> {
    if (iterator === undefined) {
      throw new CancelledError();
    }
    this.listings.set(listing, iterator);
    const entries: StoreEntry[] = [];
    try {
      while (entries.length < PAGE) {
        const next = await iterator.next();
        if (next.done === true) {
          this.listings.delete(listing);
          return { entries };
        }
        entries.push(next.value);
      }
    } catch (error) {
      this.listings.delete(listing);
      throw error;
    }
    return { entries, listing };
  }
}

/** Bytes are handed over, not copied. */
function bytesOf(result: unknown): ArrayBuffer[] {
  const bytes = (result as { bytes?: unknown } | null | undefined)?.bytes;
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
