import { serialize } from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { isCancelled } from '../../base/abort';
import { systemClock } from '../../base/clock';
import type { Logger } from '../../base/logger';
import type { EngineMethod, Progress } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { invariant } from '../../base/invariant';
import { MAX_MESSAGE_BYTES } from '../../core/messageSize';
import type { Control, EngineEnv } from '../context';
import { translate } from '../disk/fsErrors';
import { nodeFs } from '../disk/nodeFs';
import { createMethods, type Method } from '../engine';
import { flushLooks } from '../hashing/statCache';
import { HelperThreads } from './helperThreads';
import { takeApart } from './parts';
import type { CallMessage, CloseMessage, EngineStart, Reply } from './protocol';

/** No more often than this is progress told: the editor's thread has better things to do. */
const PROGRESS_EVERY_MS = 100;

/** After so long without a call there is time to write caches. */
const IDLE_MS = 3000;

/** So much memory of ended jobs may helpers hold. */
const HELD_BYTES = 4 * 1024 * 1024;

function portLogger(post: (reply: Reply) => void): Logger {
  return {
    info: (message) => post({ type: 'log', level: 'info', message }),
    warn: (message) => post({ type: 'log', level: 'warn', message }),
    error: (message, error) => {
      const detail = error instanceof Error ? `: ${error.message}` : '';
      post({ type: 'log', level: 'error', message: `${message}${detail}` });
    },
  };
}

function controlFor(call: CallMessage, post: (reply: Reply) => void): Control {
  let last = 0;
  return {
    signal: {
      get aborted() {
        return Atomics.load(call.cancel, 0) !== 0;
      },
    },
    progress: (progress: Progress) => {
      const now = systemClock.now();
      if (now - last >= PROGRESS_EVERY_MS) {
        last = now;
        post({ type: 'progress', id: call.id, progress });
      }
    },
  };
}

/** For tests: fails where a message is larger than any may be. */
const CHECK_MESSAGES = 'SNAPDIR_CHECK_MESSAGES';

function postMessage(port: MessagePort, reply: Reply, transfer: ArrayBuffer[] = []): void {
  if (process.env[CHECK_MESSAGES] !== undefined) {
    const moved = transfer.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const bytes = serialize(reply).length - moved;
    invariant(bytes <= MAX_MESSAGE_BYTES, `a message of ${bytes} bytes: ${reply.type}`);
  }
  port.postMessage(reply, transfer);
}

/** Bytes are handed over, not copied. */
function transferOf(result: unknown): ArrayBuffer[] {
  const bytes = (result as { bytes?: unknown } | null)?.bytes;
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

function failure(call: CallMessage, error: unknown): Reply {
  if (isCancelled(error)) {
    return { type: 'cancelled', id: call.id };
  }
  const known = translate(error, call.method, '');
  if (SnapdirError.is(known)) {
    return { type: 'failed', id: call.id, error: known.toJSON() };
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { type: 'crashed', id: call.id, message, stack };
}

/** Answers calls one after the other, for as long as the thread lives. */
export function serve(
  port: MessagePort,
  start: EngineStart,
  own: { helperPath: string; randomName(): string },
): void {
  const post = (reply: Reply): void => postMessage(port, reply);
  const crew =
    start.helpers > 0
      ? new HelperThreads(own.helperPath, start.helpers, start.background)
      : undefined;
  const env: EngineEnv = {
    fs: nodeFs,
    clock: systemClock,
    log: portLogger(post),
    randomName: () => own.randomName(),
    author: start.author,
    platform: process.platform,
    ...(start.home === undefined ? {} : { home: start.home }),
    ...(crew === undefined ? {} : { crew }),
  };
  const methods = createMethods(env, start.location);
  let idle: NodeJS.Timeout | undefined;
  port.on('message', (call: CallMessage | CloseMessage) => {
    clearTimeout(idle);
    if (call.type === 'close') {
      flushLooks(env);
      port.close();
      return;
    }
    idle = setTimeout(() => flushLooks(env), IDLE_MS).unref();
    try {
      const method = methods[call.method] as Method<EngineMethod>;
      const { id } = call;
      const result = method(call.params, controlFor(call, post));
      const { parts, rest } = takeApart(result);
      parts.forEach((part) => post({ type: 'part', id, part }));
      postMessage(port, { type: 'result', id, result: rest }, transferOf(rest));
    } catch (error) {
      post(failure(call, error));
    }
    crew?.renew(HELD_BYTES);
  });
}
