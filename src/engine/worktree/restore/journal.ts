import { SnapdirError } from '../../../core/errors';
import { isHex64, type CheckpointId, type RecordId, type SnapshotId } from '../../../core/ids';
import { checkRelPath, PATH_LIMITS } from '../../../core/paths';
import type { PathFailure } from '../../../core/records';
import {
  count,
  flag,
  list,
  oneOf,
  orNull,
  path,
  recordId,
  RECORD_LIMITS,
  shape,
  snapshotId,
  text,
  time,
  type Check,
} from '../../../core/records/fields';
import type { RelPath } from '../../../core/tree';
import type { EngineEnv } from '../../context';
import { join, readFile, writeFileDurable } from '../../disk/durable';
import { io } from '../../disk/fsErrors';
import { blake3 } from '../../hashing/blake3';
import type { Store } from '../../store/storeRoot';
import type { NodeState, Step } from './steps';

/** What a restore is about to do, durable before it does any of it (H38). It ends with the restore. */
export interface Journal {
  /** Names the folder `restore/<id>/`: 32 hex digits. */
  id: string;
  started: number;
  purpose: 'restore' | 'undo' | 'redo';
  checkpoint: CheckpointId | null;
  snapshot: SnapshotId;
  /** Holds every `before`. */
  safety: CheckpointId;
  safetySnapshot: SnapshotId;
  headBefore: CheckpointId | null;
  head: CheckpointId | null;
  scope: RelPath[] | null;
  exact: boolean;
  reverses: RecordId | null;
  left: number;
  unchanged: number;
  /** Paths that were left alone from the start. */
  refused: PathFailure[];
  /** Where the staging folder is: beside the journal, or in the workspace when that is another file system. */
  staging: 'store' | 'folder';
  steps: Step[];
}

const NAME = 'journal';
const ID = /^[0-9a-f]{32}$/;
const MAX_JOURNAL_BYTES = 1024 * 1024 * 1024;

/** The folder of one restore in the store. */
export function journalDir(store: Store, id: string): string {
  return join(store.restore, id);
}

type Row = [RelPath, ...(string | number | null)[]];

function pack(state: NodeState | null): (string | number | null)[] {
  switch (state?.kind) {
    case undefined:
      return [null, null, null];
    case 'file':
      return [state.checksum, state.mode, state.size];
    case 'dir':
      return ['D', state.mode, null];
    case 'link':
      return ['L', state.target, null];
  }
}

function bad(reason: string): never {
  throw new SnapdirError('PARSE', { what: 'restore journal', reason });
}

function isMode(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o777;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A journal may have come with a clone: it is checked like any other input (reliability rule 8). */
function unpack(what: unknown, second: unknown, size: unknown): NodeState | null {
  if (what === null) {
    return null;
  }
  if (what === 'L') {
    const isTarget = typeof second === 'string' && second !== '' && !second.includes('\0');
    return isTarget ? { kind: 'link', target: second } : bad('link');
  }
  if (!isMode(second)) {
    return bad('mode');
  }
  if (what === 'D') {
    return { kind: 'dir', mode: second };
  }
  if (typeof what !== 'string' || !isHex64(what) || !isSize(size)) {
    return bad('file');
  }
  return { kind: 'file', mode: second, checksum: what, size };
}

function toRow(step: Step): Row {
  return [step.path, ...pack(step.before), ...pack(step.after)];
}

function fromRow(row: unknown): Step {
  if (!Array.isArray(row) || row.length !== 7 || typeof row[0] !== 'string') {
    return bad('step');
  }
  checkRelPath(row[0]);
  return {
    path: row[0],
    before: unpack(row[1], row[2], row[3]),
    after: unpack(row[4], row[5], row[6]),
  };
}

/**
 * Writes the journal durably. From here until {@link removeJournal} the restore is pending.
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function writeJournal(env: EngineEnv, store: Store, journal: Journal): void {
  const { steps, ...head } = journal;
  const lines = [JSON.stringify(head), ...steps.map((step) => JSON.stringify(toRow(step)))];
  const body = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const bytes = new Uint8Array(body.length + 65);
  bytes.set(new TextEncoder().encode(`${blake3(body)}\n`));
  bytes.set(body, 65);
  const dir = journalDir(store, journal.id);
  writeFileDurable(env, store.tmp, join(dir, NAME), bytes);
  io('sync', dir, () => env.fs.fsyncDir(store.restore));
}

const relPath: Check<RelPath> = (value, field) => {
  const path = text(PATH_LIMITS.bytes)(value, field);
  checkRelPath(path);
  return path;
};

/** Every field of a journal but its steps; the checks of records serve here too. */
const checkHead = shape<Omit<Journal, 'steps'>>({
  id: text(32),
  started: time,
  purpose: oneOf('restore', 'undo', 'redo'),
  checkpoint: orNull(recordId),
  snapshot: snapshotId,
  safety: recordId,
  safetySnapshot: snapshotId,
  headBefore: orNull(recordId),
  head: orNull(recordId),
  scope: orNull(list(relPath)),
  exact: flag,
  reverses: orNull(recordId),
  left: count,
  unchanged: count,
  refused: list(shape<PathFailure>({ path, reason: text(RECORD_LIMITS.text) })),
  staging: oneOf('store', 'folder'),
});

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return bad('is not JSON');
  }
}

/**
 * Reads a journal's text, checked like any other input.
 * @throws PARSE, UNSAFE_PATH
 */
export function parseJournal(bytes: Uint8Array, id: string): Journal {
  const body = bytes.subarray(65);
  if (new TextDecoder().decode(bytes.subarray(0, 64)) !== blake3(body)) {
    return bad('its checksum does not fit');
  }
  const lines = new TextDecoder().decode(body).split('\n');
  const head = checkHead(parseLine(lines[0]!), 'journal');
  if (head.id !== id) {
    return bad('it belongs to another restore');
  }
  const steps = lines.slice(1, -1).map((line) => fromRow(parseLine(line)));
  return { ...head, steps };
}

/** @throws PARSE, UNSAFE_PATH, IO */
export function readJournal(env: EngineEnv, store: Store, id: string): Journal {
  const bytes = readFile(env.fs, join(journalDir(store, id), NAME), MAX_JOURNAL_BYTES);
  return bytes === undefined ? bad('missing') : parseJournal(bytes, id);
}

/** Ends the restore, durably. What is left in its folder is of no value. */
export function removeJournal(env: EngineEnv, store: Store, id: string): void {
  const dir = journalDir(store, id);
  io('remove', dir, () => {
    env.fs.unlink(join(dir, NAME));
    env.fs.fsyncDir(dir);
  });
}

/** Ids of restores with a journal, and of folders that were left behind by others. */
export function listRestores(env: EngineEnv, store: Store): { open: string[]; leftover: string[] } {
  const open: string[] = [];
  const leftover: string[] = [];
  if (env.fs.lstat(store.restore)?.kind !== 'dir') {
    return { open, leftover };
  }
  for (const entry of io('list', store.restore, () => env.fs.readdir(store.restore))) {
    if (entry.kind === 'dir' && ID.test(entry.name)) {
      const journal = env.fs.lstat(join(journalDir(store, entry.name), NAME));
      (journal?.kind === 'file' ? open : leftover).push(entry.name);
    }
  }
  return { open: open.sort(), leftover };
}
