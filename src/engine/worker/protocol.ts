import type { EngineMethod, EngineMethods, Progress, RepositoryLocation } from '../../core/engine';
import type { SerializedError } from '../../core/errors';
import type { SharedJob } from '../jobs/runPart';
import type { Part } from './parts';

/** Threads that help one engine thread; more than that wait for the disk. */
export const MAX_HELPERS = 7;

/** What a thread of the engine is told when it starts. */
export interface EngineStart {
  location: RepositoryLocation;
  author: string;
  home?: string;
  helpers: number;
  background: boolean;
  /** It changes nothing: see `engineClient.ts`. */
  looks: boolean;
}

/** What a helper thread is told when it starts. */
export interface HelperStart {
  thread: number;
  background: boolean;
}

/** To the engine thread. `cancel` is shared memory: 1 means stop. */
export interface CallMessage<M extends EngineMethod = EngineMethod> {
  type: 'call';
  id: number;
  method: M;
  params: EngineMethods[M]['params'];
  cancel: Int32Array;
}

/** To the engine thread: no call comes after this one. The thread writes its caches and ends. */
export interface CloseMessage {
  type: 'close';
}

/** To a helper thread. */
export interface JobMessage {
  type: 'job';
  job: SharedJob;
}

/** To a helper thread: no job comes after this one. */
export interface EndMessage {
  type: 'end';
}

/** From the engine thread. */
export type Reply =
  | { type: 'result'; id: number; result: unknown }
  /** A stretch of a long list of the result that follows: no message is larger than `MAX_MESSAGE_BYTES`. */
  | { type: 'part'; id: number; part: Part }
  | { type: 'progress'; id: number; progress: Progress }
  | { type: 'failed'; id: number; error: SerializedError }
  | { type: 'cancelled'; id: number }
  /** The program itself is wrong. */
  | { type: 'crashed'; id: number; message: string; stack: string }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; message: string };
