import { invariant } from '../base/invariant';
import { decodeUtf8 } from '../base/utf8';
import { SnapdirError } from './errors';
import { isHex64, type RecordId } from './ids';
import type {
  ChangeCounts,
  DeleteRecord,
  ExcludeRules,
  ForgetRecord,
  GcRecord,
  Less,
  OperationRecord,
  Origin,
  PathFailure,
  Pruning,
  RefRecord,
  RenameRecord,
  RestoreCounts,
  RestoreRecord,
  Retention,
  Skipped,
  TagRecord,
  TakeRecord,
  TakeStats,
  UndoRecord,
} from './records';
import {
  bySnapshot,
  count,
  flag,
  links,
  list,
  name,
  object,
  oneOf,
  optional,
  orNull,
  path,
  recordId,
  RECORD_LIMITS as LIMITS,
  refuseRecord,
  shape,
  snapshotId,
  snapshotPairs,
  text,
  time,
  type Check,
} from './records/fields';

type Checks<T> = { [K in keyof T]-?: Check<T[K]> };

const changeCounts: Checks<ChangeCounts> = {
  added: count,
  deleted: count,
  modified: count,
  renamed: count,
};

/** The first fields of every record, in their order. */
function base<K extends OperationRecord['kind']>(
  kind: K,
): { v: Check<1>; kind: Check<K>; time: Check<number>; author: Check<string> } {
  return { v: () => 1, kind: () => kind, time, author: text(LIMITS.author) };
}

const skipped = shape<Skipped>({
  path: text(4 * LIMITS.text),
  reason: oneOf(
    'unreadable',
    'special-file',
    'unrepresentable-name',
    'too-large',
    'vanished',
    'nested-store',
    'other-file-system',
  ),
  detail: optional(text(LIMITS.text)),
});

const take = shape<TakeRecord>({
  ...base('take'),
  snapshot: snapshotId,
  parent: orNull(recordId),
  message: text(LIMITS.message),
  tags: list(name('tag'), LIMITS.tags),
  trigger: oneOf('manual', 'safety', 'auto', 'cli', 'agent', 'import'),
  stats: shape<TakeStats>({ ...changeCounts, files: count, bytes: count }),
  scope: orNull(list(path)),
  links,
  skipped: list(skipped),
  unstable: list(path),
  rules: shape<ExcludeRules>({
    useIgnoreFiles: flag,
    patterns: list(text(LIMITS.text), LIMITS.patterns),
    noIgnore: flag,
  }),
  durability: optional(oneOf('relaxed')),
  incremental: optional(flag),
  origin: optional(
    shape<Origin>({
      from: text(LIMITS.text),
      name: orNull(name('ref')),
      checkpoint: orNull(recordId),
      time,
      author: text(LIMITS.author),
    }),
  ),
});

const restore = shape<RestoreRecord>({
  ...base('restore'),
  purpose: oneOf('restore', 'undo', 'redo'),
  checkpoint: orNull(recordId),
  snapshot: snapshotId,
  safety: recordId,
  headBefore: orNull(recordId),
  head: orNull(recordId),
  scope: orNull(list(path)),
  exact: flag,
  reverses: orNull(recordId),
  counts: shape<RestoreCounts>({
    written: count,
    deleted: count,
    left: count,
    unchanged: count,
    failed: count,
  }),
  failed: list(shape<PathFailure>({ path, reason: text(LIMITS.text) })),
  conflicts: list(path),
});

/** One check for each kind. A kind that is missing here does not compile. */
const checks: { [R in OperationRecord as R['kind']]: Check<R> } = {
  take,
  restore,
  ref: shape<RefRecord>({
    ...base('ref'),
    name: name('ref'),
    checkpoint: orNull(recordId),
    previous: orNull(recordId),
    fetched: optional(flag),
  }),
  tag: shape<TagRecord>({
    ...base('tag'),
    checkpoint: recordId,
    add: list(name('tag'), LIMITS.tags),
    remove: list(name('tag'), LIMITS.tags),
    promoting: optional(name('ref')),
  }),
  rename: shape<RenameRecord>({
    ...base('rename'),
    checkpoint: recordId,
    message: text(LIMITS.message),
  }),
  delete: shape<DeleteRecord>({
    ...base('delete'),
    checkpoints: list(recordId),
    prune: optional(
      shape<Pruning>({
        keep: shape<Retention>({ last: count, hourly: count, daily: count, weekly: count }),
        automatic: flag,
      }),
    ),
    reverses: optional(recordId),
  }),
  undo: shape<UndoRecord>({ ...base('undo'), operation: recordId }),
  gc: shape<GcRecord>({
    ...base('gc'),
    objects: count,
    manifests: count,
    bytes: count,
    trash: text(LIMITS.author),
  }),
  forget: shape<ForgetRecord>({
    ...base('forget'),
    paths: list(path),
    replaced: snapshotPairs,
    less: optional(bySnapshot(shape<Less>({ files: count, bytes: count }))),
  }),
};

function checkRecord(value: unknown): OperationRecord {
  const fields = object(value, 'record');
  const version = Object.hasOwn(fields, 'v') ? fields['v'] : undefined;
  if (typeof version === 'number' && Number.isInteger(version) && version > 1) {
    throw new SnapdirError('UNSUPPORTED_FORMAT', { found: `record ${version}`, supported: '1' });
  }
  if (version !== 1) {
    refuseRecord('"v" is not 1');
  }
  const kind = Object.hasOwn(fields, 'kind') ? fields['kind'] : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(checks, kind)) {
    refuseRecord('unknown kind');
  }
  return checks[kind as OperationRecord['kind']](value, 'record');
}

/**
 * A record's canonical text: JSON with its fields in one fixed order, and a final newline. The record's id
 * is the BLAKE3 of this text, so the same record always has the same id.
 * @throws PARSE when a field breaks a limit: what is written can always be read back
 */
export function formatRecord(record: OperationRecord): string {
  return JSON.stringify(checkRecord(record)) + '\n';
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length > LIMITS.bytes) {
    refuseRecord(`is longer than ${LIMITS.bytes} bytes`);
  }
  try {
    return JSON.parse(decodeUtf8(bytes)) as unknown;
  } catch {
    return refuseRecord('is not JSON');
  }
}

/**
 * Reads a record and checks every field. Fields that this version does not know are dropped.
 * @throws PARSE; UNSUPPORTED_FORMAT when a newer version wrote it
 */
export function parseRecord(bytes: Uint8Array): OperationRecord {
  return checkRecord(parseJson(bytes));
}

const FILE_NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-([0-9a-f]{64})\.json$/;

/** `<YYYYMMDDTHHMMSSmmmZ>-<id>.json`: sorts by time, then by id (architecture §3). Years 1970 to 9999. */
export function recordFileName(at: number, id: RecordId): string {
  invariant(Number.isSafeInteger(at) && at >= 0 && at <= LIMITS.time, 'a record has a time');
  invariant(isHex64(id), 'a record has an id');
  return `${new Date(at).toISOString().replace(/[-:.]/g, '')}-${id}.json`;
}

/** What a record's file name says; undefined for any other name. */
export function parseRecordFileName(fileName: string): { time: number; id: RecordId } | undefined {
  const match = FILE_NAME.exec(fileName);
  if (match === null) {
    return undefined;
  }
  const [, y, mo, d, h, mi, s, ms, hex] = match;
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`);
  const id = hex as RecordId;
  // Days that no month has and hours beyond 23 do not survive the way back.
  const valid = Number.isFinite(at) && at >= 0 && recordFileName(at, id) === fileName;
  return valid ? { time: at, id } : undefined;
}
