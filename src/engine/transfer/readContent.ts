import { SnapdirError } from '../../core/errors';
import { ContentTable } from '../../core/contentTable';
import type { EngineMethods } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import { CONTENT_BYTES, type ReadRow } from '../../core/transferData';
import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';
import { freeMemory } from '../../base/freeMemory';
import { blake3 } from '../hashing/blake3';
import { manifestPath, readManifestBytes } from '../store/manifests';
import { checkObject, objectPath, readObjectInto, statObject } from '../store/objects';
import { rescueObject } from '../store/trash';
import type { Store } from '../store/storeRoot';
import { freeText, startedText } from './listContent';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

function tooMuch(): never {
  const reason = { is: 'too-large-a-message', most: CONTENT_BYTES } as const;
  throw new SnapdirError('INVALID_ARGUMENT', { argument: 'rows', reason });
}

/**
 * Bytes of objects, one after the other. A whole object is checked; of one that is read in pieces all of it is
 * checked before its first piece.
 * @throws OBJECT_NOT_FOUND, INTEGRITY, INVALID_ARGUMENT, IO, AbortError
 */
export function readContent(
  env: EngineEnv,
  store: Store,
  params: Params<'readContent'>,
  control: Control,
): Result<'readContent'> {
  const lengthOf = ({ size, offset = 0, length = size - offset }: ReadRow): number => length;
  const { into } = params;
  // Tens of thousands of objects for rows would be garbage that this thread keeps for minutes.
  const rows: Iterable<ReadRow> = 'packed' in params ? ContentTable.of(params.packed) : params.rows;
  let total = 0;
  for (const row of rows) {
    total += lengthOf(row);
  }
  if (!(total <= (into?.length ?? CONTENT_BYTES))) {
    tooMuch();
  }
  const bytes = into ?? new Uint8Array(total);
  let at = 0;
  for (const row of rows) {
    const length = lengthOf(row);
    if (length === row.size) {
      const size = readObjectInto(env, store, row.checksum, bytes.subarray(at, at + length));
      if (size !== row.size) {
        refuseSize(row, size);
      }
    } else {
      readPiece(env, store, row, bytes.subarray(at, at + length), control);
    }
    at += length;
  }
  if ('packed' in params) {
    freeMemory(params.packed); // It came by message, and there are thousands of them.
  }
  return { bytes: into === undefined ? bytes : new Uint8Array(0) };
}

function refuseSize({ checksum, size }: ReadRow, actual: number): never {
  const [wanted, found] = [`${size} bytes`, `${actual} bytes`];
  throw new SnapdirError('INTEGRITY', { address: checksum, expected: wanted, actual: found });
}

function readPiece(
  env: EngineEnv,
  store: Store,
  { checksum, size, offset = 0 }: ReadRow,
  into: Uint8Array,
  control: Control,
): void {
  if (statObject(env, store, checksum) === undefined) {
    rescueObject(env, store, checksum);
  }
  if (offset === 0) {
    const actual = checkObject(env, store, checksum, control);
    if (actual !== size) {
      refuseSize({ checksum, size }, actual);
    }
  }
  const path = objectPath(store, checksum);
  const read = io('read', path, () => readAt(env, path, offset, into));
  if (read !== into.length) {
    refuseSize({ checksum, size }, offset + read);
  }
}

function readAt(env: EngineEnv, path: string, offset: number, into: Uint8Array): number {
  const fd = env.fs.open(path, 'r');
  try {
    let done = 0;
    for (let count = -1; count !== 0 && done < into.length; done += count) {
      count = env.fs.read(fd, into, done, into.length - done, offset + done);
    }
    return done;
  } finally {
    env.fs.close(fd);
  }
}

/** A manifest as it is stored, checked: that of a promotion out of memory, where its stored text is the canonical one. */
function storedText(env: EngineEnv, store: Store, snapshot: SnapshotId): Uint8Array {
  const known = startedText(store, snapshot);
  if (known !== undefined && blake3(known) === snapshot) {
    return known;
  }
  const bytes = readManifestBytes(env, store, snapshot);
  if (bytes === undefined) {
    throw new SnapdirError('MANIFEST_NOT_FOUND', { snapshot });
  }
  const actual = blake3(bytes);
  if (actual !== snapshot) {
    throw new SnapdirError('INTEGRITY', { address: snapshot, expected: snapshot, actual });
  }
  return bytes;
}

/**
 * The manifest that is being read in pieces, which may be asked for in any order, and more than once where a request was tried
 * again; `left`: bytes that were not asked for yet, `asked`: where pieces began.
 */
let manifest: { key: string; bytes: Uint8Array; left: number; asked: Set<number> } | undefined;

/**
 * A piece of a stored manifest's text, as it is stored.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, IO
 */
export function readManifestPiece(
  env: EngineEnv,
  store: Store,
  { snapshot, offset, length, into }: Params<'readManifestPiece'>,
): Result<'readManifestPiece'> {
  if (length > CONTENT_BYTES) {
    tooMuch();
  }
  const key = manifestPath(store, snapshot);
  if (manifest?.key !== key) {
    const bytes = storedText(env, store, snapshot);
    manifest = { key, bytes, left: bytes.length, asked: new Set() };
  }
  const { bytes: whole } = manifest;
  const piece = whole.subarray(offset, offset + length);
  const answer = { bytes: into === undefined ? piece.slice() : new Uint8Array(0) };
  into?.set(piece);
  manifest.left -= manifest.asked.has(offset) ? 0 : piece.length;
  manifest.asked.add(offset);
  if (manifest.left <= 0) {
    manifest = undefined;
    freeText(whole);
  }
  return answer;
}
