import type { Stat } from '../../disk/fs';
import { errnoOf } from '../../disk/fsErrors';
import { keepOld, moveAside } from './displace';
import { placeGrafts } from './grafts';
import { keepsOwner } from './owner';
import { attempt, fence, locate, pace, refuse, touchFolder, wanted } from './place';
import type { Numbered, Run } from './place';
import { deepFirst, MODE_MASK, otherSide, shallowFirst } from './steps';

/** How many files are given a second name before the folder of those names is synced once. */
const BATCH = 2_000;

/** Made once for a journal: every part of a run goes through all of them. */
const lists = new WeakMap<object, Numbered[]>();

/** The steps, numbered as in the journal. */
export function numbered({ journal }: Pick<Run, 'journal'>): readonly Numbered[] {
  let list = lists.get(journal);
  if (list === undefined) {
    list = journal.steps.map((step, n) => ({ n, path: step.path, step }));
    lists.set(journal, list);
  }
  return list;
}

/**
 * Brings every step's path to the goal. Idempotent: run again after a crash at any point, in either
 * direction, it ends in the same place. Every staged file is durable when this is called.
 *
 * 1. folders that cannot be written are opened up, 2. what gives way goes aside (deepest first),
 * 3. folders are made or put in place whole, 4. files and links are put in place, 5. folder modes are set (deepest first).
 */
export function converge(run: Run): void {
  const items = numbered(run);
  // What is inside a graft is not there yet.
  const outside = items.filter(({ n }) => (run.staged.graftOf(n)?.n ?? n) === n);
  openFolders(run, outside);
  clear(run, outside);
  run.cursor.reset();
  makeFolders(
    run,
    outside.filter(({ n }) => run.staged.graftOf(n) === undefined),
  );
  placeGrafts(run);
  makeFolders(
    run,
    items.filter(({ n }) => run.staged.graftOf(n)?.placed === false),
  );
  const files = items.filter(({ n }) => run.staged.has(n) && !run.staged.isPlaced(n));
  for (let from = 0; from < files.length; from += BATCH) {
    placeBatch(run, files.slice(from, from + BATCH), { done: from, total: files.length });
  }
  setFileModes(run, items);
  setFolderModes(run, items);
}

/** The owner must be able to write in a folder to restore into it; the right mode comes last. */
function openFolders(run: Run, items: readonly Numbered[]): void {
  const folders = items.filter(
    ({ step }) => step.before?.kind === 'dir' || step.after?.kind === 'dir',
  );
  for (const { path } of shallowFirst(folders)) {
    attempt(run, path, () => {
      const at = locateIfThere(run, path);
      const stat = at === undefined ? undefined : run.env.fs.lstat(at);
      if (at !== undefined && stat?.kind === 'dir' && (stat.mode & 0o700) !== 0o700) {
        fence(run);
        chmodSafely(run, at, stat.mode | 0o700);
        // It may be the mode that is wanted, and then nobody sets it again.
        run.touched.add(path);
      }
    });
  }
}

/**
 * Sets a mode without following a link that was swapped in: through the descriptor where that works.
 * What cannot be opened (no right to read it) is named by its path.
 */
function chmodSafely(run: Run, at: string, mode: number): void {
  const { fs, platform } = run.env;
  let fd: number;
  try {
    fd = fs.open(at, 'r');
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') {
      throw error;
    }
    fs.chmod(at, mode);
    return;
  }
  try {
    fs.chmod(platform === 'linux' ? `/proc/self/fd/${fd}` : at, mode);
  } finally {
    fs.close(fd);
  }
}

/** As `locate`, but a folder that is missing on the way means: nothing there. */
function locateIfThere(run: Run, path: string): string | undefined {
  try {
    return locate(run, path);
  } catch (error) {
    if (errnoOf(error) !== undefined) {
      throw error;
    }
    return undefined;
  }
}

/** Takes away what must not be there, or is of another kind than what is wanted. */
function clear(run: Run, items: readonly Numbered[]): void {
  const candidates = items.filter(
    (item) => item.path !== '' && (wanted(run, item.step) === null || mayChangeKind(item)),
  );
  for (const [index, item] of deepFirst(candidates).entries()) {
    pace(run, index, candidates.length);
    const want = wanted(run, item.step);
    attempt(run, item.path, () => {
      const at = locateIfThere(run, item.path);
      const stat = at === undefined ? undefined : run.env.fs.lstat(at);
      if (at === undefined || stat === undefined) {
        return;
      }
      if (stat.kind === 'dir' && want?.kind !== 'dir') {
        clearFolder(run, item, at);
      } else if (stat.kind !== 'dir' && (want === null || want.kind === 'dir')) {
        clearFile(run, item, at, stat);
      }
    });
  }
}

function mayChangeKind({ step }: Numbered): boolean {
  return (step.before?.kind === 'dir') !== (step.after?.kind === 'dir');
}

