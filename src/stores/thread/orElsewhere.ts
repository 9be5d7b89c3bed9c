import { SnapdirError } from '../../core/errors';
import type {
  BatchCall,
  PermanentStore,
  StoreBatch,
  StoreCall,
  StoreEntry,
} from '../../core/permanentStore';
import { putAll } from '../putEach';
import { ElsewhereError } from './failure';

/**
 * Whether the editor's thread may reach what this one does not: through a proxy, or with certificates that the editor takes
 * from the system.
 */
const isElsewhere = (error: unknown): boolean =>
  error instanceof ElsewhereError || SnapdirError.is(error, 'REMOTE_CERTIFICATE');

/** A store, until it turns out that only another one reaches the same place: then that one, from that call on. */
class EitherStore implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label: string;
  private readonly first: PermanentStore;
  private readonly open: () => Promise<PermanentStore>;
  private now: PermanentStore;
  private other: Promise<PermanentStore> | undefined;

  constructor(first: PermanentStore, open: () => Promise<PermanentStore>) {
    this.id = first.id;
    this.url = first.url;
    this.label = first.label;
    this.first = first;
    this.now = first;
    this.open = open;
  }

  concurrency(): number {
    return this.now.concurrency();
  }

  capabilities(call?: StoreCall): ReturnType<PermanentStore['capabilities']> {
    return this.run((store) => store.capabilities(call));
  }

  head(...of: Parameters<PermanentStore['head']>): ReturnType<PermanentStore['head']> {
    return this.run((store) => store.head(...of));
  }

  get(...of: Parameters<PermanentStore['get']>): ReturnType<PermanentStore['get']> {
    return this.run((store) => store.get(...of));
  }

  put(...of: Parameters<PermanentStore['put']>): ReturnType<PermanentStore['put']> {
    return this.run((store) => store.put(...of));
  }

  putMany(batch: StoreBatch, call: BatchCall): Promise<void> {
    return this.run((store) => putAll(store, batch, call));
  }

  delete(...of: Parameters<PermanentStore['delete']>): Promise<void> {
    return this.run((store) => store.delete(...of));
  }

  async *list(
    prefix: string,
    call: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    let last = call.startAfter;
    const at = this.now;
    try {
      for await (const entry of at.list(prefix, call)) {
        last = entry.key;
        yield entry;
      }
    } catch (error) {
      if (at !== this.first || !isElsewhere(error)) {
        throw error;
      }
      const rest = last === undefined ? call : { ...call, startAfter: last };
      yield* (await this.change()).list(prefix, rest);
    }
  }

  async close(): Promise<void> {
    await this.first.close();
    await (await this.other?.catch(() => undefined))?.close();
  }

  private async run<T>(work: (store: PermanentStore) => Promise<T>): Promise<T> {
    if (this.other !== undefined) {
      return await work(await this.other);
    }
    try {
      return await work(this.first);
    } catch (error) {
      if (!isElsewhere(error)) {
        throw error;
      }
      return await work(await this.change());
    }
  }

  private async change(): Promise<PermanentStore> {
    this.other ??= this.open().catch((error: unknown) => {
      this.other = undefined; // The next call tries it again.
      throw error;
    });
    this.now = await this.other;
    return this.now;
  }
}

/** @see EitherStore */
export const orElsewhere = (
  first: PermanentStore,
  open: () => Promise<PermanentStore>,
): PermanentStore => new EitherStore(first, open);
