import { SnapdirError } from '../errors';
import type { CheckpointId, RecordId, SnapshotId } from '../ids';
import type { Origin, TakeStats, Trigger } from '../records';
import { compareLogged, type Logged, type LoggedTake } from './log';
import { checkLogged } from './serialized';

/** Takes as columns: a third of the text that objects take, and read three times as fast. */
interface PackedTakes {
  /** 64 digits each; unique snapshots, and parents that are no take here, likewise. */
  ids: string;
  snapshots: string;
  strangers: string;
  /** Numbers of a snapshot; of a parent: 1 + number of the take, 0 for none, −1 − number of a stranger. */
  snapshot: number[];
  parent: number[];
  /** Each since the one before, in milliseconds. */
  time: number[];
  authors: string[];
  author: number[];
  triggers: Trigger[];
  trigger: number[];
  message: string[];
  stats: { [K in keyof TakeStats]: number[] };
  /** Fields that are mostly empty, by number of the take. */
  odd: [number, Pick<LoggedTake, 'tags' | 'scope' | 'skipped' | 'unstable' | 'origin'>][];
}

/** A log for the cache: plain JSON. */
export interface PackedLog {
  version: 2;
  takes: PackedTakes;
  others: Logged[];
}

const HEX_DIGITS = 64;
const STATS = ['files', 'bytes', 'added', 'deleted', 'modified', 'renamed'] as const;

/** Gives each value a number, in the order in which they come. */
class Numbers<T> {
  readonly values: T[] = [];
  private readonly known = new Map<T, number>();

  of(value: T): number {
    let number = this.known.get(value);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.known.set(value, number);
    }
    return number;
  }
}

/** Packs a log; {@link unpackLog} gives an equal one back. */
export function packLog(log: readonly Logged[]): PackedLog {
  const takes = log.filter((record) => record.kind === 'take');
  const numbers = new Map(takes.map(({ id }, index) => [id, index]));
  const [snapshots, strangers] = [new Numbers<SnapshotId>(), new Numbers<CheckpointId>()];
  const [authors, triggers] = [new Numbers<string>(), new Numbers<Trigger>()];
  const parentOf = ({ parent }: LoggedTake): number => {
    const number = parent === null ? -1 : numbers.get(parent);
    return number === undefined ? -1 - strangers.of(parent!) : number + 1;
  };
  const packed: Omit<PackedTakes, 'snapshots' | 'strangers' | 'authors' | 'triggers'> = {
    ids: takes.map(({ id }) => id).join(''),
    snapshot: takes.map(({ snapshot }) => snapshots.of(snapshot)),
    parent: takes.map(parentOf),
    time: takes.map(({ time }, index) => time - (takes[index - 1]?.time ?? 0)),
    author: takes.map(({ author }) => authors.of(author)),
    trigger: takes.map(({ trigger }) => triggers.of(trigger)),
    message: takes.map(({ message }) => message),
    stats: Object.fromEntries(
      STATS.map((name) => [name, takes.map(({ stats }) => stats[name])]),
    ) as PackedTakes['stats'],
    odd: oddFields(takes),
  };
  return {
    version: 2,
    takes: {
      ...packed,
      snapshots: snapshots.values.join(''),
      strangers: strangers.values.join(''),
      authors: authors.values,
      triggers: triggers.values,
    },
    others: log.filter((record) => record.kind !== 'take'),
  };
}

function oddFields(takes: readonly LoggedTake[]): PackedTakes['odd'] {
  const odd: PackedTakes['odd'] = [];
  for (const [index, { tags, scope, skipped, unstable, origin }] of takes.entries()) {
    const from = origin === undefined ? {} : { origin };
    if (tags.length > 0 || scope !== null || skipped > 0 || unstable > 0 || origin !== undefined) {
      odd.push([index, { tags, scope, skipped, unstable, ...from }]);
    }
  }
  return odd;
}

function refuse(): never {
  throw new SnapdirError('PARSE', { what: 'history cache', reason: 'has another shape' });
}

const HEX = /^[0-9a-f]*$/;

