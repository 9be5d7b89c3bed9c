import { CancelledError } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type {
  PermanentStore,
  StoreCall,
  StoreContent,
  StoreEntry,
  Written,
} from '../../core/permanentStore';
import type { Remote } from '../../core/remote';
import type { Transfer } from '../transfer';
import { putEach } from '../putEach';
import { ElsewhereError, fromFailure, toFailure } from './failure';
import type {
  FromThread,
  Opened,
  Page,
  Question,
  Questions,
  StoreMethods,
  ToThread,
} from './protocol';

/** Entries in one message. */
const PAGE = 1000;
/** How far a batch is, is told no more often. */
const TELL_MS = 100;

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

/** A call under way. */
interface Running {
  store: number;
  stop: AbortController;
  /** When nothing of it goes on any more. Never rejects. */
  ended: Promise<void>;
}

/** A listing of which somebody may want more. */
interface Listing {
  store: number;
  iterator: AsyncIterator<StoreEntry>;
  stop: AbortController;
}

interface Asked {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Call = Extract<ToThread, { type: 'call' }>;

/** Answers the calls of one thread to all its stores. */
export class StoreServer {
  private readonly places: ServedPlaces;
  private readonly stores = new Map<number, Served>();
  private readonly running = new Map<number, Running>();
  private readonly asked = new Map<number, Asked>();
  private readonly listings = new Map<number, Listing>();
  private nextId = 1;

  constructor(places: ServedPlaces) {
    this.places = places;
  }

  /** Takes a message. */
  receive(message: ToThread): void {
    switch (message.type) {
      case 'call':
        this.begin(message);
        return;
      case 'cancel':
        this.running.get(message.id)?.stop.abort();
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

  private begin(call: Call): void {
    const stop = new AbortController();
    const ended = this.answer(call, stop).finally(() => this.running.delete(call.id));
    this.running.set(call.id, { store: call.store, stop, ended });
  }

  private async answer(call: Call, stop: AbortController): Promise<void> {
    const { id } = call;
    const served = this.stores.get(call.store);
    const width = (): number => served?.store.concurrency() ?? 1;
    try {
      const result = await this.run(call, served, stop);
      this.places.post({ type: 'done', id, result, width: width() }, bytesOf(result));
    } catch (error) {
      const elsewhere = served?.elsewhere() === true;
      const failed = toFailure(elsewhere ? new ElsewhereError() : error);
      this.places.post({ type: 'failed', id, failed, width: width() });
    }
  }

  private async run(
    call: Call,
    served: Served | undefined,
    stop: AbortController,
  ): Promise<unknown> {
    if (call.method === 'open') {
      return await this.open(call, stop.signal);
    }
    if (served === undefined) {
      throw new SnapdirError('WORKER_CRASHED', { reason: { is: 'store-closed' } });
    }
    if (call.method === 'close') {
      this.stores.delete(call.store);
      await this.settled(call.store);
      return await served.store.close();
    }
    return await this.work(served.store, call, stop);
  }

  /** A store has the number of its opening, which no other one has, in whatever thread. */
  private async open({ id, params }: Call, signal: AbortSignal): Promise<Opened> {
    const { remote, transfer } = params as StoreMethods['open']['params'];
    const opened = await this.places.open(remote, transfer, this.ask);
    if (signal.aborted) {
      await opened.store.close();
      throw new CancelledError();
    }
    this.stores.set(id, opened);
    const { id: place, url, label } = opened.store;
    return { store: id, id: place, url, label };
  }

  /** Who cancelled was told at once; what is done for that, as aborting an upload, needs the store's connections still. */
  private async settled(store: number): Promise<void> {
    for (const [id, listing] of this.listings) {
      if (listing.store === store) {
        this.listings.delete(id);
      }
    }
    const calls = [...this.running.values()].filter((one) => one.store === store);
    await Promise.all(calls.filter(({ stop }) => stop.signal.aborted).map(({ ended }) => ended));
  }

  private async work(store: PermanentStore, call: Call, stop: AbortController): Promise<unknown> {
    const { id, method, params } = call;
    const how: StoreCall = { signal: stop.signal };
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
      case 'putMany': {
        const { batch, width } = params as StoreMethods['putMany']['params'];
        return await putEach(store, batch, { ...how, width, onWritten: this.teller(id) });
      }
      case 'list': {
        const { prefix, ...from } = params as StoreMethods['list']['params'];
        const iterator = store.list(prefix, { ...from, ...how })[Symbol.asyncIterator]();
        return await this.page(id, { store: call.store, iterator, stop });
      }
      case 'more': {
        const { listing } = params as StoreMethods['more']['params'];
        return await this.more(listing, stop);
      }
      case 'drop': {
        const { listing } = params as StoreMethods['drop']['params'];
        await this.listings.get(listing)?.iterator.return?.();
        this.listings.delete(listing);
        return undefined;
      }
      default:
        throw new Error(`the thread of the stores knows no ${method}`);
    }
  }

  private teller(id: number): (written: Written) => void {
    let last = performance.now();
    return (written) => {
      const now = performance.now();
      if (now - last >= TELL_MS) {
        last = now;
        this.places.post({ type: 'written', id, written });
      }
    };
  }

  private contentOf(content: Uint8Array | { size: number }, call: number): StoreContent {
    if (content instanceof Uint8Array) {
      return content;
    }
    const read = async (offset: number, length: number): Promise<Uint8Array> =>
      await this.ask('read', { call, offset, length });
    return { size: content.size, read };
  }

  /** Goes on with a listing, whose requests know the signal that they began with. */
  private async more(id: number, { signal }: AbortController): Promise<Page> {
    const listing = this.listings.get(id);
    if (listing === undefined) {
      throw new CancelledError();
    }
    const cancel = (): void => {
      this.listings.delete(id);
      listing.stop.abort();
    };
    signal.addEventListener('abort', cancel);
    try {
      return await this.page(id, listing);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  private async page(id: number, listing: Listing): Promise<Page> {
    const entries: StoreEntry[] = [];
    this.listings.delete(id);
    while (entries.length < PAGE) {
      const next = await listing.iterator.next();
      if (next.done === true) {
        return { entries };
      }
      entries.push(next.value);
    }
    this.listings.set(id, listing);
    return { entries, listing: id };
  }
}

/** Bytes are handed over, not copied. */
function bytesOf(result: unknown): ArrayBuffer[] {
  const bytes = (result as { bytes?: unknown } | null | undefined)?.bytes;
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
