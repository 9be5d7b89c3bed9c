import { throwIfCancelled } from '../../base/abort';
import type { VerifyProblem } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { countsFolders } from '../disk/folderCounts';
import { io, isOwnLack } from '../disk/fsErrors';
import { runJob } from '../jobs/crew';
import { hashJob } from '../jobs/hashJob';
import { sharedState } from '../jobs/sharedJob';
import type { SizesJob } from '../jobs/sizesJob';
import { spreadOf } from '../jobs/spread';
import { Found, surveyJob, totalsOf } from '../jobs/surveyJob';
import { hexOfWords, type DigestTable } from './digestTable';
import { checkObject, statObject } from './objects';
import type { Store } from './storeRoot';
import { findInTrash, rescueObject } from './trash';
import { listMarks, sinceOf } from './unsynced';

/** The objects that manifests name: row → bytes, as the first that names it has it. */
export interface Needed {
  table: DigestTable;
  sizes: number[];
}

/** What a look at the objects found. */
export interface Damage {
  objects: number;
  bytes: number;
  /** By row of what is needed. */
  needed: Map<number, VerifyProblem>;
  /** Of objects that no manifest names. */
  others: VerifyProblem[];
}

/** What a problem says of something that lies in the trash. */
export const IN_TRASH = 'it was set aside by garbage collection; the next one brings it back';

/** An error as a problem's detail. */
export function describe(error: SnapdirError): string {
  return `${error.code} ${JSON.stringify(error.data)}`;
}

/** More damaged objects that nobody needs are not told one by one. */
const OTHERS = 10_000;

/**
 * Looks at every object once, on all threads. Full: goes through the whole store and reads everything.
 * Quick: looks for each needed one with its size; where that is another, the content has to tell.
 * @throws IO, AbortError
 */
export function checkObjects(
  env: EngineEnv,
  store: Store,
  needed: Needed,
  full: boolean,
  control: Control,
): Damage {
  return io('verify', store.objects, () =>
    full ? hashAll(env, store, needed, control) : sizeAll(env, store, needed, control),
  );
}

/**
 * Reads what manifests name by its names, then looks for everything else. Where folders count the folders in
 * them, only those are listed that hold more than what was just read (see `SurveyJob.spread` for what that
 * cannot see; the look in idle time, `verifySlices.ts`, lists every folder).
 */
function hashAll(env: EngineEnv, store: Store, needed: Needed, control: Control): Damage {
  const { table, sizes } = needed;
  const reading = hashJob(store.objects, table.columns, sizes);
  const of = { known: table.columns, room: OTHERS };
  const others = surveyJob(env.fs, store.objects, 'hash', of);
  const total = reading.count + others.count;
  runJob(env, reading, control, (done) => control.progress({ phase: 'verify', done, total }));
  const { found } = reading;
  if (canCount(env, store)) {
    others.spread = spreadOf(table.columns, reading.count, (row) => found[row] !== 0);
  }
  runJob(env, others, control, (done) =>
    control.progress({ phase: 'verify', done: reading.count + done, total }),
  );
  const { count, bytes } = totalsOf(others);
  const damage: Damage = { objects: count, bytes, needed: new Map(), others: [] };
  countGood(damage, found, reading.sizes);
  lookAgain(env, store, { needed, found, damage }, control);
  const { words, count: strangers } = others.strangers;
  for (let at = 0; at < Math.min(OTHERS, strangers[0]!); at++) {
    const hex = hexOfWords(words, 8 * at);
    const problem = checkOne(env, store, hex, damage, control);
    if (problem?.kind === 'object-damaged' && !isInTheMaking(env, store, hex)) {
      damage.others.push(problem);
    }
  }
  return damage;
}

/** Whether counts of folders can be relied upon where the objects are. */
function canCount(env: EngineEnv, store: Store): boolean {
  const sameDisk = env.fs.lstat(store.objects)?.dev === env.fs.lstat(store.tmp)?.dev;
  return store.readOnly === null && sameDisk && countsFolders(env, store.tmp);
}

