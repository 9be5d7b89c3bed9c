import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { version } from '../../package.json';
import { Repository } from '../app/repository';
import { systemClock } from '../base/clock';
import { randomName } from '../engine/worker/randomName';
import { nullLogger } from '../base/logger';
import type { Engine } from '../core/engine';
import type { OpenStore } from '../core/permanentStore';
import { SnapdirError, type SerializedError } from '../core/errors';
import { nodeFs } from '../engine/disk/nodeFs';
import { changeRemotes, readRemotes } from '../engine/home/remotesFile';
import { authorName } from '../engine/home/author';
import { userHome } from '../engine/home/userHome';
import type * as EngineBundle from '../engine/worker/main';
import { createEngine } from '../engine/worker/engineClient';
import { HelperThreads, usualHelpers } from '../engine/worker/helperThreads';
import type { EngineOptions } from '../engine/worker/lane';
import { ConditionMemory } from '../stores/conditionMemory';
import { GitStore } from '../stores/git/gitStore';
import { storeOpener } from '../stores/openStore';
import type { S3Sdk } from '../stores/s3/loadSdk';
import { DEFAULT_TRANSFER } from '../stores/transfer';
import { commands } from './commandTable';
import { exitCodes } from './exitCodes';
import { processStreams } from './output';
import { RemoteBook } from './remoteBook';
import { run, type Host } from './run';

const WORKER = join(__dirname, 'engine.cjs');
const HELPER = join(__dirname, 'helper.cjs');
const HOME = userHome(process.env, process.platform);
const AUTHOR = authorName(process.env);
/** From this many bytes on a stat cache speaks of so many files that a second thread is worth starting. */
const LARGE_CACHE = 2 * 1024 * 1024;

const openRepository: Host['open'] = ({ root, store, rules, quick }) => {
  const location = store === undefined ? { root } : { root, store };
  const own = HOME === undefined ? {} : { home: HOME };
  const options = { location, workerPath: WORKER, author: AUTHOR, log: nullLogger, ...own };
  const cache = quick === true ? cacheSize(store ?? join(root, '.snapdir')) : 0;
  return new Repository({
    engine: cache > 0 ? directEngine(options, cache >= LARGE_CACHE) : createEngine(options),
    name: basename(root),
    settings: () => ({ rules, maxFileSize: 0 }),
  });
};

/** Bytes of the store's stat cache: with one, a look is over before threads would have started. */
function cacheSize(store: string): number {
  try {
    return statSync(join(store, 'cache', 'stat')).size;
  } catch {
    return 0;
  }
}

/** The engine's own code, which only some commands need on this thread. */
function engineBundle(): typeof EngineBundle {
  return createRequire(__filename)(WORKER) as typeof EngineBundle;
}

const REMOTE_S3 = join(__dirname, 'remote-s3.cjs');

/** Stores by their URL. Nothing of it is loaded before one is opened. */
const openStore: OpenStore = (remote, call) => {
  const open = storeOpener({
    hash: (bytes) => engineBundle().blake3(bytes),
    transfer: () => DEFAULT_TRANSFER,
    clock: systemClock,
    env: process.env,
    home: homedir(),
    conditions: new ConditionMemory(HOME, systemClock),
    // The command has no secret storage: keys come from where AWS's own tools have them.
    storedKeys: () => Promise.resolve(undefined),
    loadS3: () => Promise.resolve(createRequire(__filename)(REMOTE_S3) as S3Sdk),
    proxyFromEnv: true,
  });
  return open(remote, call);
};

/** The stores of this user: in the user's own folder, never in a workspace. */
function remoteBook(): RemoteBook {
  const env = {
    ...{ fs: nodeFs, clock: systemClock, log: nullLogger, randomName, author: AUTHOR },
    platform: process.platform,
    ...(HOME === undefined ? {} : { home: HOME }),
  };
  return new RemoteBook({
    read: () => readRemotes(env, HOME),
    change: (change) => changeRemotes(env, change),
    openStore,
    openGit: (root) => GitStore.open(root, () => systemClock.now()),
    hasGitPromotions: (root) => GitStore.hasPromotions(root),
    env: process.env,
  });
}

/** While this thread works it hears no signal, so Ctrl+C ends the process: what is recorded stays whole. */
function directEngine(options: EngineOptions, large: boolean): Engine {
  process.removeAllListeners('SIGINT');
  process.removeAllListeners('SIGTERM');
  const helpers = usualHelpers();
  const crew = helpers > 0 ? new HelperThreads(HELPER, helpers, false) : undefined;
  if (large) {
    // They start while this thread loads the engine, and finds out what there is to look at.
    crew?.warm();
  }
  const bundle = engineBundle();
  const own = crew === undefined ? {} : { crew };
  const toError = (error: SerializedError): Error => SnapdirError.fromJSON(error);
  return bundle.createDirectEngine({ ...options, ...own, toError });
}

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
  remotes: remoteBook(),
  open: openRepository,
};

void run(process.argv.slice(2), host).then((code) => process.exit(code));
