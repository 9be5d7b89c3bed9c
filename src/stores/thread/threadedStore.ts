import type {
  BatchCall,
  PermanentStore,
  StoreBatch,
  StoreCall,
  StoreContent,
  StoreEntry,
  WriteCondition,
} from '../../core/permanentStore';
import type { Opened, Page } from './protocol';
import type { StoreThread } from './storeThread';

/** A store that works in the thread of the stores. What is written from shared memory is not copied. */
export class ThreadedStore implements PermanentStore {
  readonly id: string;
  readonly url: string;
  readonly label: string;
  private readonly thread: StoreThread;
  private readonly store: number;

  constructor(thread: StoreThread, opened: Opened) {
    this.thread = thread;
    this.store = opened.store;
    this.id = opened.id;
    this.url = opened.url;
    this.label = opened.label;
  }

  capabilities(call?: StoreCall): ReturnType<PermanentStore['capabilities']> {
    return this.thread.call(this.store, 'capabilities', {}, call);
  }

  concurrency(): number {
    return this.thread.width(this.store);
  }

  head(key: string, call?: StoreCall): Promise<StoreEntry | undefined> {
    return this.thread.call(this.store, 'head', { key }, call);
  }

  get(
    key: string,
    { offset, length, signal }: NonNullable<Parameters<PermanentStore['get']>[1]> = {},
  ): ReturnType<PermanentStore['get']> {
    const range = {
      ...(offset === undefined ? {} : { offset }),
      ...(length === undefined ? {} : { length }),
    };
    return this.thread.call(this.store, 'get', { key, ...range }, { signal });
  }

  async *list(
    prefix: string,
    { signal, startAfter }: StoreCall & { startAfter?: string } = {},
  ): AsyncGenerator<StoreEntry, void, undefined> {
    const from = startAfter === undefined ? {} : { startAfter };
    let page: Page = await this.thread.call(this.store, 'list', { prefix, ...from }, { signal });
    try {
      for (;;) {
        yield* page.entries;
        const { listing } = page;
        if (listing === undefined) {
          return;
        }
        page = { entries: [] };
        page = await this.thread.call(this.store, 'more', { listing }, { signal });
      }
    } finally {
      // Whoever has seen enough.
      if (page.listing !== undefined) {
        const { listing } = page;
        void this.thread.call(this.store, 'drop', { listing }).catch(() => undefined);
      }
    }
  }

  put(
    key: string,
    content: StoreContent,
    { signal, condition }: StoreCall & { condition?: WriteCondition } = {},
  ): Promise<{ version?: string }> {
    const under = condition === undefined ? {} : { condition };
    if (content instanceof Uint8Array) {
      if (content.buffer instanceof SharedArrayBuffer) {
        return this.thread.call(this.store, 'put', { key, content, ...under }, { signal });
      }
      // What is handed over is gone here, and a part would take the whole with it.
      const bytes = new Uint8Array(content);
      const params = { key, content: bytes, ...under };
      return this.thread.call(this.store, 'put', params, { signal, transfer: [bytes.buffer] });
    }
    const params = { key, content: { size: content.size }, ...under };
    return this.thread.call(this.store, 'put', params, { signal, content });
  }

  async putMany(batch: StoreBatch, { width, signal, onWritten }: BatchCall): Promise<void> {
    await this.thread.call(this.store, 'putMany', { batch, width }, { signal, onWritten });
  }

  async delete(key: string, call?: StoreCall): Promise<void> {
    await this.thread.call(this.store, 'delete', { key }, call);
  }

  close(): Promise<void> {
    return this.thread.close(this.store);
  }
}
