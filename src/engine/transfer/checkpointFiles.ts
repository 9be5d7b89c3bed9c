import { gunzipSync, gzipSync } from 'node:zlib';
import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import {
  checkpointLinesHeader,
  formatCheckpointLine,
  parseCheckpointLines,
  type CheckpointLine,
} from '../../core/promotion/checkpointLines';
import { fetchedNames } from '../../core/history/fetchedNames';
import { resolveRev } from '../../core/rev';
import type { TakeRecord } from '../../core/records';
import type { Control, EngineEnv } from '../context';
import { throwIfCancelled } from '../../base/abort';
import { fromOutside } from '../../core/outsideText';
import { dirOf, readFile, writeFileWhole } from '../disk/durable';
import { linksOf } from '../store/checkpointTrees';
import { loadHistory, readRecord } from '../store/records';
import type { Store } from '../store/storeRoot';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** Bytes, compressed and not: a file that grows beyond is a trap. */
const MAX_FILE = 256 * 1024 * 1024;
const MAX_TEXT = 256 * 1024 * 1024;
/** Deflate makes nothing smaller than this part of it. */
const MOST_PACKED = 1032;

function chosen(env: EngineEnv, store: Store, revs: string[] | undefined): CheckpointId[] {
  const { history } = loadHistory(env, store);
  if (revs === undefined) {
    return history
      .checkpointsNewestFirst()
      .map(({ id }) => id)
      .reverse();
  }
  const ids = revs.map((rev) => {
    const resolved = resolveRev(history, rev);
    if (resolved.kind !== 'snapshot' || resolved.checkpointId === null) {
      throw new SnapdirError('REV_NOT_FOUND', { rev });
    }
    return resolved.checkpointId;
  });
  const times = new Map(ids.map((id) => [id, history.checkpoint(id)!.time]));
  return [...times.keys()].sort((a, b) => times.get(a)! - times.get(b)!);
}

/**
 * Writes checkpoints, with the words they have now, as compressed JSON lines into a new file.
 * @throws TARGET_EXISTS, REV_NOT_FOUND, INVALID_ARGUMENT (too many), DISK_FULL, READ_ONLY, IO, AbortError
 */
export function exportCheckpoints(
  env: EngineEnv,
  store: Store,
  { path, revs }: Params<'exportCheckpoints'>,
  control: Control,
): Result<'exportCheckpoints'> {
  if (env.fs.lstat(path) !== undefined) {
    throw new SnapdirError('TARGET_EXISTS', { path, for: 'export' });
  }
  const { history } = loadHistory(env, store);
  const ids = chosen(env, store, revs);
  // What stores are called is each person's own matter.
  const fetched = new Set(fetchedNames(history));
  const lines = [checkpointLinesHeader()];
  let length = 0;
  for (const [done, id] of ids.entries()) {
    throwIfCancelled(control.signal);
    control.progress({ phase: 'write', done, total: ids.length });
    const record = readRecord(env, store, id) as TakeRecord;
    const { message, tags, snapshot, refs: all } = history.toInfo(id);
    const refs = all.filter((name) => !fetched.has(name));
    // What was forgotten is named nowhere, neither by the old snapshot nor as a link.
    const now = { snapshot, links: linksOf(env, store, id), message, tags };
    const line = formatCheckpointLine({ id, record: { ...record, ...now }, refs });
    length += Buffer.byteLength(line);
    if (length > MAX_TEXT) {
      const reason = { is: 'too-large-a-file' } as const;
      throw new SnapdirError('INVALID_ARGUMENT', { argument: 'export', reason });
    }
    lines.push(line);
  }
  const bytes = gzipSync(lines.join(''));
  writeFileWhole(env, dirOf(path), path, { bytes, durable: true });
  return { path, checkpoints: ids.length, bytes: bytes.length };
}

/** The checkpoints of such a file. @throws PARSE, INVALID_NAME, UNSUPPORTED_FORMAT, IO */
export function readCheckpointLines(env: EngineEnv, path: string): CheckpointLine[] {
  return fromOutside('exported', path, () => {
    const bytes = readFile(env.fs, path, MAX_FILE);
    if (bytes === undefined) {
      const errno = env.fs.lstat(path)?.kind === 'dir' ? 'EISDIR' : 'ENOENT';
      throw new SnapdirError('IO', { operation: 'read', path, errno });
    }
    return parseCheckpointLines(unzip(bytes, path));
  });
}

/** Before anything is unpacked, the end of the file says how large it gets: no more than that is taken of it. */
function unzip(bytes: Uint8Array, path: string): Uint8Array {
  const isGzip = bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  const size = isGzip
    ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true)
    : 0;
  if (size > MAX_TEXT) {
    // Where no content gets so large, the end is not the end: the file was cut off.
    throw size > bytes.length * MOST_PACKED ? notWhole(path) : tooLarge(path);
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (isGzip && ['ERR_BUFFER_TOO_LARGE', 'Z_BUF_ERROR', 'Z_DATA_ERROR'].includes(String(code))) {
      throw notWhole(path);
    }
    throw new SnapdirError('PARSE', { what: path, reason: 'it is not a gzip file' });
  }
}

function tooLarge(path: string): SnapdirError {
  const reason = `unpacked it is larger than ${MAX_TEXT} bytes, or it was cut off on the way`;
  return new SnapdirError('PARSE', { what: path, reason, why: 'too-large' });
}

function notWhole(path: string): SnapdirError {
  const reason = 'it is not whole, or damaged: copy or export it once more';
  return new SnapdirError('PARSE', { what: path, reason, why: 'not-whole' });
}
