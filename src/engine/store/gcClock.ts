import { SnapdirError } from '../../core/errors';
import type { Logged } from '../../core/history/log';
import type { StoreProblem } from '../../core/reasons';
import { recordFileName } from '../../core/recordFormat';
import type { EngineEnv } from '../context';
import { discard, ensureDir, join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { loadHistory } from './records';
import type { Store } from './storeRoot';
import { listTrash } from './trash';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** Small differences are normal: a file server has a clock of its own. */
const BACK_MS = 5 * MINUTE_MS;
/** The store was not used for this long, or the clock jumped: nobody can tell. */
const FORWARD_MS = 30 * DAY_MS;

const toMs = (ns: bigint): number => Number(ns / 1_000_000n);

/** The time of the file system itself: only it can be compared with the times of files (H51). */
export function fileSystemNow(env: EngineEnv, store: Store): number {
  const probe = join(store.tmp, env.randomName());
  return io('probe', store.tmp, () => {
    ensureDir(env.fs, store.tmp, 0o700);
    env.fs.close(env.fs.open(probe, 'wx', 0o600));
    try {
      return toMs(env.fs.lstat(probe)!.mtimeNs);
    } finally {
      discard(env.fs, probe);
    }
  });
}

/** The time of a collection, from its name. */
export function timeOfGc(gcId: string): number {
  return Number(gcId.slice(0, 14));
}

/** Names sort by time, whatever the clock does: the stat cache relies on the newest one being new. */
export function newGcId(env: EngineEnv, store: Store, now: number): string {
  const last = listTrash(env, store).at(-1);
  const time = Math.max(now, last === undefined ? 0 : timeOfGc(last) + 1);
  return `${String(time).padStart(14, '0')}-${env.randomName().slice(0, 8)}`;
}

function refuse(store: Store, reason: StoreProblem): never {
  throw new SnapdirError('STORE_UNSAFE', { path: store.path, reason });
}

/**
 * Refuses to judge age by a clock that jumped. A leap forward is believed at the second look, a day
 * later: after a long holiday the first collection only notes the time.
 * @throws STORE_UNSAFE
 */
export function checkClock(env: EngineEnv, store: Store, now: number, dryRun: boolean): void {
  const used = env.fs.lstat(store.records)?.mtimeNs ?? 0n;
  const last = listTrash(env, store).at(-1);
  const newest = Math.max(toMs(used), last === undefined ? 0 : timeOfGc(last));
  if (newest > now + BACK_MS) {
    refuse(store, 'clock-back');
  }
  const note = join(store.cache, 'gc-clock');
  const noted = env.fs.lstat(note);
  if (leaptLately(env, store, now)) {
    refuse(store, 'clock-ahead');
  }
  if (now - newest <= FORWARD_MS) {
    if (noted !== undefined && !dryRun) {
      discard(env.fs, note);
    }
    return;
  }
  const age = noted === undefined ? -1 : now - toMs(noted.mtimeNs);
  if (age < DAY_MS || age > FORWARD_MS) {
    if (!dryRun && (age < 0 || age > FORWARD_MS)) {
      discard(env.fs, note);
      io('write', note, () => env.fs.close(env.fs.open(note, 'wx', 0o600)));
    }
    refuse(store, 'unused');
  }
}

/**
 * Whether the records of the last day begin with a leap: whoever took a snapshot right after it made the
 * store look used, but everything older is no older than it was (H51). The times of their files tell, too: what was
 * written while a clock was set back has a late time in it, and looks as old as the content of those days.
 */
function leaptLately(env: EngineEnv, store: Store, now: number): boolean {
  const { records } = loadHistory(env, store).history;
  const writtenAt = ({ time, id }: Logged): number => {
    const path = join(store.records, recordFileName(time, id));
    return toMs(env.fs.lstat(path)?.mtimeNs ?? 0n);
  };
  let later: Times | undefined;
  for (let index = records.length - 1; index >= 0; index--) {
    const record = records[index]!;
    const times = { told: record.time, file: writtenAt(record) };
    if (later !== undefined && isLeap(times, later)) {
      return true;
    }
    if (now - times.told > DAY_MS && now - times.file > DAY_MS) {
      return false;
    }
    later = times;
  }
  return false;
}

/** When a record says it was written, and when its file was. */
interface Times {
  told: number;
  file: number;
}

function isLeap(earlier: Times, later: Times): boolean {
  return later.told - earlier.told > FORWARD_MS || later.file - earlier.file > FORWARD_MS;
}
