import { SnapdirError } from '../../core/errors';
import { parseRecord } from '../../core/recordFormat';
import type { ManifestEntry } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { ensureDir, join, readFile } from '../disk/durable';
import { errnoBehind, errnoOf, io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { forgetLook } from '../hashing/statCache';
import { walkContents } from './contents';
import { readManifest } from './manifests';
import { checkObject, statObject } from './objects';
import { listRecords, loadHistory, MAX_RECORD_BYTES, type RecordName } from './records';
import type { Store } from './storeRoot';
import { findInTrash } from './trash';
import { listMarks, removeMark, settleMark, sinceOf, stateOf, type Mark } from './unsynced';

/** What an unclean end had left. */
export interface Recovery {
  /** Objects, manifests and records that were torn, and checkpoints that need one of them. */
  objects: number;
  manifests: number;
  records: number;
}

/**
 * Looks at what processes that were cut off had written without a sync (`unsynced.ts`), before anybody
 * relies on it: torn objects and manifests leave their place, so that the next take writes them anew, and
 * an automatic checkpoint that needs one of them is listed no more. All of it is kept in `damaged/`. What was
 * acknowledged as durable is never among it. Any number of processes may do this at once.
 * @returns undefined: nothing was cut off
 * @throws IO, DISK_FULL, AbortError
 */
export function recoverUnclean(
  env: EngineEnv,
  store: Store,
  control: Control,
): Recovery | undefined {
  if (store.readOnly !== null) {
    return undefined;
  }
  const cut = listMarks(env, store).filter((mark) => stateOf(env, mark) !== 'live');
  if (cut.length === 0) {
    return undefined;
  }
  const sweep = new Sweep(env, store, cut, control);
  const found = io('recover', store.path, () => sweep.run());
  // The stat cache may call stored what is not there any more.
  forgetLook(env, store);
  for (const mark of sweep.postponed ? [] : cut) {
    if (stateOf(env, mark) === 'killed') {
      // Whole by now, but not on disk yet: the next sync of everything takes it away.
      settleMark(env, mark);
    } else {
      removeMark(env, mark.path);
    }
  }
  const { objects, manifests, records } = found;
  env.log.warn(
    `after an unclean end: ${objects} objects, ${manifests} manifests and ${records} records set aside`,
  );
  return found;
}

/** How often an object is read before it is given up, and how many may be given up in any case. */
const ATTEMPTS = 2;
const FEW = 8;

/** One look at everything that is not older than the oldest mark. */
class Sweep {
  private readonly env: EngineEnv;
  private readonly store: Store;
  private readonly cut: readonly Mark[];
  private readonly control: Control;
  private readonly sinceNs: bigint;
  /** Something could not be judged yet. */
  postponed = false;
  private readable = 0;
  private unreadable = 0;
  private readonly found: Recovery = { objects: 0, manifests: 0, records: 0 };
  /** Objects that are there with a size: each is looked at once. */
  private readonly sizes = new Map<string, number>();

  constructor(env: EngineEnv, store: Store, cut: readonly Mark[], control: Control) {
    this.env = env;
    this.store = store;
    this.cut = cut;
    this.control = control;
    this.sinceNs = sinceOf(cut)!;
  }

  run(): Recovery {
    this.sweep('objects');
    this.sweep('manifests');
    this.sweepRecords();
    return this.found;
  }

  private sweep(kind: 'objects' | 'manifests'): void {
    const { env, store, control } = this;
    let done = 0;
    for (const { hex, path, stat } of walkContents(env, store, kind, control)) {
      control.progress({ phase: 'verify', done: ++done, total: 0 });
      if (stat.mtimeNs >= this.sinceNs && !this.isWhole(kind, hex, path)) {
        // What a living process was just writing is whole by the time that nobody writes any more.
        const torn = !this.isBeingWritten() && !this.isWhole(kind, hex, path);
        this.found[kind] += torn && this.setAside(path, hex) ? 1 : 0;
      }
    }
  }

  /**
   * What the disk does not give back even at the second try counts as torn: it must not keep everybody from
   * working, and the next take writes it anew. As long as most can be read: else it is the disk that is away.
   */
  private isWhole(kind: 'objects' | 'manifests', hex: string, path: string): boolean {
    for (let attempt = 1; ; attempt++) {
      try {
        const whole = this.hasItsHash(kind, hex, path);
        this.readable++;
        return whole;
      } catch (error) {
        const errno = errnoBehind(error);
        if (errno === 'EACCES' || errno === 'EPERM') {
          // Another user can tell; the marks stay for them.
          this.postponed = true;
          return true;
        }
        if (errno !== 'EIO') {
          throw error;
        }
        if (attempt === ATTEMPTS) {
          return this.giveUp(path, error);
        }
      }
    }
  }

  private giveUp(path: string, error: unknown): boolean {
    this.unreadable++;
    if (this.unreadable > Math.max(FEW, this.readable)) {
      throw error;
    }
    this.env.log.warn(`${path} cannot be read: ${String(error)}`);
    return false;
  }

  private hasItsHash(kind: 'objects' | 'manifests', hex: string, path: string): boolean {
    if (kind === 'manifests') {
      const bytes = readFile(this.env.fs, path, Number.MAX_SAFE_INTEGER);
      return bytes === undefined || blake3(bytes) === hex;
    }
    try {
      checkObject(this.env, this.store, hex, this.control);
      return true;
    } catch (error) {
      if (SnapdirError.is(error, 'OBJECT_NOT_FOUND')) {
        return true; // A garbage collection was faster.
      }
      if (SnapdirError.is(error, 'INTEGRITY')) {
        return false;
      }
      throw error;
    }
  }

  private sweepRecords(): void {
    const { env, store, control } = this;
    for (const name of listRecords(env, store)) {
      control.progress({ phase: 'verify', done: 0, total: 0 });
      const path = join(store.records, name.name);
      const stat = env.fs.lstat(path);
      if (stat !== undefined && stat.mtimeNs >= this.sinceNs && !this.isGood(path, name)) {
        this.found.records += this.setAside(path, name.name) ? 1 : 0;
      }
    }
  }

  /** A record is good when it is whole and, for a take, everything that it lists is there. */
  private isGood(path: string, { id }: RecordName): boolean {
    const bytes = readFile(this.env.fs, path, MAX_RECORD_BYTES);
    if (bytes === undefined) {
      return true;
    }
    if (blake3(bytes) !== id) {
      return false;
    }
    try {
      const record = parseRecord(bytes);
      const mayLack = record.kind === 'take' && record.durability === 'relaxed';
      if (!mayLack || this.isComplete(record.snapshot)) {
        return true;
      }
      // Paths may have been forgotten since.
      const now = loadHistory(this.env, this.store).history.checkpoint(id)?.snapshot;
      return now !== undefined && now !== record.snapshot && this.isComplete(now);
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      return true; // Whole, but not ours to judge (a newer version's): it stays.
    }
  }

  private isComplete(snapshot: string): boolean {
    let entries: ManifestEntry[];
    try {
      ({ entries } = readManifest(this.env, this.store, snapshot));
    } catch (error) {
      if (SnapdirError.is(error, 'MANIFEST_NOT_FOUND')) {
        return false;
      }
      if (SnapdirError.is(error)) {
        return true;
      }
      throw error;
    }
    return entries.every(
      ({ type, checksum, size }) => type === 'D' || this.sizeOf(checksum) === size,
    );
  }

  private sizeOf(checksum: string): number {
    let size = this.sizes.get(checksum);
    if (size === undefined) {
      size = statObject(this.env, this.store, checksum)?.size ?? this.sizeInTrash(checksum);
      this.sizes.set(checksum, size);
    }
    return size;
  }

  private sizeInTrash(checksum: string): number {
    const path = findInTrash(this.env, this.store, 'objects', checksum);
    return (path === undefined ? undefined : this.env.fs.lstat(path)?.size) ?? -1;
  }

  /** Whether a process that lives may have a file half written. Then nothing is judged, and the marks stay. */
  private isBeingWritten(): boolean {
    const writing = listMarks(this.env, this.store).some(
      (mark) => mark.writing && stateOf(this.env, mark) === 'live',
    );
    this.postponed ||= writing;
    return writing;
  }

  /**
   * Moves something out of its place. Only while a mark asks for it: without one, another process has
   * recovered and may be writing anew under this name.
   */
  private setAside(path: string, name: string): boolean {
    const { env, store } = this;
    const asking = listMarks(env, store).filter((mark) => stateOf(env, mark) !== 'live');
    if (!this.cut.some((mark) => asking.some((one) => one.path === mark.path))) {
      return false;
    }
    ensureDir(env.fs, store.damaged, 0o700);
    try {
      env.fs.rename(path, join(store.damaged, name));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') {
        return false;
      }
      throw error;
    }
  }
}
