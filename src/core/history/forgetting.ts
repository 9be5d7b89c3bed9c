import type { CheckpointId, RecordId, SnapshotId } from '../ids';
import type { Less } from '../records';
import type { RelPath } from '../tree';
import type { Logged } from './log';

type LoggedForget = Extract<Logged, { kind: 'forget' }>;

/** What was forgotten, and what became of the snapshots that had it (H62). */
export interface Forgetting {
  /** Every such record, oldest first. */
  readonly records: readonly LoggedForget[];
  /** Snapshots that others took the place of, and that no checkpoint has now: whatever is left of them may go. */
  readonly gone: ReadonlySet<SnapshotId>;
  /** What took the place of one that is gone; the same where it is not. */
  nowOf(snapshot: SnapshotId): SnapshotId;
  /** The snapshots that a checkpoint had before the one it has now; what its record names comes first. */
  earlierOf(id: CheckpointId): readonly SnapshotId[];
  /** Paths that a checkpoint would hold, or may, had they not been forgotten. */
  pathsOf(id: CheckpointId): readonly RelPath[];
}

/** What stands for a snapshot in the records before some moment. */
interface Now {
  snapshot: SnapshotId;
  /** What stood for it in between. */
  via: readonly SnapshotId[];
  paths: readonly RelPath[];
  /** What went out of it on the way. */
  less: Less;
}

const NOTHING: readonly never[] = [];

const NONE: Forgetting = {
  records: [],
  gone: new Set(),
  nowOf: (snapshot) => snapshot,
  earlierOf: () => NOTHING,
  pathsOf: () => NOTHING,
};

/**
 * A log in which each record names the snapshot that it has now: a forgetting speaks of what comes before it, several of
 * them in their order. The same log where nothing was forgotten.
 */
export function withForgetting(log: readonly Logged[]): {
  log: readonly Logged[];
  forgetting: Forgetting;
} {
  const records = log.filter((record) => record.kind === 'forget');
  if (records.length === 0) {
    return { log, forgetting: NONE };
  }
  const now = new Map<SnapshotId, Now>();
  const mapped: Logged[] = [];
  const taken = new Map<RecordId, { earlier: SnapshotId[]; paths: readonly RelPath[] }>();
  // Backwards: so each record meets exactly what came after it.
  for (const record of log.toReversed()) {
    const found =
      record.kind === 'take' || record.kind === 'restore' ? now.get(record.snapshot) : undefined;
    if (record.kind === 'forget') {
      goBackOver(now, record);
    }
    if (found !== undefined && 'snapshot' in record) {
      const earlier = [record.snapshot, ...found.via];
      taken.set(record.id, { earlier, paths: found.paths });
    }
    mapped.push(found === undefined ? record : asNow(record, found));
  }
  const used = mapped.flatMap((record) => (record.kind === 'take' ? [record.snapshot] : []));
  const kept = new Set(used);
  return {
    log: mapped.reverse(),
    forgetting: {
      records,
      gone: new Set([...now.keys()].filter((snapshot) => !kept.has(snapshot))),
      nowOf: (snapshot) =>
        kept.has(snapshot) ? snapshot : (now.get(snapshot)?.snapshot ?? snapshot),
      earlierOf: (id) => taken.get(id)?.earlier ?? NOTHING,
      pathsOf: (id) => taken.get(id)?.paths ?? NOTHING,
    },
  };
}

function asNow(record: Logged, { snapshot, less }: Now): Logged {
  if (record.kind !== 'take') {
    return { ...record, snapshot } as Logged;
  }
  const files = Math.max(0, record.stats.files - less.files);
  const bytes = Math.max(0, record.stats.bytes - less.bytes);
  return { ...record, snapshot, stats: { ...record.stats, files, bytes } };
}

/** What a forgetting says of everything before it. */
function goBackOver(now: Map<SnapshotId, Now>, record: LoggedForget): void {
  const before = Object.entries(record.replaced) as [SnapshotId, SnapshotId][];
  const known = before.map(([old, next]): [SnapshotId, Now] => {
    const { files = 0, bytes = 0 } = record.less?.[old] ?? {};
    const after = now.get(next);
    if (after === undefined) {
      return [old, { snapshot: next, via: [], paths: record.paths, less: { files, bytes } }];
    }
    const paths = [...new Set([...record.paths, ...after.paths])];
    const less = { files: files + after.less.files, bytes: bytes + after.less.bytes };
    return [old, { snapshot: after.snapshot, via: [next, ...after.via], paths, less }];
  });
  // Only now: what one record says of several snapshots holds at once.
  known.forEach(([old, found]) => now.set(old, found));
}
