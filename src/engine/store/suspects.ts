import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { dirOf, discard, ensureDir, join, readFile, writeFileDurable } from '../disk/durable';
import { blake3 } from '../hashing/blake3';
import { forgetLook } from '../hashing/statCache';
import { walkContents } from './contents';
import { MAX_MANIFEST_BYTES } from './manifests';
import { copyObject } from './objects';
import { listRecords, MAX_RECORD_BYTES } from './records';
import type { Store } from './storeRoot';

/**
 * Notes of syncs that failed (H6). The system may have thrown away what it could not write and call it
 * written, so the next sync would succeed and mean nothing: the content has to be written anew instead.
 * A note (`failedSyncs.ts`) lies in `unsynced/`; its text is the time, in nanoseconds, from which on content is in doubt.
 */
const NAME = /^suspect-[0-9a-f]{32}$/;
const MAX_NOTE_BYTES = 64;

export interface Suspects {
  paths: string[];
  sinceNs: bigint;
}

/** The notes that are there; undefined: none. */
export function listSuspects(env: EngineEnv, store: Store): Suspects | undefined {
  if (env.fs.lstat(store.unsynced)?.kind !== 'dir') {
    return undefined;
  }
  const found: Suspects = { paths: [], sinceNs: 0n };
  for (const { name } of env.fs.readdir(store.unsynced)) {
    const path = join(store.unsynced, name);
    const bytes = NAME.test(name) ? readFile(env.fs, path, MAX_NOTE_BYTES) : undefined;
    if (bytes !== undefined) {
      const text = new TextDecoder().decode(bytes);
      // A damaged note: everything is in doubt.
      const since = /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
      const first = found.paths.length === 0 || since < found.sinceNs;
      found.sinceNs = first ? since : found.sinceNs;
      found.paths.push(path);
    }
  }
  return found.paths.length === 0 ? undefined : found;
}

/** Everything in doubt was written anew. */
export function clearSuspects(env: EngineEnv, suspects: Suspects | undefined): void {
  suspects?.paths.forEach((path) => discard(env.fs, path));
}

/**
 * Writes everything in doubt anew: as other files, synced, that then take the place of the old ones.
 * @throws IO, DISK_FULL; INTEGRITY where content is lost already: it is in `damaged/` then, and the next take
 * writes it from the folder
 */
export function rewriteSuspects(
  env: EngineEnv,
  store: Store,
  { sinceNs }: Suspects,
  control: Control,
): void {
  for (const kind of ['objects', 'manifests'] as const) {
    for (const { hex, path, stat } of walkContents(env, store, kind, control)) {
      if (stat.mtimeNs >= sinceNs) {
        unlessLost(env, store, { path, name: hex }, () =>
          kind === 'objects'
            ? rewriteObject(env, store, { hex, path }, control)
            : rewriteFile(env, store, { id: hex, path }, MAX_MANIFEST_BYTES),
        );
      }
    }
  }
  for (const { name, id } of listRecords(env, store)) {
    const path = join(store.records, name);
    if ((env.fs.lstat(path)?.mtimeNs ?? -1n) >= sinceNs) {
      unlessLost(env, store, { path, name }, () =>
        rewriteFile(env, store, { id, path }, MAX_RECORD_BYTES),
      );
    }
  }
}

function rewriteObject(
  env: EngineEnv,
  store: Store,
  { hex, path }: { hex: string; path: string },
  control: Control,
): void {
  const draft = join(store.tmp, env.randomName());
  try {
    copyObject(env, store, hex, draft, { mode: 0o600, control, sync: true });
    env.fs.rename(draft, path);
  } catch (error) {
    discard(env.fs, draft);
    if (SnapdirError.is(error, 'OBJECT_NOT_FOUND')) {
      return; // A garbage collection was faster.
    }
    throw error;
  }
  env.fs.fsyncDir(dirOf(path));
}

function rewriteFile(
  env: EngineEnv,
  store: Store,
  { id, path }: { id: string; path: string },
  maxBytes: number,
): void {
  const bytes = readFile(env.fs, path, maxBytes);
  if (bytes === undefined) {
    return;
  }
  const actual = blake3(bytes);
  if (actual !== id) {
    throw new SnapdirError('INTEGRITY', { address: id, expected: id, actual });
  }
  writeFileDurable(env, store.tmp, path, bytes);
}

/** What is lost leaves its place, or the next take would take it for stored. */
function unlessLost(
  env: EngineEnv,
  store: Store,
  { path, name }: { path: string; name: string },
  rewrite: () => void,
): void {
  try {
    rewrite();
  } catch (error) {
    if (SnapdirError.is(error, 'INTEGRITY')) {
      ensureDir(env.fs, store.damaged, 0o700);
      env.fs.rename(path, join(store.damaged, name));
      forgetLook(env, store);
    }
    throw error;
  }
}
