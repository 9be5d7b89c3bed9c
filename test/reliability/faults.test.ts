import { strict as assert } from 'node:assert';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../../src/cli/errorWords';
import type { RepairResult, RestoreResult, TakeResult } from '../../src/core/engine';
import { SnapdirError } from '../../src/core/errors';
import { shapeOf } from '../crash/oracle';
import { directEngine } from '../support/directEngine';
import { tempDir } from '../support/tempDir';
import { lookAfterwards, same } from './support/afterwards';
import { dropTree } from './support/copyTree';
import { deeds, type Deed } from './support/deeds';
import { filesIn, viewDisk } from './support/diskView';
import { memoryDisk, whyNoMounts } from './support/disks';
import { FaultFs, injectionsFor, type Injection } from './support/faultFs';
import { report, scaled, SEED } from './support/figures';
import { dropLease, forget, freshCopy } from './support/killable';
import { Random } from './support/random';
import type { Files } from './support/workload';

/**
 * T5: calls of the real file system fail, once or from then on, in every way in which a system lets them
 * fail. Each operation ends in success or in an error that names path, cause and next step; temporary files
 * go; nothing else changes; and on a healthy disk everything works again.
 */

/** What an error tells for what went wrong. */
const CODES: Record<string, string> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EROFS: 'READ_ONLY',
};

/** Files of our own that are in the way of nobody, but that nobody needs any more. */
function leftovers(root: string): string[] {
  const tmp = join(root, '.snapdir', 'tmp');
  return existsSync(tmp) ? readdirSync(tmp).map((name) => `tmp/${name}`) : [];
}

interface Run {
  error: unknown;
  result: unknown;
  faulty: FaultFs;
}

function perform(of: Deed, root: string, injection: Injection): Run {
  const faulty = new FaultFs(injection);
  try {
    return { result: of.run(directEngine(root, { fs: faulty.fs })), error: undefined, faulty };
  } catch (error) {
    return { result: undefined, error, faulty };
  }
}

/** An error that a person can act on: path, cause, next step. */
function checkError(error: unknown, fault: string, failed: string, broken: string[]): void {
  if (!SnapdirError.is(error)) {
    broken.push(
      `no error of ours: ${String((error as Error).stack)
        .split('\n')
        .slice(0, 5)
        .join(' ')}`,
    );
    return;
  }
  const { code, data } = error;
  const expected = CODES[fault] ?? 'IO';
  const { path, errno } = data as { path?: string; errno?: string };
  if (
    /^(REV_NOT_FOUND|MANIFEST_NOT_FOUND|SNAPSHOTS_UNREADABLE|NOTHING_TO_UNDO)$/.test(code) &&
    /(lstat|open|read|readdir)\b/.test(failed)
  ) {
    return; // A record or manifest that could not be read: what is not known cannot be found, or is told by its snapshot.
  }
  if (code !== expected || (code === 'IO' && errno !== fault)) {
    broken.push(`told as ${code} ${JSON.stringify(data)}`);
  } else if (path === undefined || !path.startsWith('/')) {
    broken.push(`names no path: ${JSON.stringify(data)}`);
  }
  const words = describeError(error);
  const isWhole = /[.:] .*\.$/s.test(words) && (code !== 'IO' || words.includes(fault));
  if (!isWhole) {
    broken.push(`does not say what to do: ${words}`);
  }
}

/** A snapshot that was told to be taken is there, with all that is in the folder or named as left out. */
function checkTaken(root: string, result: TakeResult, broken: string[]): void {
  const view = viewDisk(root);
  const { id } = result.checkpoint;
  if (!view.listed.has(id)) {
    broken.push('a success, but nothing is listed');
    return;
  }
  const skipped = new Set(result.skipped.map(({ path }) => path));
  const live = Object.entries(filesIn(root)).filter(
    ([path]) => ![...skipped].some((one) => one === path || path.startsWith(`${one}/`)),
  );
  if (!same(view.files(id), Object.fromEntries(live))) {
    broken.push(`a success, but not what is in the folder (${skipped.size} skipped)`);
  }
}

/** What a run in which nothing fails comes to. */
interface Healthy {
  /** Records that were there before it. */
  before: ReadonlySet<string>;
  end: End;
}

interface End {
  /** What each new record says was done. */
  done: string[];
  /** What is in its place. */
  objects: string[];
  /** How many paths new checkpoints name as left out. */
  skipped: number;
}

function endOf(root: string, before: ReadonlySet<string>): End {
  const fresh = [...viewDisk(root).records].filter(([id]) => !before.has(id));
  const skipped = fresh.map(([, record]) => (record.kind === 'take' ? record.skipped.length : 0));
  const objects = readdirSync(join(root, '.snapdir', '.objects'), {
    ...{ recursive: true, withFileTypes: true },
  });
  return {
    done: fresh.map(([, record]) => shapeOf(record)).sort(),
    objects: objects
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
      .sort(),
    skipped: skipped.reduce((sum, one) => sum + one, 0),
  };
}

