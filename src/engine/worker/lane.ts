import { Worker } from 'node:worker_threads';
import { CancelledError } from '../../base/abort';
import type { Logger } from '../../base/logger';
import type { CallContext, EngineMethod, RepositoryLocation } from '../../core/engine';
import { nodeSays, type Cause, type ThreadCauses } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import { putTogether, type Part } from './parts';
import type { CallMessage, CloseMessage, Reply, EngineStart } from './protocol';
import { workerOptions } from './workerOptions';

export interface EngineOptions {
  location: RepositoryLocation;
  /** The bundle of `worker/main.ts`. */
  workerPath: string;
  /** `user@host`, for records. */
  author: string;
  log: Logger;
  /** Snapdir's folder of this user (`home/userHome.ts`); absent: nothing is remembered outside of the folder. */
  home?: string;
  /** Threads that hash and write besides the engine's own. Default: cores − 1, at most 7. */
  helpers?: number;
  /** Give way to the editor's own threads: its windows must answer while a snapshot is taken. */
  background?: boolean;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  context: CallContext;
  /** What came of the result so far. */
  parts: Part[];
  release(): void;
}

/** How long a thread may go on with what it does when the engine is closed. */
const CLOSE_PATIENCE_MS = 2000;
/** How long a thread may write its caches when the engine is closed. */
const LAST_WORDS_MS = 1000;

/** One worker thread and the calls it has to answer. It starts with the first call. */
export class Lane {
  private readonly options: EngineOptions;
  private readonly looks: boolean;
  private readonly pending = new Map<number, Pending>();
  private readonly cancels = new Map<number, Int32Array>();
  private worker: Worker | undefined;
  private nextId = 1;

  /** @param looks it changes nothing */
  constructor(options: EngineOptions, looks: boolean) {
    this.options = options;
    this.looks = looks;
  }

  /** Sends a call; rejects with a SnapdirError, or an AbortError when it was cancelled. */
  call(method: EngineMethod, params: object, context: CallContext): Promise<unknown> {
    const worker = this.start();
    const id = this.nextId++;
    const cancel = new Int32Array(new SharedArrayBuffer(4));
    const onAbort = (): void => {
      Atomics.store(cancel, 0, 1);
    };
    context.signal?.addEventListener?.('abort', onAbort);
    const release = (): void => context.signal?.removeEventListener?.('abort', onAbort);
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject, context, parts: [], release });
      this.cancels.set(id, cancel);
      worker.ref();
      const message = { type: 'call', id, method, params, cancel } as CallMessage;
      worker.postMessage(message);
    });
  }

  /** Cancels everything and ends the thread. */
  async close(): Promise<void> {
    const worker = this.worker;
    if (worker === undefined) {
      return;
    }
    const settled = this.pending.size === 0 ? Promise.resolve() : this.drained();
    for (const cancel of this.cancels.values()) {
      Atomics.store(cancel, 0, 1);
    }
    await settled;
    this.worker = undefined;
    await ended(worker);
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, CLOSE_PATIENCE_MS);
      const check = setInterval(() => {
        if (this.pending.size === 0) {
          clearInterval(check);
          clearTimeout(timer);
          resolve();
        }
      }, 10);
      timer.unref();
      setTimeout(() => clearInterval(check), CLOSE_PATIENCE_MS).unref();
    });
  }

  private start(): Worker {
    if (this.worker !== undefined) {
      return this.worker;
    }
    const { location, author, home, helpers = 0, background = false, workerPath } = this.options;
    const own = home === undefined ? {} : { home };
    const { looks } = this;
    const data: EngineStart = {
      ...{ location, author, ...own },
      ...{ helpers, background, looks },
    };
    const worker = new Worker(workerPath, workerOptions(data));
    worker.unref();
    worker.on('message', (reply: Reply) => this.receive(reply));
    worker.on('error', (error) => this.fail(worker, nodeSays(error)));
    worker.on('exit', (code) => this.fail(worker, { is: 'exit', code }));
    this.worker = worker;
    return worker;
  }

  private receive(reply: Reply): void {
    if (reply.type === 'log') {
      this.options.log[reply.level](reply.message);
      return;
    }
    const call = this.pending.get(reply.id);
    if (call === undefined) {
      return;
    }
    if (reply.type === 'progress') {
      call.context.onProgress?.(reply.progress);
      return;
    }
    if (reply.type === 'part') {
      call.parts.push(reply.part);
      return;
    }
    this.settle(reply.id, call);
    switch (reply.type) {
      case 'result':
        call.resolve(putTogether(call.parts, reply.result));
        break;
      case 'failed':
        call.reject(SnapdirError.fromJSON(reply.error));
        break;
      case 'cancelled':
        call.reject(new CancelledError());
        break;
      case 'crashed':
        call.reject(Object.assign(new Error(reply.message), { stack: reply.stack }));
    }
  }

  private settle(id: number, call: Pending): void {
    this.pending.delete(id);
    this.cancels.delete(id);
    call.release();
    if (this.pending.size === 0) {
      this.worker?.unref();
    }
  }

  /** A thread that died takes its calls with it; the next call starts a new one. */
  private fail(worker: Worker, reason: Cause<ThreadCauses>): void {
    if (this.worker !== worker) {
      return;
    }
    this.worker = undefined;
    for (const [id, call] of [...this.pending]) {
      this.settle(id, call);
      call.reject(new SnapdirError('WORKER_CRASHED', { reason }));
    }
  }
}

/** Lets a thread write its caches, for as long as one may wait for that. */
function ended(worker: Worker): Promise<unknown> {
  const timer = setTimeout(() => void worker.terminate(), LAST_WORDS_MS);
  timer.unref();
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  worker.ref();
  worker.postMessage({ type: 'close' } satisfies CloseMessage);
  return exit.finally(() => clearTimeout(timer));
}
