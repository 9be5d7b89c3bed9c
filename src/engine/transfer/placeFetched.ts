import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { EngineMethods } from '../../core/engine';
import { checkManifest, encodeManifest } from '../../core/manifest';
import { stripComments } from '../../core/manifest/readers';
import type { SnapshotId } from '../../core/ids';
import { CONTENT_BYTES, type PlaceRow } from '../../core/transferData';
import { shard } from '../../core/storeLayout';
import type { Control, EngineEnv } from '../context';
import { discard, ensureDir, join, makeDirs, writeAll } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { placeContent, setAside } from '../repair/placeContent';
import { MAX_MANIFEST_BYTES } from '../store/manifests';
import { objectPath, statObject } from '../store/objects';
import { requireWritable, type Store } from '../store/storeRoot';
import { beginWriting, canDefer, endWriting } from '../store/unsynced';
import { fileSystemTime } from '../worktree/capture';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** What comes in several pieces, until the last one. */
interface Draft {
  /** An object's, in `tmp/`. */
  path?: string;
  fd?: number;
  /** A manifest's pieces. */
  bytes?: Uint8Array;
  at: number;
}

const drafts = new Map<string, Draft>();
/** Manifests that were fetched and whose content is not here yet: they are placed when it is. */
const manifests = new Map<string, Uint8Array>();
const MANIFESTS_KEPT = 4;
const MOVE_TRIES = 5;

const keyOf = (store: Store, kind: string, hex: string): string => `${store.path} ${kind} ${hex}`;

/** The text of a manifest that was fetched and is not in its place yet. */
export function pendingManifest(store: Store, snapshot: string): Uint8Array | undefined {
  return manifests.get(keyOf(store, 'manifests', snapshot));
}

/** It is in its place, or not wanted any more. */
export function dropPendingManifest(store: Store, snapshot: string): void {
  manifests.delete(keyOf(store, 'manifests', snapshot));
}

/**
 * Puts fetched content in place: what does not hash to its address is never seen in the store. Small content is
 * not synced, under a mark, where that can be: `recordFetched` syncs all of it at once. A manifest is only kept
 * until its content is here.
 * @throws INTEGRITY, PARSE, UNSAFE_PATH, INVALID_ARGUMENT, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function placeFetched(
  env: EngineEnv,
  store: Store,
  { rows, bytes }: Params<'placeContent'>,
  control: Control,
): Result<'placeContent'> {
  requireWritable(store);
  const total = rows.reduce((sum, { length }) => sum + length, 0);
  if (total !== bytes.length || total > CONTENT_BYTES) {
    const reason = { is: 'wrong-length', bytes: bytes.length, expected: total } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'rows', reason });
  }
  io('create', store.tmp, () => ensureDir(env.fs, store.tmp, 0o700));
  const deferred = canDefer(env) && rows.some((row) => isWholeObject(row));
  if (deferred) {
    beginWriting(env, store, fileSystemTime(env, store));
  }
  try {
    return { placed: placeAll(env, store, { rows, bytes, deferred }, control) };
  } finally {
    if (deferred) {
      endWriting(env, store);
    }
  }
}

function placeAll(
  env: EngineEnv,
  store: Store,
  of: { rows: readonly PlaceRow[]; bytes: Uint8Array; deferred: boolean },
  control: Control,
): number {
  const { rows, bytes, deferred } = of;
  let at = 0;
  let placed = 0;
  for (const row of rows) {
    throwIfCancelled(control.signal);
    const piece = bytes.subarray(at, at + row.length);
    at += row.length;
    placed += place(env, store, { row, piece, deferred }, control) ? 1 : 0;
  }
  return placed;
}

const isWholeObject = ({ kind, offset, length, size }: PlaceRow): boolean =>
  kind === 'objects' && offset === 0 && length === size;

interface Piece {
  row: PlaceRow;
  piece: Uint8Array;
  deferred: boolean;
}

function place(env: EngineEnv, store: Store, of: Piece, control: Control): boolean {
  const { row, piece, deferred } = of;
  if (row.kind === 'manifests') {
    return addToManifest(store, row, piece, control);
  }
  if (!isWholeObject(row)) {
    return addToDraft(env, store, row, piece, control);
  }
  check(row.checksum, blake3(piece));
  if (statObject(env, store, row.checksum)?.size === row.size) {
    return false;
  }
  if (deferred) {
    placeUnsynced(env, store, row.checksum, piece);
  } else {
    const wanted = { kind: 'objects' as const, hex: row.checksum };
    const candidate = { source: 'vault' as const, from: '', bytes: piece };
    placeContent(env, store, { wanted, candidate }, control);
  }
  return true;
}

function check(expected: string, actual: string): void {
  if (actual !== expected) {
    throw new SnapdirError('INTEGRITY', { address: expected, expected, actual });
  }
}

function placeUnsynced(env: EngineEnv, store: Store, hex: string, bytes: Uint8Array): void {
  const { fs } = env;
  const to = objectPath(store, hex);
  const draft = join(store.tmp, env.randomName());
  io('write', to, () => {
    const fd = fs.open(draft, 'wx', 0o600);
    try {
      writeAll(fs, fd, bytes);
    } catch (error) {
      discard(fs, draft);
      throw error;
    } finally {
      fs.close(fd);
    }
    setAside(env, store, to, hex);
    moveIn(env, store, draft, to, hex);
  });
}

/** A collection may remove the empty folders that were just made. */
function moveIn(env: EngineEnv, store: Store, draft: string, to: string, hex: string): void {
  for (let tries = MOVE_TRIES; ; tries--) {
    makeDirs(env.fs, store.objects, shard(hex).split('/').slice(0, -1), 0o700);
    try {
      env.fs.rename(draft, to);
      return;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || tries === 0) {
        discard(env.fs, draft);
        throw error;
      }
    }
  }
}