function countGood(damage: Damage, found: Uint8Array, sizes: Float64Array): void {
  for (const [row, one] of found.entries()) {
    if (one === Found.GOOD) {
      damage.objects++;
      damage.bytes += sizes[row]!;
    }
  }
}

/** Another process is just writing it, or was told by an error to stop: its mark says so. */
function isInTheMaking(env: EngineEnv, store: Store, hex: string): boolean {
  const since = sinceOf(listMarks(env, store).filter(({ writing }) => writing));
  const stat = statObject(env, store, hex);
  return since !== undefined && stat !== undefined && stat.mtimeNs >= since;
}

function sizeAll(env: EngineEnv, store: Store, needed: Needed, control: Control): Damage {
  const { table } = needed;
  const sizes = new Float64Array(new SharedArrayBuffer(8 * table.length));
  sizes.set(needed.sizes);
  const found = new Uint8Array(new SharedArrayBuffer(table.length));
  const state = sharedState(table.length);
  const job: SizesJob = {
    ...state,
    ...{ kind: 'sizes', root: store.objects, known: table.columns, sizes, found },
  };
  runJob(env, job, control, (done) =>
    control.progress({ phase: 'verify', done, total: job.count }),
  );
  const damage: Damage = { objects: 0, bytes: 0, needed: new Map(), others: [] };
  countGood(damage, found, sizes);
  lookAgain(env, store, { needed, found, damage }, control);
  return damage;
}

/** What was not found good is looked at once more, by itself: it may have come or been mended meanwhile. */
function lookAgain(
  env: EngineEnv,
  store: Store,
  of: { needed: Needed; found: Uint8Array; damage: Damage },
  control: Control,
): void {
  const { needed, found, damage } = of;
  for (const [row, one] of found.entries()) {
    if (one !== Found.GOOD) {
      const problem = checkOne(env, store, needed.table.hex(row), damage, control);
      if (problem !== undefined) {
        damage.needed.set(row, problem);
      }
    }
  }
}

/**
 * Hashes what was damaged when somebody looked last: its size may be right all the same. Counts nothing, for
 * what is needed was counted already.
 * @throws IO, AbortError
 */
export function checkSuspects(
  env: EngineEnv,
  store: Store,
  of: {
    needed: Needed;
    suspects: readonly Pick<VerifyProblem, 'kind' | 'address'>[];
    damage: Damage;
  },
  control: Control,
): void {
  const { needed, suspects, damage } = of;
  const uncounted = { objects: 0, bytes: 0 };
  for (const { kind, address } of suspects) {
    const row = needed.table.row(address);
    if (!kind.startsWith('object-') || damage.needed.has(row)) {
      continue;
    }
    const problem = checkOne(env, store, address, uncounted, control);
    if (problem !== undefined && row >= 0) {
      damage.needed.set(row, problem);
    } else if (problem?.kind === 'object-damaged' && !isInTheMaking(env, store, address)) {
      damage.others.push(problem);
    }
  }
}

function checkOne(
  env: EngineEnv,
  store: Store,
  checksum: string,
  counts: { objects: number; bytes: number },
  control: Control,
): VerifyProblem | undefined {
  throwIfCancelled(control.signal);
  const problem = (kind: VerifyProblem['kind'], detail: string): VerifyProblem => ({
    ...{ kind, address: checksum, detail, checkpoints: [] },
  });
  const canRescue = store.readOnly === null && statObject(env, store, checksum) === undefined;
  if (canRescue) {
    rescueObject(env, store, checksum);
  }
  const stat = statObject(env, store, checksum);
  if (stat === undefined) {
    const inTrash = findInTrash(env, store, 'objects', checksum) !== undefined;
    return problem('object-missing', inTrash ? IN_TRASH : 'not in the store');
  }
  counts.objects++;
  counts.bytes += stat.size;
  try {
    checkObject(env, store, checksum, control);
    return undefined;
  } catch (error) {
    if (!SnapdirError.is(error) || isOwnLack(error)) {
      throw error;
    }
    return problem('object-damaged', describe(error));
  }
}
