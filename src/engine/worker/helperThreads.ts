import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Crew } from '../context';
import { MAX_HELPERS, type EndMessage, type HelperStart } from './protocol';
import { threadEnvironment } from './workerOptions';

/** Helpers make hardly any objects: without a limit V8 keeps room for many. MB, of which a third is used at a time. */
const YOUNG_MB = 6;

/** So long without a job they live on: each takes some ten megabytes, and the next ones are there in a few hundredths of a second. */
const REST_MS = 10 * 60_000;

/** One for each core that the engine's own thread leaves free. */
export const usualHelpers = (): number =>
  Math.min(MAX_HELPERS, Math.max(0, availableParallelism() - 1));

/** Helper threads that start with the first job that is worth sharing, and do not keep the process alive. */
export class HelperThreads implements Crew {
  private readonly entry: string;
  private readonly size: number;
  private readonly background: boolean;
  private readonly restMs: number;
  private rest: NodeJS.Timeout | undefined;
  private readonly helpers: Worker[] = [];
  /** What any helper was handed, and how many bytes of it these were the first to get. */
  private readonly handed = new WeakSet<SharedArrayBuffer>();
  private handedBytes = 0;

  /** @param entry the bundle of `worker/helper.ts` */
  constructor(entry: string, size: number, background: boolean, restMs = REST_MS) {
    this.entry = entry;
    this.size = size;
    this.background = background;
    this.restMs = restMs;
  }

  /** Starts the threads now: they are ready by the time that there is a job. */
  warm(): void {
    while (this.helpers.length < this.size) {
      const thread = this.helpers.length + 1;
      const data: HelperStart = { thread, background: this.background };
      const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
      const helper = new Worker(this.entry, {
        workerData: data,
        resourceLimits,
        ...threadEnvironment(this.background),
      });
      helper.unref();
      this.helpers.push(helper);
    }
    this.restLater();
  }

  start(job: object): number {
    this.warm();
    this.note(job);
    for (const helper of this.helpers) {
      helper.postMessage({ type: 'job', job });
    }
    return this.helpers.length;
  }

  /**
   * Lets other helpers take the place of those that were handed more memory than this. V8 does not count shared memory, and
   * helpers make too few objects for it to collect any: what a job shared would stay for as long as the window is open.
   * @param bytes of memory that came with no earlier job: a table that all jobs share is held by the engine anyway
   */
  renew(bytes: number): void {
    if (this.handedBytes <= bytes) {
      return;
    }
    this.end();
    if (!this.background) {
      this.warm(); // In the editor they begin with the next job: each takes some ten megabytes until then.
    }
  }

  /** Each ends when it has done what it was handed. */
  private end(): void {
    for (const helper of this.helpers.splice(0)) {
      helper.postMessage({ type: 'end' } satisfies EndMessage);
    }
    this.handedBytes = 0;
  }

  private restLater(): void {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.end(), this.restMs).unref();
  }

  private note(value: object): void {
    for (const part of Object.values(value) as unknown[]) {
      if (ArrayBuffer.isView(part)) {
        this.noteMemory(part.buffer);
      } else if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
        this.note(part);
      }
    }
  }

  private noteMemory(memory: ArrayBufferLike): void {
    if (memory instanceof SharedArrayBuffer && !this.handed.has(memory)) {
      this.handed.add(memory);
      this.handedBytes += memory.byteLength;
    }
  }
}
