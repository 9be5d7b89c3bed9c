// What `scripts/benchRemote.mjs` measures of promotion itself: a process that has the engine's threads and the store, as
// the editor's has, makes snapshots of generated files and promotes two.
import { execFileSync } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promoteSnapshot } from '../../src/app/promoteSnapshot';
import { Repository } from '../../src/app/repository';
import { systemClock } from '../../src/base/clock';
import { nullLogger } from '../../src/base/logger';
import type { Progress } from '../../src/core/engine';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseRemote } from '../../src/core/remote';
import type * as HashBundle from '../../src/engine/hashing/blake3';
import { createEngine } from '../../src/engine/worker/engineClient';
import { loadBundle } from '../../src/stores/bundle/loadBundle';
import { ConditionMemory } from '../../src/stores/conditionMemory';
import { GitStore } from '../../src/stores/git/gitStore';
import { storeOpener, type StorePlaces } from '../../src/stores/openStore';
import type { S3Sdk } from '../../src/stores/s3/loadSdk';
import type { StoreThread } from '../../src/stores/thread/storeThread';
import { threadedOpener } from '../../src/stores/thread/threadedOpener';
import { everything } from '../support/directEngine';
import { repositoryRoot } from '../support/paths';
import { placesFor } from '../support/s3';
import { newThread } from '../support/storeThread';
import { tempDir } from '../support/tempDir';
import type { TestServer } from '../support/testServers';
import { LoopWatch } from './loopWatch';
import { contentOf, newSeed } from './remote.entry';

const CHANGED = 10;
const SETTLED_MS = 5_000;

interface Options {
  server: TestServer;
  /** New, and for `s3` only: whoever makes it needs memory for that. */
  bucket: string;
  count: number;
  bytes: number;
  kind: 's3' | 'file' | 'git';
}

/** What came of it. */
export interface PromotionFigures {
  /** Of the first promotion, the store's opening included. Milliseconds. */
  ms: number;
  /** How much of it was over before the first object went, and how much came after the last one. */
  beforeMs: number;
  afterMs: number;
  /** Requests in flight at its end. */
  width: number;
  /** Of a second one, with ten files changed, by a store that is opened anew; the requests are those of a third one. */
  again: { ms: number; requests: number };
  /** Of the process, at most: MB. While it took the first snapshot; while it promoted it; and while it promoted the second. */
  taking: number;
  promoting: number;
  promotingAgain: number;
  /** For how long at most this thread did not answer, in the first two, and without waiting for a core. Milliseconds. */
  blocked: number;
  working: number;
}

/** What the process took at most since {@link forgetPeak}, or ever where the system cannot forget: MB. */
function peak(): number {
  try {
    const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return Number(kibibytes) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

/** Linux begins to count anew with what the process takes now. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak of everything before counts as well then.
  }
}

/** Where this process's person keeps what is known of stores, and a folder that is one. */
const own = tempDir();
let sdk: Promise<S3Sdk> | undefined;

const dist = join(repositoryRoot, 'dist');
let thread: StoreThread | undefined;

/**
 * Opens the store as the extension does, which is for each piece of work.
 * @param here in this thread, where its requests are counted
 */
async function openStore(
  { server, bucket, kind }: Options,
  root: string,
  here = false,
): Promise<PermanentStore> {
  if (kind === 'git') {
    execFileSync('git', ['init', '--quiet', root]); // Again is no harm.
    return GitStore.open(root, () => systemClock.now());
  }
  const hash = createRequire(__filename)(join(dist, 'hash.cjs')) as typeof HashBundle;
  const loadS3 = (): Promise<S3Sdk> =>
    (sdk ??= loadBundle(join(dist, 'remote-s3.cjs'), join(dist, 'compile.cjs')) as Promise<S3Sdk>);
  const home = join(own, 'home');
  const places: StorePlaces = {
    ...placesFor(kind === 's3' ? server : { accessKeyId: '', secretAccessKey: '' }),
    ...{ hash: (bytes) => hash.blake3(bytes), loadS3 },
    conditions: new ConditionMemory(home, systemClock),
  };
  thread ??= newThread(server, {
    start: () => ({ dist, env: {}, home: '/nonexistent', own: home }),
  });
  const open = here ? storeOpener(places) : threadedOpener(thread, places);
  if (kind === 'file') {
    return open(parseRemote('bench', { url: `file://${join(own, 'store')}` }), { make: true });
  }
  const { endpoint, region } = server;
  const url = `s3://${bucket}/x`;
  return open(parseRemote('bench', { url, endpoint, region, auth: 'stored' }));
}

async function main(options: Options): Promise<PromotionFigures> {
  const { count, bytes } = options;
  const root = join(tempDir(), 'folder');
  const seed = newSeed();
  for (let i = 0; i < count; i++) {
    const dir = join(root, `d${i % 100}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, `${i}.bin`), contentOf(i, bytes, seed));
  }
  const workerPath = join(repositoryRoot, 'dist', 'engine.cjs');
  const engine = createEngine({
    ...{ location: { root }, workerPath, author: 'bench@test', log: nullLogger, background: true },
  });
  const settings = { rules: everything, maxFileSize: 0 };
  const repository = new Repository({ engine, name: 'bench', settings: () => settings });
  const take = (): Promise<unknown> => engine.take({ trigger: 'manual', rules: everything });
  // What was written a moment before a take is read once more by the next one (H16): not what a promotion is about.
  await sleep(SETTLED_MS);
  await take();
  const taking = peak();
  forgetPeak();
  const loop = new LoopWatch();
  const watch = async <T>(work: () => Promise<T>): Promise<T> => {
    loop.start();
    return await work().finally(() => loop.stop());
  };
  const sent: number[] = [];
  const onProgress = ({ phase }: Progress): void =>
    void (phase === 'send' && sent.push(performance.now()));
  const started = performance.now();
  let store = await watch(() => openStore(options, root));
  const promote = (): Promise<unknown> => {
    const target = { name: 'bench', store };
    const request = { rev: 'HEAD', name: 'main' };
    return watch(() => promoteSnapshot(repository, target, request, { onProgress }));
  };
  await promote();
  const promoting = peak();
  const ended = performance.now();
  const times = { beforeMs: sent[0]! - started, afterMs: ended - sent.at(-1)! };
  const width = store.concurrency();
  let written = count;
  const change = async (): Promise<void> => {
    for (let i = 0; i < CHANGED; i++) {
      writeFileSync(join(root, `d${i % 100}`, `${i}.bin`), contentOf(written++, bytes, seed));
    }
    await take();
    await store.close();
  };
  await change();
  forgetPeak();
  const again = { ms: performance.now(), requests: 0 };
  store = await watch(() => openStore(options, root));
  await promote();
  again.ms = performance.now() - again.ms;
  const promotingAgain = peak();
  const { longest: blocked, working } = loop.held;
  await change();
  subscribe('http.client.request.start', () => again.requests++);
  store = await openStore(options, root, true);
  await promote();
  await store.close();
  await engine.close();
  loop.close();
  thread?.end();
  const memory = { taking, promoting, promotingAgain };
  return { ms: ended - started, ...times, width, again, ...memory, blocked, working };
}

void main(JSON.parse(process.argv[2]!) as Options).then((figures) => {
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
});
