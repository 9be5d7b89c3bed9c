// The thread in which the editor's stores in S3 work: signing, hashing and what the AWS SDK does for each request would
// hold the editor's thread up, and its garbage would be the editor's. It ends when no store has been open for a while.
import { Worker } from 'node:worker_threads';
import { CancelledError } from '../../base/abort';
import { nodeSays, type Cause, type ThreadCauses } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import type { StoreCall, StoreContent, Written } from '../../core/permanentStore';
import type { Remote, StoredKeys } from '../../core/remote';
import { manyWait } from '../signals';
import { readContent } from '../content';
import type { Transfer } from '../transfer';
import { fromFailure, toFailure } from './failure';
import { isReachedDirectly } from './findWay';
import type {
  FromThread,
  Opened,
  Question,
  Questions,
  StoreMethod,
  StoreMethods,
  ThreadStart,
  ToThread,
} from './protocol';

/**
 * Megabytes. The SDK needs some fifteen; a thread that may have more takes it, and cleans up late. With less for what is
 * young, requests under way outlive it: with 6 a promotion takes a tenth more of the processor than with 8 or 12.
 */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };
/** So long without an open store the thread goes on: the next one need not load the SDK again. */
const REST_MS = 60_000;

/** What the thread needs of the editor. */
export interface ThreadPlaces {
  /** The bundle of `main.ts`. */
  path: string;
  /** Asked for when a thread starts. */
  start: () => ThreadStart;
  storedKeys: (remote: Remote) => Promise<StoredKeys | undefined>;
  /** Whether a host is reached without a proxy. Default: {@link isReachedDirectly} */
  way?: (secure: boolean, host: string, port: number) => Promise<boolean>;
  restMs?: number;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** What it is to write, where the thread asks for it. */
  content?: StoreContent;
  onWritten?: ThreadCall['onWritten'];
  store: number;
  release(): void;
}

/** What a call may bring beside its parameters. */
export type ThreadCall = StoreCall & {
  content?: StoreContent;
  onWritten?: ((written: Written) => void) | undefined;
  /** Memory that is handed over. */
  transfer?: ArrayBuffer[];
};

/** What is handed over takes all of its memory with it: a part of something larger is copied. */
function ownMemory(piece: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = piece;
  return buffer instanceof ArrayBuffer && buffer.byteLength === piece.length
    ? (piece as Uint8Array<ArrayBuffer>)
    : new Uint8Array(piece);
}

/** @see the head of this file */
export class StoreThread {
  private readonly places: ThreadPlaces;
  private readonly pending = new Map<number, Pending>();
  /** Store → how many calls it likes to have in flight. */
  private readonly widths = new Map<number, number>();
  private worker: Worker | undefined;
  private rest: NodeJS.Timeout | undefined;
  private opening = 0;
  private nextId = 1;

  constructor(places: ThreadPlaces) {
    this.places = places;
  }

  /** Opens a store. @throws what `S3Connection.open` throws, WORKER_CRASHED, AbortError */
  async open(remote: Remote, transfer: Transfer, call: StoreCall = {}): Promise<Opened> {
    clearTimeout(this.rest);
    this.opening++;
    try {
      const opened = await this.call(0, 'open', { remote, transfer }, call);
      this.widths.set(opened.store, transfer.concurrency);
      return opened;
    } finally {
      this.opening--;
      this.restSoon();
    }
  }

  /** Whether there is a thread just now. */
  get isRunning(): boolean {
    return this.worker !== undefined;
  }

  /** What a store's `concurrency` was when it last answered. */
  width(store: number): number {
    return this.widths.get(store) ?? 1;
  }

  /** Closes a store, also where its thread is gone. */
  async close(store: number): Promise<void> {
    if (this.widths.has(store)) {
      await this.call(store, 'close', {}).catch(() => undefined);
      this.widths.delete(store);
    }
    this.restSoon();
  }

  private restSoon(): void {
    if (this.widths.size === 0 && this.opening === 0) {
      clearTimeout(this.rest);
      this.rest = setTimeout(() => this.end(), this.places.restMs ?? REST_MS);
      this.rest.unref();
    }
  }

  /** Ends the thread; calls under way fail. */
  end(): void {
    clearTimeout(this.rest);
    void this.worker?.terminate();
    this.fail(this.worker, { is: 'ended' });
  }

