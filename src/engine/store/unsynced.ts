import type { EngineEnv } from '../context';
import { discard, ensureDir, join, readFile, writeFileDurable } from '../disk/durable';
import { errnoOf, io } from '../disk/fsErrors';
import { isDead, type ProcessText } from '../disk/leaseFile';
import { thisHost, type LeaseHost } from '../disk/leaseHost';
import type { Store } from './storeRoot';

/**
 * Marks of content that is in its place but perhaps not on disk (H2). A process puts its mark in
 * `unsynced/`, durably, before it writes the first object without a sync, and takes it away when a sync of
 * the whole file system has covered everything. So after a power cut or a kill the marks that are left
 * tell which content has to be looked at before anybody relies on it (`unclean.ts`).
 *
 * A mark's name is of no meaning, its text names the process, its time is the file system's at its making:
 * whatever is older, by more than the clock may have gone back, was not written under it. Its mode tells what the process does: 0600 it is writing,
 * so a kill may leave part of a file; 0400 it is not, so only a power cut can tear anything.
 */
export interface Mark {
  path: string;
  sinceNs: bigint;
  writing: boolean;
  /** undefined: the text is damaged, as after a power cut. */
  owner: ProcessText | undefined;
}

/** So much the clock may go back without anybody noticing. */
const SLACK_NS = 2_000_000_000n;
const WRITING = 0o600;
const AT_REST = 0o400;
const MAX_MARK_BYTES = 4096;
const NAME = /^[0-9a-f]{32}$/;

/** This process's marks: store → path. */
const own = new Map<string, string>();

const hostOf = (env: EngineEnv): LeaseHost => env.leaseHost ?? thisHost();
const keyOf = (env: EngineEnv, store: Store): string => `${hostOf(env).pid} ${store.path}`;

/**
 * Whether content may be written without a sync here: a reboot must be told from a restart, and one call
 * must be able to sync everything.
 */
export function canDefer(env: EngineEnv): boolean {
  return env.platform === 'linux' && hostOf(env).boot !== '';
}

/**
 * Says, durably, that this process is about to put content in place without syncing it.
 * @param nowNs the file system's time: when it went back, a new mark begins an earlier stretch
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function beginWriting(env: EngineEnv, store: Store, nowNs: bigint): void {
  const { fs } = env;
  const path = own.get(keyOf(env, store));
  const stat = path === undefined ? undefined : fs.lstat(path);
  if (path !== undefined && stat !== undefined && stat.mtimeNs <= nowNs + SLACK_NS) {
    io('write', path, () => fs.chmod(path, WRITING));
    return;
  }
  const mark = join(store.unsynced, env.randomName());
  const { host, boot, pidSpace, pid, started } = hostOf(env);
  const owner: ProcessText = { host, boot, pidSpace, pid, started };
  io('create', mark, () => {
    if (ensureDir(fs, store.unsynced, 0o700)) {
      fs.fsyncDir(store.path);
    }
    // Whole or not there: another process must never take a mark in the making for a damaged one.
    const bytes = new TextEncoder().encode(`${JSON.stringify(owner)}\n`);
    writeFileDurable(env, store.tmp, mark, bytes, WRITING);
  });
  own.set(keyOf(env, store), mark);
}

/** Nothing is half written any more. Best effort: a mark that stays "writing" costs time after a kill. */
export function endWriting(env: EngineEnv, store: Store): void {
  const path = own.get(keyOf(env, store));
  if (path !== undefined) {
    settleMark(env, { path });
  }
}

/** Every mark that is there. */
export function listMarks(env: EngineEnv, store: Store): Mark[] {
  const { fs } = env;
  if (fs.lstat(store.unsynced)?.kind !== 'dir') {
    return [];
  }
  const marks: Mark[] = [];
  for (const { name } of io('list', store.unsynced, () => fs.readdir(store.unsynced))) {
    const path = join(store.unsynced, name);
    const stat = NAME.test(name) ? fs.lstat(path) : undefined;
    if (stat?.kind === 'file') {
      const writing = (stat.mode & 0o200) !== 0;
      marks.push({ path, sinceNs: stat.mtimeNs - SLACK_NS, writing, owner: readOwner(env, path) });
    }
  }
  return marks;
}

function readOwner(env: EngineEnv, path: string): ProcessText | undefined {
  try {
    const bytes = readFile(env.fs, path, MAX_MARK_BYTES);
    const owner = JSON.parse(new TextDecoder().decode(bytes)) as ProcessText;
    return typeof owner.boot === 'string' && typeof owner.pid === 'number' ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** What a mark asks for. `live`: its process is at work, or it ended with everything written whole. */
export type MarkState = 'live' | 'killed' | 'power cut';

/** @returns what became of the process that made the mark */
export function stateOf(env: EngineEnv, mark: Mark): MarkState {
  const host = hostOf(env);
  if (mark.owner?.boot !== host.boot) {
    return 'power cut';
  }
  return mark.writing && isGone(env, mark) ? 'killed' : 'live';
}

function isGone(env: EngineEnv, mark: Mark): boolean {
  return mark.owner !== undefined && isDead(mark.owner, hostOf(env));
}

/** From when on content may be under one of these marks; undefined: there is none. */
export function sinceOf(marks: readonly Mark[]): bigint | undefined {
  return marks
    .map(({ sinceNs }) => sinceNs)
    .reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
}

/** Whether anything may be in place that is not on disk. */
export function hasUnsynced(env: EngineEnv, store: Store): boolean {
  return listMarks(env, store).length > 0;
}

/**
 * After everything that was written is on disk: takes away this process's mark, and those of processes
 * that ended. Others still write under theirs.
 */
export function clearMarks(env: EngineEnv, store: Store, marks: readonly Mark[]): void {
  const key = keyOf(env, store);
  for (const mark of marks) {
    const mine = mark.path === own.get(key);
    if (mine || (!mark.writing && isGone(env, mark))) {
      removeMark(env, mark.path);
    }
  }
  own.delete(key);
}

/** The content under another process's mark was looked at and is whole. */
export function settleMark(env: EngineEnv, mark: Pick<Mark, 'path'>): void {
  try {
    env.fs.chmod(mark.path, AT_REST);
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
  }
}

/** Removes one mark. It may come back after a power cut: then content is looked at once too often. */
export function removeMark(env: EngineEnv, path: string): void {
  discard(env.fs, path);
}