/** Whatever a restore overwrote or deleted is in its safety checkpoint, or in a copy beside it. */
function checkSafety(root: string, from: Files, result: unknown): string[] {
  const { safety } = (result ?? {}) as Partial<RestoreResult>;
  if (safety === undefined || safety === null) {
    return [];
  }
  const now = filesIn(root);
  const texts = new Set(Object.values(now));
  const safe = viewDisk(root).files(safety);
  return Object.keys(from)
    .filter((path) => now[path] !== from[path] && safe[path] !== from[path])
    .filter((path) => !texts.has(from[path]!))
    .map((path) => `a success, but ${path} as it was is nowhere`);
}

/** Whoever reports success did what an undisturbed run does, but for what the result names. */
function checkDone(root: string, result: unknown, { before, end }: Healthy): string[] {
  const { failed = [], unread = [] } = (result ?? {}) as Partial<RestoreResult & RepairResult>;
  const now = endOf(root, before);
  const broken: string[] = [];
  // What could not be looked at is named; where that was all there was to do, nothing is recorded.
  const nothing = failed.length > 0 && now.done.length === 0;
  if (now.skipped === 0 && !nothing && now.done.join() !== end.done.join()) {
    broken.push(`a success, but recorded is ${now.done.join()}, not ${end.done.join()}`);
  }
  if (
    now.skipped + failed.length + unread.length === 0 &&
    now.objects.join() !== end.objects.join()
  ) {
    broken.push(`a success with ${now.objects.length} objects, not ${end.objects.length}`);
  }
  return broken;
}

interface Tally {
  done: number;
  errors: number;
  broken: string[];
}

/** Errors that keep us from removing our own files, too. */
const BLOCKING = new Set(['EIO', 'EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EMFILE']);

function inject(
  { of, healthy, injection }: { of: Deed; healthy: Healthy; injection: Injection },
  at: { place: string; n: number },
  tally: Tally,
): void {
  const { root, promised } = freshCopy(of, at.place, at.n);
  const { fault, sticky } = injection;
  const broken: string[] = [];
  const before = leftovers(root);
  const { error, result, faulty } = perform(of, root, injection);
  if (faulty.failed.length > 0) {
    tally.done++;
    tally.errors += error === undefined ? 0 : 1;
    if (error !== undefined) {
      checkError(error, fault, faulty.failed[0]!, broken);
    } else {
      broken.push(...checkDone(root, result, healthy));
      broken.push(...checkSafety(root, of.folder[0]!, result));
      if (/take/.test(of.name)) {
        checkTaken(root, result as TakeResult, broken);
      }
    }
    dropLease(root);
    const left = leftovers(root).filter((name) => !before.includes(name));
    const removal = /^(unlink|rmdir|readdir|open|lstat) /.test(faulty.failed[0]!);
    if (left.length > 0 && !(BLOCKING.has(fault) && (sticky || removal))) {
      broken.push(`leaves ${left.join(', ')}`);
    }
    const action = at.n % 2 === 0 ? 'finish' : 'undo';
    const spared =
      (result as Partial<RestoreResult> | undefined)?.failed?.map(({ path }) => path) ?? [];
    const question = {
      root,
      promised,
      folder: of.folder,
      action,
      spared,
      rebooted: false,
      ...(error === undefined ? { done: of.end } : {}),
    } as const;
    if (of.again === true) {
      of.run(directEngine(root));
    }
    broken.push(...lookAfterwards(question).broken);
  }
  const where = `${of.name}, ${fault}${sticky ? ' from' : ''} at ${injection.at} (${faulty.failed[0] ?? ''})`;
  tally.broken.push(...broken.map((what) => `${where}: ${what}`.replaceAll(root, '')));
  forget(root);
  dropTree(root);
}

suite('T5: every error at every call', function () {
  this.timeout(3_600_000);

  test('injected into the real file system', () => {
    const place = whyNoMounts('mount') === undefined ? memoryDisk('size=2g') : tempDir();
    const all = deeds(place).flatMap((of) => {
      const sound = new FaultFs();
      const { root } = freshCopy(of, place, 3e6);
      const before = new Set(viewDisk(root).records.keys());
      of.run(directEngine(root, { fs: sound.fs }));
      const healthy = { before, end: endOf(root, before) };
      forget(root);
      dropTree(root);
      return injectionsFor(sound.calls).map((injection) => ({ of, healthy, injection }));
    });
    const random = new Random(SEED);
    const tally: Tally = { done: 0, errors: 0, broken: [] };
    const rest = [...all];
    const wanted = scaled(10_000, 200);
    for (let n = 1; tally.done < wanted && rest.length > 0; n++) {
      inject(rest.splice(random.below(rest.length), 1)[0]!, { place, n }, tally);
    }
    const { done, errors, broken } = tally;
    const note = `${errors} ended in an error, all others in success; ${all.length} are possible`;
    report({ test: 'T5', what: 'injected errors', count: done, broken: broken.length, note });
    assert.deepEqual(
      broken.slice(0, 40).map((one) => one.slice(0, 400)),
      [],
    );
  });
});