  /** Sends a call. A cancelled one rejects at once. @throws what the store throws, WORKER_CRASHED, AbortError */
  call<M extends StoreMethod>(
    store: number,
    method: M,
    params: StoreMethods[M]['params'],
    { signal, content, onWritten, transfer = [] }: ThreadCall = {},
  ): Promise<StoreMethods[M]['result']> {
    if (signal?.aborted === true) {
      return Promise.reject(new CancelledError());
    }
    if (store !== 0 && !this.widths.has(store)) {
      const reason = { is: 'store-closed' } as const;
      return Promise.reject(new SnapdirError('WORKER_CRASHED', { reason }));
    }
    const worker = this.start();
    const id = this.nextId++;
    return new Promise<unknown>((resolve, reject) => {
      const cancel = (): void => {
        this.post(worker, { type: 'cancel', id });
        if (method === 'open') {
          // It may be open by now, and nobody will hear of it.
          this.post(worker, {
            type: 'call',
            id: this.nextId++,
            store: id,
            method: 'close',
            params,
          });
        }
        this.settle(id)?.reject(new CancelledError());
      };
      const release = (): void => signal?.removeEventListener('abort', cancel);
      manyWait(signal);
      signal?.addEventListener('abort', cancel);
      const more = content === undefined ? {} : { content };
      this.pending.set(id, { resolve, reject, store, release, onWritten, ...more });
      worker.ref();
      try {
        this.post(worker, { type: 'call', id, store, method, params }, transfer);
      } catch (error) {
        this.settle(id)?.reject(error);
      }
    }) as Promise<StoreMethods[M]['result']>;
  }

  private post(worker: Worker, message: ToThread, transfer: ArrayBuffer[] = []): void {
    worker.postMessage(message, transfer);
  }

  private start(): Worker {
    if (this.worker !== undefined) {
      return this.worker;
    }
    const { path, start } = this.places;
    const worker = new Worker(path, { workerData: start(), resourceLimits: LIMITS });
    worker.unref();
    worker.on('message', (message: FromThread) => this.receive(worker, message));
    worker.on('error', (error) => this.fail(worker, nodeSays(error)));
    worker.on('exit', (code) => this.fail(worker, { is: 'exit', code }));
    this.worker = worker;
    return worker;
  }

  private receive(worker: Worker, message: FromThread): void {
    if (message.type === 'ask') {
      void this.answer(worker, message);
      return;
    }
    if (message.type === 'written') {
      this.pending.get(message.id)?.onWritten?.(message.written);
      return;
    }
    const call = this.settle(message.id);
    if (call === undefined) {
      return;
    }
    if (this.widths.has(call.store)) {
      this.widths.set(call.store, message.width);
    }
    if (message.type === 'done') {
      call.resolve(message.result);
    } else {
      call.reject(fromFailure(message.failed));
    }
  }

  private async answer(worker: Worker, asked: Extract<FromThread, { type: 'ask' }>): Promise<void> {
    const { id } = asked;
    try {
      const result = await this.find(asked.question, asked.params);
      const bytes = result instanceof Uint8Array ? ownMemory(result) : undefined;
      const answer: ToThread = { type: 'answer', id, result: bytes ?? result };
      this.post(worker, answer, bytes === undefined ? [] : [bytes.buffer]);
    } catch (error) {
      this.post(worker, { type: 'answer', id, failed: toFailure(error) });
    }
  }

  private async find(question: Question, params: object): Promise<unknown> {
    switch (question) {
      case 'keys':
        return await this.places.storedKeys((params as Questions['keys']['params']).remote);
      case 'way': {
        const { secure, host, port } = params as Questions['way']['params'];
        return await (this.places.way ?? isReachedDirectly)(secure, host, port);
      }
      case 'read': {
        const { call, offset, length } = params as Questions['read']['params'];
        const content = this.pending.get(call)?.content;
        if (content === undefined) {
          throw new CancelledError();
        }
        return await readContent(content, offset, length);
      }
    }
  }

  private settle(id: number): Pending | undefined {
    const call = this.pending.get(id);
    this.pending.delete(id);
    call?.release();
    if (this.pending.size === 0) {
      this.worker?.unref();
    }
    return call;
  }

  /** A thread that died takes its stores with it; the next one that is opened starts a new one. */
  private fail(worker: Worker | undefined, reason: Cause<ThreadCauses>): void {
    if (worker === undefined || this.worker !== worker) {
      return;
    }
    this.worker = undefined;
    this.widths.clear();
    for (const id of [...this.pending.keys()]) {
      this.settle(id)?.reject(new SnapdirError('WORKER_CRASHED', { reason }));
    }
  }
}