/** The draft that this piece goes on with. The first piece begins anew. */
function draftOf(
  store: Store,
  row: PlaceRow,
  fresh: () => Draft,
  end: (draft: Draft) => void,
): Draft {
  const key = keyOf(store, row.kind, row.checksum);
  const known = drafts.get(key);
  if (row.offset === 0) {
    if (known !== undefined) {
      end(known);
    }
    const draft = fresh();
    drafts.set(key, draft);
    return draft;
  }
  if (known?.at !== row.offset) {
    const where = { at: row.offset, expected: known?.at ?? 0 };
    const reason = { is: 'wrong-piece', ...where } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: row.checksum, reason });
  }
  return known;
}

function addToDraft(
  env: EngineEnv,
  store: Store,
  row: PlaceRow,
  piece: Uint8Array,
  control: Control,
): boolean {
  const { fs } = env;
  const end = ({ path, fd }: Draft): void => {
    drafts.delete(keyOf(store, 'objects', row.checksum));
    fs.close(fd!);
    discard(fs, path!);
  };
  const fresh = (): Draft => {
    objectPath(store, row.checksum);
    const path = join(store.tmp, env.randomName());
    return { path, fd: io('write', path, () => fs.open(path, 'wx', 0o600)), at: 0 };
  };
  const draft = draftOf(store, row, fresh, end);
  try {
    io('write', draft.path!, () => writeAll(fs, draft.fd!, piece));
    draft.at += piece.length;
    if (draft.at < row.size) {
      return false;
    }
    const wanted = { kind: 'objects' as const, hex: row.checksum };
    const candidate = { source: 'vault' as const, from: draft.path! };
    const placed = placeContent(env, store, { wanted, candidate }, control);
    end(draft);
    if (placed === undefined) {
      check(row.checksum, 'other bytes');
    }
    return true;
  } catch (error) {
    if (drafts.has(keyOf(store, 'objects', row.checksum))) {
      end(draft);
    }
    throw error;
  }
}

function addToManifest(store: Store, row: PlaceRow, piece: Uint8Array, control: Control): boolean {
  if (row.size > MAX_MANIFEST_BYTES) {
    const reason = `larger than ${MAX_MANIFEST_BYTES} bytes`;
    throw new SnapdirError('PARSE', { what: 'manifest', reason });
  }
  const draft = draftOf(
    store,
    row,
    () => ({ bytes: new Uint8Array(row.size), at: 0 }),
    () => undefined,
  );
  const bytes = draft.bytes!;
  bytes.set(piece, row.offset);
  draft.at += piece.length;
  if (draft.at < row.size) {
    return false;
  }
  const key = keyOf(store, 'manifests', row.checksum);
  drafts.delete(key);
  manifests.delete(key);
  manifests.set(key, addressed(bytes, row.checksum, control));
  for (const oldest of manifests.keys()) {
    if (manifests.size <= MANIFESTS_KEPT) {
      break;
    }
    manifests.delete(oldest);
  }
  return true;
}

/** The text that hashes to the id, of a manifest that is sound by every rule, however snapdir's tools wrote it. */
function addressed(bytes: Uint8Array, id: string, control: Control): Uint8Array {
  const manifest = checkManifest(bytes, id as SnapshotId, blake3, { signal: control.signal });
  for (const text of [bytes, stripComments(bytes), encodeManifest(manifest)]) {
    if (blake3(text) === id) {
      return text;
    }
  }
  throw new SnapdirError('INTEGRITY', { address: id, expected: id, actual: blake3(bytes) });
}
