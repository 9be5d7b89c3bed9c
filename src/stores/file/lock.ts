// A lock for the one thing that a folder cannot do by itself: replace a file only if it is still the one that was
// read. Held for milliseconds. One whose process is gone, or that is older than any holder lives, is broken.
import { link, lstat, readFile, rename, unlink, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { StoreCall } from '../../core/permanentStore';
import { errnoOf } from './folder';

/** A holder is given up after this. Milliseconds. */
const STALE_MS = 30_000;
const WAIT_MS = 60_000;

interface Holder {
  host: string;
  pid: number;
  nonce: string;
}

/** What a lock needs. `temp` makes a name for a new file in the same file system, `newFile` one that others can read, too. */
export interface LockPlace {
  folder: string;
  label: string;
  temp: () => string;
  newFile: (path: string) => Promise<FileHandle>;
}

/** Runs `work` while this process alone holds the lock `name`. `work` asks `held` right before the step that counts. */
export async function withLock<T>(
  place: LockPlace,
  name: string,
  call: StoreCall,
  work: (held: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const path = join(place.folder, `${name}.lock`);
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, nonce: place.temp() });
  await acquire(place, path, mine, call);
  try {
    return await work(async () => {
      if ((await readIfThere(path)) !== mine) {
        throw new SnapdirError('REMOTE_CONFLICT', { store: place.label, key: name });
      }
    });
  } finally {
    if ((await readIfThere(path)) === mine) {
      await unlink(path).catch(() => undefined);
    }
  }
}

async function acquire(
  place: LockPlace,
  path: string,
  mine: string,
  call: StoreCall,
): Promise<void> {
  const started = performance.now();
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 50)) {
    throwIfCancelled(call.signal);
    if (await createOnce(place, path, mine)) {
      return;
    }
    await breakStale(place, path);
    if (performance.now() - started > WAIT_MS) {
      const data = { operation: 'lock', path, errno: 'EBUSY' };
      throw new SnapdirError('IO', data);
    }
    await sleep(pause * (0.5 + Math.random()));
  }
}

/** The lock comes into place with its content, so that nobody ever reads half of it. */
async function createOnce(place: LockPlace, path: string, mine: string): Promise<boolean> {
  const temp = place.temp();
  try {
    await writeNew(place, temp, mine);
    await link(temp, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      return false;
    }
    if (!noLinks(error)) {
      throw error;
    }
    // A disk without hard links (FAT, some network disks): a reader may see it empty for an instant.
    return await writeNew(place, path, mine).then(
      () => true,
      (second: unknown) => {
        if (errnoOf(second) === 'EEXIST') {
          return false;
        }
        throw second;
      },
    );
  } finally {
    await unlink(temp).catch(() => undefined);
  }
}

async function writeNew(place: LockPlace, path: string, text: string): Promise<void> {
  const file = await place.newFile(path);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** Whether an error of `link` means that this disk has no hard links. */
export function noLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'].includes(errnoOf(error));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function breakStale(place: LockPlace, path: string): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined || !(await isStale(place, path, text))) {
    return;
  }
  // By renaming: of several who break it only one succeeds. Whoever catches a new one puts it back.
  const aside = place.temp();
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readIfThere(aside)) !== text) {
    await link(aside, path).catch(() => undefined);
  }
  await unlink(aside).catch(() => undefined);
}

async function isStale(place: LockPlace, path: string, text: string): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder?.host === hostname() && !isAlive(holder.pid)) {
    return true;
  }
  // Ages by the disk's clock: a new file's time is its "now".
  const probe = place.temp();
  try {
    await writeNew(place, probe, '');
    const [now, then] = [await lstat(probe), await lstat(path)];
    return now.mtimeMs - then.mtimeMs > STALE_MS;
  } catch {
    return false;
  } finally {
    await unlink(probe).catch(() => undefined);
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}