/** 64 digits each. */
function hexList(text: unknown): string[] {
  if (typeof text !== 'string' || text.length % HEX_DIGITS !== 0 || !HEX.test(text)) {
    refuse();
  }
  const list = [];
  for (let at = 0; at < text.length; at += HEX_DIGITS) {
    list.push(text.slice(at, at + HEX_DIGITS));
  }
  return list;
}

function column(value: unknown, count: number): number[] {
  if (!Array.isArray(value) || value.length !== count || !value.every(Number.isSafeInteger)) {
    refuse();
  }
  return value as number[];
}

function texts(value: unknown, count?: number): string[] {
  const good =
    Array.isArray(value) &&
    (count ?? value.length) === value.length &&
    value.every((item) => typeof item === 'string');
  return good ? value : refuse();
}

/** The item of that number. */
function pick<T>(list: readonly T[], number: number): T {
  const item = list[number];
  return item === undefined ? refuse() : item;
}

function originOf(value: unknown): Origin {
  const { from, name, checkpoint, time, author } = (value ?? {}) as Partial<Origin>;
  const [named, known] = [name ?? null, checkpoint ?? null];
  texts([from, author, named ?? '', known ?? '']);
  column([time], 1);
  return { from: from!, name: named, checkpoint: known, time: time!, author: author! };
}

function unpackTakes(packed: PackedTakes): LoggedTake[] {
  const ids = hexList(packed.ids) as RecordId[];
  const snapshots = hexList(packed.snapshots) as SnapshotId[];
  const strangers = hexList(packed.strangers) as CheckpointId[];
  const [authors, triggers] = [texts(packed.authors), texts(packed.triggers) as Trigger[]];
  const read = (value: unknown): number[] => column(value, ids.length);
  const [snapshot, parent, times] = [packed.snapshot, packed.parent, packed.time].map(read);
  const [author, trigger] = [packed.author, packed.trigger].map(read);
  const messages = texts(packed.message, ids.length);
  const stats = STATS.map((name) => read(packed.stats[name]));
  const [files, bytes, added, deleted, modified, renamed] = stats;
  const list: LoggedTake[] = [];
  let time = 0;
  // One literal and no spreads: ten thousand of them should take milliseconds.
  for (let index = 0; index < ids.length; index++) {
    const above = parent![index]!;
    const parents = above > 0 ? ids : strangers;
    time += times![index]!;
    list.push({
      id: ids[index]!,
      kind: 'take',
      time,
      author: pick(authors, author![index]!),
      snapshot: pick(snapshots, snapshot![index]!),
      parent: above === 0 ? null : pick(parents, Math.abs(above) - 1),
      message: messages[index]!,
      tags: [],
      trigger: pick(triggers, trigger![index]!),
      stats: {
        added: added![index]!,
        deleted: deleted![index]!,
        modified: modified![index]!,
        renamed: renamed![index]!,
        files: files![index]!,
        bytes: bytes![index]!,
      },
      scope: null,
      skipped: 0,
      unstable: 0,
    });
  }
  return list;
}

/**
 * Reads what {@link packLog} made, oldest first. A cache that does not fit is no error: history is folded anew.
 * @throws PARSE
 */
export function unpackLog(value: unknown): Logged[] {
  const { version, takes, others } = (value ?? {}) as Partial<PackedLog>;
  if (version !== 2 || typeof takes !== 'object' || !Array.isArray(others)) {
    refuse();
  }
  const unpacked = unpackTakes(takes);
  if (!Array.isArray(takes.odd)) {
    refuse();
  }
  for (const [index, fields] of takes.odd) {
    const { tags, scope, skipped, unstable, origin } = fields;
    column([skipped, unstable], 2);
    const list = { tags: texts(tags), scope: scope === null ? null : texts(scope) };
    const from = origin === undefined ? {} : { origin: originOf(origin) };
    Object.assign(pick(unpacked, index), { ...list, skipped, unstable, ...from });
  }
  checkLogged(others);
  return others.length === 0 ? unpacked : [...unpacked, ...others].sort(compareLogged);
}
