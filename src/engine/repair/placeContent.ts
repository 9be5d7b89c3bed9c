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
import { errnoOf, io } from '../disk/fsErrors';
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

/**
 * Copies a candidate to the place of what is wanted, durably, if it hashes to it. What was there before is
 * kept in `damaged/`.
 * @param check called before anything in the store changes
 * @returns bytes; undefined: it is not it
 * @throws DISK_FULL, READ_ONLY, IO (of the store, not of the candidate), AbortError
 */
export function placeContent(
  env: EngineEnv,
  store: Store,
  of: { wanted: Wanted; candidate: Candidate; check?: () => void },
  control: Control,
): number | undefined {
  const { kind, hex } = of.wanted;
  const draft = join(store.tmp, env.randomName());
  const to = contentPath(store, kind, hex);
  return io('write', to, () => {
    ensureDir(env.fs, store.tmp, 0o700);
    const copied = copy(env, of.candidate, draft, control);
    if (copied?.checksum !== hex) {
      discard(env.fs, draft);
      return undefined;
    }
    of.check?.();
    setAside(env, store, to, hex);
    const changed = makeDirs(env.fs, store[kind], shard(hex).split('/').slice(0, -1), 0o700);
    env.fs.rename(draft, to);
    for (const dir of [dirOf(to), ...changed.reverse()]) {
      env.fs.fsyncDir(dir);
    }
    return copied.bytes;
  });
}

/** A file that cannot be read, or is gone, is no candidate: it is no failure of the repair. */
function copy(
  env: EngineEnv,
  { from, bytes }: Candidate,
  to: string,
  control: Control,
): { checksum: string; bytes: number } | undefined {
  const { fs } = env;
  const out = fs.open(to, 'wx', 0o600);
  let done = false;
  try {
    if (bytes !== undefined) {
      writeAll(fs, out, bytes);
      fs.fsync(out);
      done = true;
      return { checksum: blake3(bytes), bytes: bytes.length };
    }
    const read = readPieces(env, from, control, (piece, count) => writeAll(fs, out, piece, count));
    if (read !== undefined) {
      fs.fsync(out);
    }
    done = true;
    return read;
  } finally {
    fs.close(out);
    if (!done) {
      discard(fs, to);
    }
  }
}

/** Hashes a file; hands on what is read. undefined: it cannot be read. */
export function readPieces(
  env: EngineEnv,
  path: string,
  control: Control,
  onPiece: (piece: Uint8Array, count: number) => void = () => undefined,
): { checksum: string; bytes: number } | undefined {
  const { fs } = env;
  const fd = attempt(() => (fs.lstat(path)?.kind === 'file' ? fs.open(path, 'r') : undefined));
  if (fd === undefined) {
    return undefined;
  }
  try {
    const buffer = ioBuffer();
    const hasher = freshHasher();
    for (let bytes = 0; ;) {
      throwIfCancelled(control.signal);
      const count = attempt(() => fs.read(fd, buffer, 0, buffer.length));
      if (count === undefined) {
        return undefined;
      }
      if (count === 0) {
        return { checksum: hasher.digest(), bytes };
      }
      hasher.update(buffer, 0, count);
      onPiece(buffer, count);
      bytes += count;
    }
  } finally {
    fs.close(fd);
  }
}

/** undefined where the file system says no. */
export function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return undefined;
  }
}

/** Moves what is damaged out of its place, to be looked at by people. Raw errors. */
export function setAside(env: EngineEnv, store: Store, path: string, name: string): boolean {
  if (env.fs.lstat(path) === undefined) {
    return false;
  }
  ensureDir(env.fs, store.damaged, 0o700);
  env.fs.rename(path, join(store.damaged, name));
  return true;
}

/** Puts a record where it belongs, durably. The caller has checked its bytes against its name. */
export function placeRecord(env: EngineEnv, store: Store, name: string, bytes: Uint8Array): void {
  const to = join(store.records, name);
  io('write', to, () => setAside(env, store, to, name));
  writeFileDurable(env, store.tmp, to, bytes);
}
