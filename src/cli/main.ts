#!/usr/bin/env node
import { hostname, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { version } from '../../package.json';
import { Repository } from '../app/repository';
import { systemClock } from '../base/clock';
import { nullLogger } from '../base/logger';
import { createEngine } from '../engine/worker/engineClient';
import { commands } from './commandTable';
import { exitCodes } from './exitCodes';
import { processStreams } from './output';
import { run, type Host } from './run';

/** `user@host`, as records name who did something. */
function author(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A user id without an entry in the password file, as containers have it.
    return `unknown@${hostname()}`;
  }
}

const openRepository: Host['open'] = ({ root, store, rules }) =>
  new Repository({
    engine: createEngine({
      location: store === undefined ? { root } : { root, store },
      workerPath: join(__dirname, 'engine.cjs'),
      author: author(),
      log: nullLogger,
    }),
    name: basename(root),
    settings: () => ({ rules, maxFileSize: 0 }),
  });

/** Some wrappers pass one Ctrl+C on twice. */
const TWICE_MS = 500;

/** The first Ctrl+C ends the work in order; a later one ends the process. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const interrupt = (): void => {
    if (!controller.signal.aborted) {
      first = systemClock.now();
      controller.abort();
    } else if (systemClock.now() - first > TWICE_MS) {
      process.exit(exitCodes.cancelled);
    }
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

const host: Host = {
  version,
  cwd: process.cwd(),
  env: process.env,
  streams: processStreams,
  clock: systemClock,
  signal: interruptSignal(),
  commands,
  open: openRepository,
};

void run(process.argv.slice(2), host).then((code) => process.exit(code));
