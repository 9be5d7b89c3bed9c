import { CancelledError } from '../../base/abort';
import { systemClock } from '../../base/clock';
import type { CallContext, Engine, EngineMethod } from '../../core/engine';
import { SnapdirError, type SerializedError } from '../../core/errors';
import type { Control, Crew, EngineEnv } from '../context';
import { translate } from '../disk/fsErrors';
import { nodeFs } from '../disk/nodeFs';
import { createMethods, type Method } from '../engine';
import { flushLooks } from '../hashing/statCache';
import type { EngineOptions } from './lane';
import { randomName } from './randomName';

export interface DirectOptions extends EngineOptions {
  /** Its helpers; absent: it works alone. */
  crew?: Crew;
  /** Makes an error of the caller's own class. */
  toError(error: SerializedError): Error;
}

/**
 * The engine on the caller's own thread: for a process with one short errand, which starting threads
 * would make twice as long. Nothing else happens while a call runs, so a signal does not reach it.
 */
export function createDirectEngine(options: DirectOptions): Engine {
  const { location, author, home, log, crew } = options;
  const env: EngineEnv = {
    ...{ fs: nodeFs, clock: systemClock, log, randomName, author, platform: process.platform },
    ...(home === undefined ? {} : { home }),
    ...(crew === undefined ? {} : { crew }),
  };
  const table = createMethods(env, location);
  const methods = Object.fromEntries(
    Object.entries(table).map(([name, method]) => [
      name,
      (params: object, context: CallContext = {}) =>
        perform(options, { name, method: method as Method<EngineMethod> }, params, context),
    ]),
  );
  return {
    ...methods,
    location,
    close: () => {
      flushLooks(env);
      return Promise.resolve();
    },
  } as unknown as Engine;
}

function perform(
  options: DirectOptions,
  { name, method }: { name: string; method: Method<EngineMethod> },
  params: object,
  context: CallContext,
): Promise<unknown> {
  const signal = context.signal ?? { aborted: false };
  if (signal.aborted) {
    return Promise.reject(new CancelledError());
  }
  const control: Control = { signal, progress: (progress) => context.onProgress?.(progress) };
  return Promise.resolve()
    .then(() => method(params, control))
    .catch((error: unknown) => {
      const known = translate(error, name, '');
      // Another bundle's class is another class: it is told as between threads.
      throw SnapdirError.is(known) ? options.toError(known.toJSON()) : known;
    });
}
