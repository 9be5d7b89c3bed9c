import { Worker } from 'node:worker_threads';
import type { Crew } from '../context';
import type { WorkerStart } from './protocol';

/** Helpers make hardly any objects: without a limit V8 keeps room for many. MB, of which a third is used at a time. */
const YOUNG_MB = 6;

/** Helper threads that start with the first job that is worth sharing, and do not keep the process alive. */
export class HelperThreads implements Crew {
  private readonly entry: string;
  private readonly size: number;
  private readonly background: boolean;
  private readonly helpers: Worker[] = [];

  /** @param entry the bundle of `worker/main.ts` */
  constructor(entry: string, size: number, background: boolean) {
    this.entry = entry;
    this.size = size;
    this.background = background;
  }

  /** Starts the threads now: they are ready by the time that there is a job. */
  warm(): void {
    while (this.helpers.length < this.size) {
      const thread = this.helpers.length + 1;
      const data: WorkerStart = { role: 'helper', thread, background: this.background };
      const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
      const helper = new Worker(this.entry, { workerData: data, resourceLimits });
      helper.unref();
      this.helpers.push(helper);
    }
  }

  start(job: object): number {
    this.warm();
    for (const helper of this.helpers) {
      helper.postMessage({ type: 'job', job });
    }
    return this.helpers.length;
  }
}
