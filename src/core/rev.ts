import { SnapdirError } from './errors';
import type { History } from './history';
import type { LoggedTake } from './history/log';
import type { CheckpointId, SnapshotId } from './ids';

/** What a REV names. `checkpointId` is null for a snapshot that no checkpoint in the history has. */
export type Rev =
  | { kind: 'live' }
  | { kind: 'empty' }
  | { kind: 'snapshot'; snapshot: SnapshotId; checkpointId: CheckpointId | null };

const MIN_PREFIX = 4;
const MAX_CANDIDATES = 20;
const HEX = /^[0-9a-f]{4,64}$/i;
const ANCESTORS = /^(.*?)((?:~\d{0,6})+)$/s;
const AT_TIME = /^@\{(.*)\}$/s;
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/i;

function notFound(rev: string): never {
  throw new SnapdirError('REV_NOT_FOUND', { rev });
}

function ofTake(take: LoggedTake): Rev {
  return { kind: 'snapshot', snapshot: take.snapshot, checkpointId: take.id };
}

function ofCheckpoint(history: History, id: CheckpointId | null, rev: string): Rev {
  const take = id === null ? undefined : history.checkpoint(id);
  return take === undefined ? notFound(rev) : ofTake(take);
}

/** Milliseconds since 1970, or RFC 3339; without an offset the machine's own time zone. */
function parseTime(text: string): number | undefined {
  if (/^\d{5,16}$/.test(text)) {
    return Number(text);
  }
  const match = DATE_TIME.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, date, clock = '00:00', zone = ''] = match;
  const time = Date.parse(`${date}T${clock}${zone.toUpperCase()}`);
  return Number.isNaN(time) ? undefined : time;
}

function atTime(history: History, text: string, rev: string): Rev {
  const time = parseTime(text);
  const take =
    time === undefined
      ? undefined
      : history.checkpointsNewestFirst().find((one) => one.time <= time);
  return take === undefined ? notFound(rev) : ofTake(take);
}

function withTag(history: History, tag: string): LoggedTake | undefined {
  const takes = history.checkpointsNewestFirst();
  const has = (one: LoggedTake): boolean => history.words(one).tags.includes(tag);
  // What others call theirs must not take the place of one's own.
  return takes.find((one) => one.origin === undefined && has(one)) ?? takes.find(has);
}

function byId(history: History, prefix: string, rev: string): Rev {
  // Views name checkpoints by their whole ids, many times a second.
  const whole = history.isLiving(prefix as CheckpointId)
    ? history.checkpoint(prefix as CheckpointId)
    : undefined;
  if (whole !== undefined) {
    return ofTake(whole);
  }
  const takes = history.checkpointsNewestFirst();
  const checkpoints = takes.filter((take) => take.id.startsWith(prefix));
  // Several checkpoints of one snapshot are one candidate: the newest stands for it.
  const snapshots = new Map<string, LoggedTake>();
  for (const take of takes) {
    if (take.snapshot.startsWith(prefix) && !snapshots.has(take.snapshot)) {
      snapshots.set(take.snapshot, take);
    }
  }
  const ids = [...checkpoints.map((take) => take.id as string), ...snapshots.keys()];
  if (ids.length > 1) {
    const candidates = ids.sort().slice(0, MAX_CANDIDATES);
    throw new SnapdirError('REV_AMBIGUOUS', { rev, candidates });
  }
  const take = checkpoints[0] ?? [...snapshots.values()][0];
  if (take !== undefined) {
    return ofTake(take);
  }
  // The store may hold a snapshot that has no checkpoint: snapdir itself writes none.
  if (prefix.length === 64 && history.checkpoint(prefix as CheckpointId) === undefined) {
    return { kind: 'snapshot', snapshot: prefix as SnapshotId, checkpointId: null };
  }
  return notFound(rev);
}

function resolveBase(history: History, base: string, rev: string): Rev {
  if (base === 'HEAD') {
    return ofCheckpoint(history, history.head, rev);
  }
  if (base === 'latest') {
    return ofCheckpoint(history, history.checkpointsNewestFirst()[0]?.id ?? null, rev);
  }
  const time = AT_TIME.exec(base);
  if (time !== null) {
    return atTime(history, time[1] ?? '', rev);
  }
  const ref = history.refs.get(base);
  if (ref !== undefined) {
    return ofCheckpoint(history, ref, rev);
  }
  const tagged = withTag(history, base);
  if (tagged !== undefined) {
    return ofTake(tagged);
  }
  return HEX.test(base) && base.length >= MIN_PREFIX
    ? byId(history, base.toLowerCase(), rev)
    : notFound(rev);
}

/** How many steps `~`, `~3` or `~~2` go back in all. */
function countSteps(suffix: string): number {
  return suffix
    .split('~')
    .slice(1)
    .reduce((sum, digits) => sum + (digits === '' ? 1 : Number(digits)), 0);
}

function goBack(history: History, from: Rev, steps: number, rev: string): Rev {
  if (from.kind !== 'snapshot' || from.checkpointId === null) {
    return notFound(rev);
  }
  let id: CheckpointId | null = from.checkpointId;
  for (let i = 0; i < steps && id !== null; i++) {
    id = history.parentOf(id);
  }
  return ofCheckpoint(history, id, rev);
}

/**
 * What a revision names. The first that fits, in this order: `live`, `empty`, `HEAD`, `latest` (the newest
 * checkpoint), `@{TIME}` (the newest at or before TIME: RFC 3339 or milliseconds since 1970), a ref, a tag
 * (its newest checkpoint that was taken here, else its newest one), an id of a checkpoint or snapshot or a prefix of at least four digits that only
 * one has. `~N` after any but the first two goes back N parents. Deleted checkpoints are not found.
 * @throws REV_NOT_FOUND, REV_AMBIGUOUS
 */
export function resolveRev(history: History, rev: string): Rev {
  if (rev === 'live' || rev === 'empty') {
    return { kind: rev };
  }
  const match = ANCESTORS.exec(rev);
  if (match === null) {
    return resolveBase(history, rev, rev);
  }
  const base = resolveBase(history, match[1] ?? '', rev);
  return goBack(history, base, countSteps(match[2] ?? ''), rev);
}
