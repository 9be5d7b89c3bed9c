import { throwIfCancelled } from '../../base/abort';
import type { RepairSource } from '../../core/engine';
import { shard } from '../../core/storeLayout';
import type { Control, EngineEnv } from '../context';
import {
  discard,
  dirOf,
  ensureDir,
  join,
  makeDirs,
  writeAll,
  writeFileDurable,
} from '../disk/durable';
import { errnoOf, io, isOwnLack, translate, withMissing } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { freshHasher, ioBuffer } from '../store/objects';
import type { Store } from '../store/storeRoot';
import { contentPath, type ContentKind } from '../store/trash';

/** Something that may have the content that is wanted. Nothing is believed of it. */
export interface Candidate {
  source: RepairSource;
  /** Absolute path; what people are told. */
  from: string;
  /** The content itself, where it was made in memory. */
  bytes?: Uint8Array;
}

/** What is wanted: content by its checksum. */
export interface Wanted {
  kind: ContentKind;
  hex: string;
}

/** What is to be placed. */
export interface Placing {
  wanted: Wanted;
  candidate: Candidate;
  /** Called before anything in the store changes. */
  check?: () => void;
  /** Told of a candidate that is there and cannot be read. */
  unread?: ((path: string) => void) | undefined;
}

/**
 * Copies a candidate to the place of what is wanted, durably, if it hashes to it. What was there before is
 * kept in `damaged/`.
 * @returns bytes; undefined: it is not it
 * @throws DISK_FULL, READ_ONLY, IO (of the store, not of the candidate), AbortError
 */
export function placeContent(
  env: EngineEnv,
  store: Store,
  of: Placing,
  control: Control,
): number | undefined {
  const { kind, hex } = of.wanted;
  const draft = join(store.tmp, env.randomName());
  const to = contentPath(store, kind, hex);
  return io('write', to, () => {
    ensureDir(env.fs, store.tmp, 0o700);
    const copied = copy(env, of, draft, control);
    if (copied?.checksum !== hex) {
      discard(env.fs, draft);
      return undefined;
    }
    try {
      of.check?.();
      setAside(env, store, to, hex);
      const changed = makeDirs(env.fs, store[kind], shard(hex).split('/').slice(0, -1), 0o700);
      env.fs.rename(draft, to);
      for (const dir of [dirOf(to), ...changed.reverse()]) {
        env.fs.fsyncDir(dir);
      }
    } catch (error) {
      discard(env.fs, draft);
      throw error;
    }
    return copied.bytes;
  });
}

/** A file that cannot be read, or is gone, is no candidate: it is no failure of the repair. */
function copy(
  env: EngineEnv,
  { candidate: { from, bytes }, unread }: Pick<Placing, 'candidate' | 'unread'>,
  to: string,
  control: Control,
): { checksum: string; bytes: number } | undefined {
  const { fs } = env;
  const out = fs.open(to, 'wx', 0o600);
  try {
    if (bytes !== undefined) {
      writeAll(fs, out, bytes);
      fs.fsync(out);
      return { checksum: blake3(bytes), bytes: bytes.length };
    }
    const onPiece = (piece: Uint8Array, count: number): void => writeAll(fs, out, piece, count);
    const read = readPieces(env, from, control, { onPiece, unread });
    if (read !== undefined) {
      fs.fsync(out);
    }
    return read;
  } catch (error) {
    discard(fs, to);
    const needed = bytes?.length ?? fs.lstat(from)?.size ?? 0;
    const of = { path: dirOf(to), bytes: needed, files: 1 };
    throw withMissing(fs, translate(error, 'write', to), of);
  } finally {
    fs.close(out);
  }
}

/** Who takes what is read, and who is told of a path that is there and cannot be read. */
interface Reader {
  onPiece?: (piece: Uint8Array, count: number) => void;
  unread?: ((path: string) => void) | undefined;
}

/** Hashes a file; hands on what is read. undefined: it cannot be read, or is not there. */
export function readPieces(
  env: EngineEnv,
  path: string,
  control: Control,
  { onPiece, unread }: Reader = {},
): { checksum: string; bytes: number } | undefined {
  const { fs } = env;
  const tell = (): void => unread?.(path);
  const open = (): number | undefined =>
    fs.lstat(path)?.kind === 'file' ? fs.open(path, 'r') : undefined;
  const fd = attempt(open, tell);
  if (fd === undefined) {
    return undefined;
  }
  try {
    const buffer = ioBuffer();
    const hasher = freshHasher();
    for (let bytes = 0; ;) {
      throwIfCancelled(control.signal);
      const count = attempt(() => fs.read(fd, buffer, 0, buffer.length), tell);
      if (count === undefined) {
        return undefined;
      }
      if (count === 0) {
        return { checksum: hasher.digest(), bytes };
      }
      hasher.update(buffer, 0, count);
      onPiece?.(buffer, count);
      bytes += count;
    }
  } finally {
    fs.close(fd);
  }
}

/**
 * undefined where the file system says no: of that path, not for a lack of our own.
 * @param unread called where that is for another reason than that nothing is there
 */
export function attempt<T>(step: () => T, unread?: () => void): T | undefined {
  try {
    return step();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined || isOwnLack(error)) {
      throw error;
    }
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') {
      unread?.();
    }
    return undefined;
  }
}

/**
 * Moves what is damaged out of its place, to be looked at by people. What was set aside under this name before stays:
 * it may be what is whole. Raw errors.
 */
export function setAside(env: EngineEnv, store: Store, path: string, name: string): boolean {
  if (env.fs.lstat(path) === undefined) {
    return false;
  }
  ensureDir(env.fs, store.damaged, 0o700);
  const aside = join(store.damaged, name);
  const isTaken = env.fs.lstat(aside) !== undefined;
  env.fs.rename(path, isTaken ? `${aside}-${env.randomName()}` : aside);
  return true;
}

/** Puts a record where it belongs, durably. The caller has checked its bytes against its name. */
export function placeRecord(env: EngineEnv, store: Store, name: string, bytes: Uint8Array): void {
  const to = join(store.records, name);
  io('write', to, () => setAside(env, store, to, name));
  writeFileDurable(env, store.tmp, to, bytes);
}
