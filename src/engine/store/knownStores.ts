import type { RepositoryLocation } from '../../core/engine';
import type { EngineEnv } from '../context';
import type { Fs, Stat } from '../disk/fs';

/** What a store was opened by: its own folder, and its FORMAT. */
export interface StoreStats {
  dir: Stat | undefined;
  format: Stat | undefined;
}

/** A change in the same tick of the file system's clock leaves no trace in a stat (as in H16). */
const SETTLED_NS = 2_000_000_000n;

const keyOf = ({ root, store }: RepositoryLocation): string => `${root}\0${store ?? ''}`;

function isSame(a: Stat | undefined, b: Stat | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.kind === b.kind &&
    a.ino === b.ino &&
    a.dev === b.dev &&
    a.uid === b.uid &&
    a.size === b.size &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs
  );
}

/** Stores that may be written and are this user's, as they were opened. */
export class KnownStores<S> {
  /** By file system: each has its own. */
  private readonly stores = new WeakMap<Fs, Map<string, { store: S; stats: StoreStats }>>();

  /**
   * The store that was opened here before, when no name in its folder came, went or became something else
   * since, and FORMAT is the same. undefined: it has to be looked at.
   */
  find({ fs }: EngineEnv, location: RepositoryLocation, stats: StoreStats): S | undefined {
    const known = this.stores.get(fs)?.get(keyOf(location));
    const same =
      known !== undefined &&
      isSame(known.stats.dir, stats.dir) &&
      isSame(known.stats.format, stats.format);
    return same ? known.store : undefined;
  }

  /**
   * Remembers a store, unless its folder is so young that it could change without another time.
   * @param stats taken before it was opened
   */
  note(env: EngineEnv, location: RepositoryLocation, stats: StoreStats, store: S): void {
    const nowNs = BigInt(Math.trunc(env.clock.now())) * 1_000_000n;
    const isYoung = (stat: Stat): boolean =>
      stat.mtimeNs > nowNs - SETTLED_NS || stat.ctimeNs > nowNs - SETTLED_NS;
    const { dir, format } = stats;
    if (dir === undefined || format === undefined || isYoung(dir) || isYoung(format)) {
      return;
    }
    const known = this.stores.get(env.fs) ?? new Map<string, { store: S; stats: StoreStats }>();
    this.stores.set(env.fs, known.set(keyOf(location), { store, stats }));
  }
}
