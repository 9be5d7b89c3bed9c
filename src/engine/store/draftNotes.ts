import type { EngineEnv } from '../context';
import { discard, ensureDir, join, readFile, writeFileDurable } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { isDead, type ProcessText } from '../disk/leaseFile';
import { thisHost } from '../disk/leaseHost';
import { removeTree } from '../disk/removeTree';
import type { Store } from './storeRoot';

/**
 * Notes on folders of ours outside of the store: a restore to another disk writes its files beside their
 * place first. The note, `tmp/beside-<name>`, is durable before the folder is made, so that a kill leaves
 * nothing that nobody knows of (H13).
 */
interface DraftNote extends ProcessText {
  /** Absolute path of the folder, which ends in `.snapdir-<name>`. */
  dir: string;
}

const NOTE = /^beside-([0-9a-f]{32})$/;
const INSIDE = /^(?:draft|[0-9a-f]{32})$/;
const MAX_NOTE_BYTES = 64 * 1024;

/** What such a folder is called. */
export function besideName(name: string): string {
  return `.snapdir-${name}`;
}

/** Whether an entry of `tmp/` is a note: those are not judged by their age alone. */
export function isDraftNote(entry: string): boolean {
  return NOTE.test(entry);
}

/** Says that this process is about to make a folder outside. @throws DISK_FULL, READ_ONLY, IO */
export function noteDraft(env: EngineEnv, store: Store, name: string, dir: string): void {
  const { host, boot, pidSpace, pid, started } = env.leaseHost ?? thisHost();
  const note: DraftNote = { dir, host, boot, pidSpace, pid, started };
  const bytes = new TextEncoder().encode(`${JSON.stringify(note)}\n`);
  const path = join(store.tmp, `beside-${name}`);
  io('write', path, () => {
    ensureDir(env.fs, store.tmp, 0o700);
    writeFileDurable(env, store.tmp, path, bytes);
  });
}

/** The folder is gone. */
export function forgetDraft(env: EngineEnv, store: Store, name: string): void {
  discard(env.fs, join(store.tmp, `beside-${name}`));
}

/**
 * Removes what restores that were killed left outside of the store.
 * @param isOld whether an entry of `tmp/` is so old that nobody can be at work on it any more
 * @returns how many folders went
 * @throws IO
 */
export function clearDrafts(
  env: EngineEnv,
  store: Store,
  isOld: (entry: string) => boolean = () => false,
): number {
  const { fs } = env;
  if (store.readOnly !== null || fs.lstat(store.tmp)?.kind !== 'dir') {
    return 0;
  }
  let count = 0;
  for (const { name: entry } of io('list', store.tmp, () => fs.readdir(store.tmp))) {
    const name = NOTE.exec(entry)?.[1];
    const note = name === undefined ? undefined : readNote(env, join(store.tmp, entry));
    if (name === undefined || (!isAbandoned(env, note) && !isOld(entry))) {
      continue;
    }
    if (note !== undefined && isOurs(env, note.dir, name)) {
      removeTree(env, note.dir);
      count++;
    }
    if (note === undefined || fs.lstat(note.dir) === undefined) {
      discard(fs, join(store.tmp, entry));
    }
  }
  return count;
}

function readNote(env: EngineEnv, path: string): DraftNote | undefined {
  try {
    const bytes = readFile(env.fs, path, MAX_NOTE_BYTES);
    const note = JSON.parse(new TextDecoder().decode(bytes)) as DraftNote;
    return typeof note.dir === 'string' && typeof note.pid === 'number' ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Its process is certainly no more: it ended, or the machine was started anew since. */
function isAbandoned(env: EngineEnv, note: DraftNote | undefined): boolean {
  const host = env.leaseHost ?? thisHost();
  const rebooted =
    note?.host === host.host && host.boot !== '' && note.boot !== '' && note.boot !== host.boot;
  return note !== undefined && (rebooted || isDead(note, host));
}

/** A note may have come with a clone: only a folder with our random name and nothing but our names in it goes. */
function isOurs(env: EngineEnv, dir: string, name: string): boolean {
  const { fs } = env;
  try {
    const isNamed = dir.endsWith(`/${besideName(name)}`) && dir.startsWith('/');
    return (
      isNamed &&
      fs.lstat(dir)?.kind === 'dir' &&
      fs.readdir(dir).every((entry) => INSIDE.test(entry.name))
    );
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    return false;
  }
}