/** Only `rmdir`, never anything recursive: whatever is still inside was not captured (H41). */
function clearFolder(run: Run, item: Numbered, at: string): void {
  try {
    fence(run);
    run.env.fs.rmdir(at);
    touchFolder(run, item.path);
  } catch (error) {
    const notEmpty = ['ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '');
    if (!notEmpty) {
      throw error;
    }
    if (wanted(run, item.step) !== null) {
      refuse(run, item.path, 'uncaptured-in-the-way');
    }
  }
}

function clearFile(run: Run, item: Numbered, at: string, stat: Stat): void {
  if (stat.kind === 'special') {
    refuse(run, item.path, 'special-in-the-way');
    return;
  }
  moveAside(run, item, at, stat);
  touchFolder(run, item.path);
}

function makeFolders(run: Run, items: readonly Numbered[]): void {
  const folders = items.filter(
    ({ step, path }) => wanted(run, step)?.kind === 'dir' && path !== '',
  );
  for (const { path } of shallowFirst(folders)) {
    attempt(run, path, () => {
      const at = locate(run, path);
      const there = run.env.fs.lstat(at);
      if (there === undefined) {
        fence(run);
        run.env.fs.mkdir(at, 0o700);
        touchFolder(run, path);
      } else if (there.kind !== 'dir') {
        refuse(run, path, 'folder-blocked');
      }
    });
  }
}

/**
 * Puts a batch of staged files in place. What they replace gets its second name first, and those names
 * are durable before the first rename: not even a power cut can lose an edit made in this moment.
 */
function placeBatch(
  run: Run,
  batch: readonly Numbered[],
  progress: { done: number; total: number },
): void {
  const kept = new Map<number, Stat>();
  for (const item of batch) {
    if (item.step[otherSide(run.goal)] === null) {
      continue; // Nothing is expected there; should there be something, it is moved aside.
    }
    attempt(run, item.path, () => {
      const at = locate(run, item.path);
      const stat = run.env.fs.lstat(at);
      if (stat?.kind === 'file' && keepOld(run, item, at, stat)) {
        kept.set(item.n, stat);
      }
    });
  }
  if (kept.size > 0) {
    run.env.fs.fsyncDir(run.staging.old);
  }
  for (const [index, item] of batch.entries()) {
    pace(run, progress.done + index, progress.total);
    if (!run.failures.has(item.path)) {
      attempt(run, item.path, () => placeOne(run, item, kept.get(item.n)));
    }
  }
}

function placeOne(run: Run, item: Numbered, kept: Stat | undefined): void {
  const { fs } = run.env;
  const at = locate(run, item.path);
  const stat = fs.lstat(at);
  if (stat?.kind === 'dir' || stat?.kind === 'special') {
    refuse(run, item.path, `${stat.kind}-in-the-way`);
    return;
  }
  if (stat !== undefined && (stat.ino !== kept?.ino || stat.dev !== kept.dev)) {
    // A link (whose second name would not be portable), no hard links here, or another file than a
    // moment ago: it goes aside by itself.
    moveAside(run, item, at, stat);
    fs.fsyncDir(run.staging.old);
  }
  const staged = run.staged.pathOf(item.n);
  if (stat?.kind === 'file' && !keepsOwner(run.env, staged, stat)) {
    run.changedOwner.push(item.path);
  }
  fence(run);
  fs.rename(staged, at);
  run.cursor.recheck();
  touchFolder(run, item.path);
}

/** Files of which only the mode changes. Those that share their inode were staged instead (H21). */
function setFileModes(run: Run, items: readonly Numbered[]): void {
  for (const { n, path, step } of items) {
    const want = wanted(run, step);
    if (want?.kind !== 'file' || run.staged.has(n) || run.failures.has(path)) {
      continue;
    }
    attempt(run, path, () => {
      const at = locate(run, path);
      const stat = run.env.fs.lstat(at);
      if (stat?.kind === 'file' && stat.nlink === 1 && (stat.mode & MODE_MASK) !== want.mode) {
        fence(run);
        chmodSafely(run, at, (stat.mode & ~MODE_MASK) | want.mode);
        run.changedModes.add(path);
      }
    });
  }
}

function setFolderModes(run: Run, items: readonly Numbered[]): void {
  const folders = items.filter(
    ({ step, n }) =>
      wanted(run, step)?.kind === 'dir' &&
      // Inside a graft they were right from the start.
      (!run.staged.isPlaced(n) || run.staged.graftOf(n)?.n === n),
  );
  for (const { path, step } of deepFirst(folders)) {
    const want = wanted(run, step);
    attempt(run, path, () => {
      const at = locateIfThere(run, path);
      const stat = at === undefined ? undefined : run.env.fs.lstat(at);
      if (at === undefined || stat?.kind !== 'dir' || want?.kind !== 'dir') {
        return;
      }
      const mode = (stat.mode & ~MODE_MASK) | want.mode;
      if (stat.mode !== mode) {
        fence(run);
        chmodSafely(run, at, mode);
        run.touched.add(path);
      }
    });
  }
}
