import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { turn } from '../turns';

/** What the thread made of a bundle. */
export interface CompiledBundle {
  source: string;
  /** Of V8, for this process only. */
  cache: Uint8Array;
  /** The modules of Node that it needs at its start. */
  needs: string[];
}

/** A CommonJS module as a function, as Node calls one. */
export type BundleFunction = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** Has another thread read and compile a bundle. @param thread the bundle of `compileThread.ts` */
export function compileBundle(path: string, thread: string): Promise<CompiledBundle> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: path });
    worker.unref();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`${thread} ended before it was done`)));
  });
}

/**
 * Loads a large bundle so that the editor's thread is never held up by it: another thread compiles it, which
 * takes many times as long as running what V8 made of it. Where that cannot be, it is loaded as any module is.
 * @param thread the bundle of `compileThread.ts`
 */
export async function loadBundle(path: string, thread: string): Promise<unknown> {
  const require = createRequire(path);
  let compiled: CompiledBundle;
  try {
    compiled = await compileBundle(path, thread);
  } catch {
    return require(path);
  }
  const { source, cache, needs } = compiled;
  // Others have their turn between two steps, each of which takes some milliseconds.
  for (const name of needs) {
    require(name);
    await turn();
  }
  const script = new Script(source, { filename: path, cachedData: cache });
  await turn();
  const module = { exports: {} };
  const run = script.runInThisContext() as BundleFunction;
  run(module.exports, require, module, path, dirname(path));
  return module.exports;
}
