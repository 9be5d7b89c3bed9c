import * as nodeModule from 'node:module';
import { dirname } from 'node:path';
import type { WorkerOptions } from 'node:worker_threads';
import type { EngineStart } from './protocol';

/**
 * Megabytes for what a thread has just made. By default it is four times as much: it saves no time here, and a thread of
 * the editor would hold some thirty megabytes more for as long as the window is open.
 */
const YOUNG_MB = 12;
/** Of the thread that only looks: what it has to do is small, or goes page by page. */
const YOUNG_LOOKING_MB = 8;

/** How a thread of the engine is started. In the editor it is to take little memory. */
export function workerOptions(workerData: EngineStart): WorkerOptions {
  if (!workerData.background) {
    return { workerData, ...threadEnvironment(false) };
  }
  const maxYoungGenerationSizeMb = workerData.looks ? YOUNG_LOOKING_MB : YOUNG_MB;
  return { workerData, resourceLimits: { maxYoungGenerationSizeMb } };
}

/** Of Node 22.1 and newer. */
interface CompileCache {
  getCompileCacheDir?: () => string | undefined;
}

/**
 * Where the command keeps its compiled code (`cli/compiledCode.ts`), its threads do, too: they are told in their environment.
 * @param background in the editor, whose own affair it is
 */
export function threadEnvironment(background: boolean): Pick<WorkerOptions, 'env'> {
  const folder = background ? undefined : (nodeModule as CompileCache).getCompileCacheDir?.();
  // Node names the folder below the one that it was told.
  return folder === undefined
    ? {}
    : { env: { ...process.env, NODE_COMPILE_CACHE: dirname(folder) } };
}
