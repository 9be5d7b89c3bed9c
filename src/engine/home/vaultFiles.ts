import { shard } from '../../core/storeLayout';
import type { EngineEnv } from '../context';
import { dirOf, discard, join, makeDirs, writeAll } from '../disk/durable';
import { errnoOf, translate, withMissing } from '../disk/fsErrors';
import { readPieces } from '../repair/placeContent';
import type { Store } from '../store/storeRoot';
import { contentPath, type ContentKind } from '../store/trash';

/**
 * Copies one thing into the vault, not synced: the folders that have to be are added to `changed`.
 * @returns bytes that were copied; undefined: it is there, or the store has not got it
 */
export function keepContent(
  env: EngineEnv,
  { store, vault, changed }: { store: Store; vault: Store; changed: Set<string> },
  kind: ContentKind,
  hex: string,
): number | undefined {
  const from = contentPath(store, kind, hex);
  const to = contentPath(vault, kind, hex);
  if (env.fs.lstat(to) !== undefined || env.fs.lstat(from)?.kind !== 'file') {
    return undefined;
  }
  const parts = shard(hex).split('/').slice(0, -1);
  makeDirs(env.fs, vault[kind], parts, 0o700).forEach((dir) => changed.add(dir));
  changed.add(dirOf(to));
  return keepFile(env, vault, from, to, hex);
}

/** Clone, second name, or copy, of any file of the store. @returns bytes that were copied */
export function keepFile(
  env: EngineEnv,
  vault: Store,
  from: string,
  to: string,
  hex?: string,
): number {
  const { fs } = env;
  const draft = join(vault.tmp, env.randomName());
  if (fs.clone(from, draft)) {
    fs.rename(draft, to);
    return 0;
  }
  discard(fs, draft);
  try {
    fs.link(from, to);
    return 0;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    if (errnoOf(error) === 'EEXIST' || fs.lstat(from) === undefined) {
      return 0;
    }
  }
  return copyFile(env, { from, to, draft, hex });
}

function copyFile(
  env: EngineEnv,
  of: { from: string; to: string; draft: string; hex: string | undefined },
): number {
  const { fs } = env;
  const { from, to, draft, hex } = of;
  const fd = fs.open(draft, 'wx', 0o600);
  try {
    const quiet = { signal: { aborted: false }, progress: () => undefined };
    const onPiece = (piece: Uint8Array, count: number): void => writeAll(fs, fd, piece, count);
    const read = readPieces(env, from, quiet, { onPiece });
    fs.fsync(fd);
    if (read === undefined || (hex !== undefined && read.checksum !== hex)) {
      return 0;
    }
    fs.rename(draft, to);
    return read.bytes;
  } catch (error) {
    discard(fs, draft);
    const bytes = fs.lstat(from)?.size ?? 0;
    throw withMissing(fs, translate(error, 'write', to), { path: dirOf(draft), bytes, files: 1 });
  } finally {
    fs.close(fd);
    discard(fs, draft);
  }
}
