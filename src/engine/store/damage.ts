import type { DamagedCheckpoint, VerifyProblem } from '../../core/engine';
import type { Damaged } from '../../core/reasons';
import { isHex64, type CheckpointId, type SnapshotId } from '../../core/ids';
import type { EngineEnv } from '../context';
import { discard, ensureDir, join, readFile, writeFileRelaxed } from '../disk/durable';
import { errnoOf } from '../disk/fsErrors';
import { knownHistory } from './records';
import type { Store } from './storeRoot';

/**
 * What the last look at the store found, kept in `cache/damage`, so that lists can mark what cannot be
 * relied on. It may be lost, and whoever can write the store can write it: it is shown, and what it names is
 * looked at again, nothing else.
 */
export interface Damage {
  /** By address. */
  problems: Pick<VerifyProblem, 'kind' | 'address' | 'path'>[];
  /** Every checkpoint that needs one of them. */
  checkpoints: Record<string, Pick<DamagedCheckpoint, 'paths' | 'pathCount'>>;
}

/** As it is kept. */
interface KeptDamage extends Damage {
  /** How many forgettings were known to who looked; a build that knows none has none. */
  forgettings?: number;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** More than this many are not remembered one by one. */
const REMEMBERED = 10_000;
const KINDS: readonly VerifyProblem['kind'][] = [
  'object-missing',
  'object-damaged',
  'manifest-missing',
  'manifest-damaged',
  'record-damaged',
  'record-missing',
];

const damagePath = (store: Store): string => join(store.cache, 'damage');
const NONE: KeptDamage = { problems: [], checkpoints: {} };

/** What was read last, and the stat that the file had then. */
const known = new Map<string, { stamp: string; damage: KeptDamage }>();

/** What is known to be damaged. Never fails: a cache that cannot be read says nothing. */
export function loadDamage(env: EngineEnv, store: Store): Damage {
  try {
    return store.foreign ? NONE : ofNow(env, store, readDamage(env, store));
  } catch {
    return NONE;
  }
}

/**
 * Without what was said of checkpoints that have other snapshots since, by a forgetting that whoever looked did not know of:
 * nobody has looked at those.
 */
function ofNow(env: EngineEnv, store: Store, damage: KeptDamage): Damage {
  if (damage === NONE) {
    return NONE;
  }
  const { forgetting } = knownHistory(env, store).history;
  if (forgetting.records.length === (damage.forgettings ?? 0)) {
    return damage;
  }
  const checkpoints = Object.entries(damage.checkpoints).filter(
    ([id]) => forgetting.earlierOf(id as CheckpointId).length === 0,
  );
  return {
    problems: damage.problems.filter(({ address }) => !forgetting.gone.has(address as SnapshotId)),
    checkpoints: Object.fromEntries(checkpoints),
  };
}

function readDamage(env: EngineEnv, store: Store): KeptDamage {
  const stat = env.fs.lstat(damagePath(store));
  if (stat === undefined) {
    return store.readOnly === null ? NONE : (known.get(store.path)?.damage ?? NONE);
  }
  const stamp = `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
  const last = known.get(store.path);
  if (last?.stamp === stamp) {
    return last.damage;
  }
  const bytes = readFile(env.fs, damagePath(store), MAX_BYTES);
  const damage = bytes === undefined ? NONE : parse(new TextDecoder().decode(bytes));
  known.set(store.path, { stamp, damage });
  return damage;
}

function parse(text: string): KeptDamage {
  const { problems, checkpoints, forgettings } = JSON.parse(text) as KeptDamage;
  const isGood = ({ kind, address, path }: Damage['problems'][number]): boolean =>
    KINDS.includes(kind) &&
    typeof address === 'string' &&
    (kind.startsWith('record-') || isHex64(address)) &&
    (path === undefined || typeof path === 'string');
  return {
    ...(Number.isSafeInteger(forgettings) ? { forgettings: forgettings! } : {}),
    problems: problems.filter(isGood),
    checkpoints: Object.fromEntries(
      Object.entries(checkpoints).filter(
        ([id, { paths, pathCount }]) =>
          isHex64(id) &&
          Number.isSafeInteger(pathCount) &&
          paths.every((path) => typeof path === 'string'),
      ),
    ),
  };
}

/** Remembers what a look found; of a sound store nothing is kept. Best effort. */
export function saveDamage(env: EngineEnv, store: Store, damage: Damage): void {
  const path = damagePath(store);
  const forgettings = knownHistory(env, store).history.forgetting.records.length;
  const some = { ...damage, problems: damage.problems.slice(0, REMEMBERED), forgettings };
  if (store.readOnly !== null) {
    known.set(store.path, { stamp: '', damage: some });
    return;
  }
  try {
    if (some.problems.length === 0) {
      if (env.fs.lstat(path) !== undefined) {
        discard(env.fs, path);
      }
      return;
    }
    ensureDir(env.fs, store.cache, 0o700);
    const problems = some.problems.map(({ kind, address, path: at }) => ({
      ...{ kind, address },
      ...(at === undefined ? {} : { path: at }),
    }));
    const bytes = new TextEncoder().encode(JSON.stringify({ ...some, problems }));
    writeFileRelaxed(env, store.tmp, path, bytes);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
  }
}

/** Adds something that looks damaged, to be looked at by the next `verify`. */
export function noteSuspect(
  env: EngineEnv,
  store: Store,
  suspect: Pick<VerifyProblem, 'kind' | 'address'>,
): void {
  const { problems, checkpoints } = loadDamage(env, store);
  if (!problems.some(({ address }) => address === suspect.address)) {
    saveDamage(env, store, { problems: [...problems, suspect], checkpoints });
  }
}

/** Why a checkpoint cannot be relied on, as far as that is known. */
export function damageOf({ checkpoints }: Damage, id: CheckpointId): Damaged | undefined {
  const damage = Object.hasOwn(checkpoints, id) ? checkpoints[id] : undefined;
  if (damage === undefined) {
    return undefined;
  }
  const [first] = damage.paths;
  if (first === undefined) {
    return { what: 'manifest-damaged' };
  }
  return { what: 'content', path: first, more: damage.pathCount - 1 };
}
