import type { CancelSignal } from '../base/abort';
import type { Clock } from '../base/clock';
import type { Logger } from '../base/logger';
import type { Progress } from '../core/engine';
import type { Fs } from './disk/fs';
import type { LeaseHost } from './disk/leaseHost';

/** The helpers of an engine: threads that take part in shared jobs (`jobs/runPart.ts`). */
export interface Crew {
  /** Hands a `SharedJob` to the helpers; returns how many will take part. Returns at once. */
  start(job: object): number;
}

/** What the engine gets from outside, so that tests can set every part of it. */
export interface EngineEnv {
  fs: Fs;
  clock: Clock;
  log: Logger;
  /** 128 random bits as 32 hex digits: names of temporary files. */
  randomName(): string;
  /** Who is working: `user@host`. */
  author: string;
  /** Node's `process.platform`. */
  platform: string;
  /** Threads that help with shared jobs; absent: everything runs on this thread. */
  crew?: Crew;
  /**
   * Absolute path of Snapdir's folder of this user, outside of all workspaces: which stores are theirs, and
   * the vault. Absent: every store is taken for theirs, and there is no vault.
   */
  home?: string;
  /** Who takes leases; this process on this machine when absent. */
  leaseHost?: LeaseHost;
}

/** One call's cancellation and progress, inside the worker. */
export interface Control {
  readonly signal: CancelSignal;
  progress(progress: Progress): void;
}

/** Never cancelled, says nothing. */
export const quietControl: Control = {
  signal: { aborted: false },
  progress: () => undefined,
};
