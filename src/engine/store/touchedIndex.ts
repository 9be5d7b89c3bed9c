import { createHash } from 'node:crypto';
import { isHex64, type CheckpointId } from '../../core/ids';
import type { RelPath } from '../../core/tree';
import type { EngineEnv } from '../context';
import { join, readFile, writeFileRelaxed } from '../disk/durable';
import type { Store } from './storeRoot';

const VERSION = 1;
const DIGITS = 64;
const MAX_CACHE_BYTES = 128 * 1024 * 1024;
/** A checkpoint that changed more is compared when somebody asks: imports and generated files would fill memory. */
export const MANY_PATHS = 500;
/** Nor are more names kept in all. */
const MAX_NAMES = 1_000_000;

/** What one checkpoint changed, as numbers of paths; null: too many to keep. */
interface Touched {
  parent: CheckpointId | null;
  paths: Uint32Array | null;
}

interface CachedIndex {
  version: number;
  names: RelPath[];
  /** Checkpoint, parent or an empty text, numbers of paths or null. */
  checkpoints: [string, string, number[] | null][];
}

/**
 * Which paths each checkpoint changed against its parent, so that nobody compares manifests to find the
 * snapshots that touch a path. Derived data: it may be lost at any time.
 */
export class TouchedIndex {
  private readonly names: RelPath[] = [];
  private readonly numbers = new Map<RelPath, number>();
  private readonly checkpoints = new Map<CheckpointId, Touched>();
  /** How many checkpoints were added since it was read or saved. */
  fresh = 0;

  /** Undefined: not known, for this parent. */
  get(id: CheckpointId, parent: CheckpointId | null): Uint32Array | null | undefined {
    const known = this.checkpoints.get(id);
    return known?.parent === parent ? known.paths : undefined;
  }

  /** Notes what a checkpoint changed. */
  set(id: CheckpointId, parent: CheckpointId | null, paths: Iterable<RelPath>): void {
    const all = [...paths];
    const few = all.length <= MANY_PATHS && this.names.length + all.length <= MAX_NAMES;
    const numbers = few ? Uint32Array.from(all, (path) => this.numberOf(path)) : null;
    this.checkpoints.set(id, { parent, paths: numbers });
    this.fresh += 1;
  }

  /** The numbers of a path and of everything below it. */
  numbersWithin(path: RelPath): Set<number> {
    const below = `${path}/`;
    const found = new Set<number>();
    this.names.forEach((name, number) => {
      if (name === path || name.startsWith(below)) {
        found.add(number);
      }
    });
    return found;
  }

  private numberOf(path: RelPath): number {
    let number = this.numbers.get(path);
    if (number === undefined) {
      number = this.names.push(path) - 1;
      this.numbers.set(path, number);
    }
    return number;
  }

  /** Plain JSON. */
  toJSON(): CachedIndex {
    return {
      version: VERSION,
      names: this.names,
      checkpoints: [...this.checkpoints].map(([id, { parent, paths }]) => [
        id,
        parent ?? '',
        paths === null ? null : [...paths],
      ]),
    };
  }

  /** What {@link toJSON} made; undefined where it is something else. */
  static from(value: unknown): TouchedIndex | undefined {
    const { version, names, checkpoints } = value as CachedIndex;
    if (version !== VERSION || !names.every((name) => typeof name === 'string')) {
      return undefined;
    }
    const index = new TouchedIndex();
    names.forEach((name) => index.numberOf(name));
    for (const [id, parent, paths] of checkpoints) {
      const sound =
        isHex64(id) && (parent === '' || isHex64(parent)) && paths?.every((n) => n in names);
      if (sound === false) {
        return undefined;
      }
      const known = paths === null ? null : Uint32Array.from(paths);
      const living = parent === '' ? null : (parent as CheckpointId);
      index.checkpoints.set(id as CheckpointId, { parent: living, paths: known });
    }
    return index;
  }
}

function cachePath(store: Store): string {
  return join(store.cache, 'touched.json');
}

function checksum(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The index that was kept; an empty one where there is none that can be used. Never fails. */
export function loadTouchedIndex(env: EngineEnv, store: Store): TouchedIndex {
  try {
    // What came with the folder says what its maker wants to be believed.
    const bytes = store.foreign ? undefined : readFile(env.fs, cachePath(store), MAX_CACHE_BYTES);
    if (bytes !== undefined) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      // 64 hex digits of the rest come first: a torn or edited cache is not used.
      if (buffer.toString('latin1', 0, DIGITS) === checksum(bytes.subarray(DIGITS + 1))) {
        const kept = TouchedIndex.from(JSON.parse(buffer.toString('utf8', DIGITS + 1)));
        return kept ?? new TouchedIndex();
      }
    }
  } catch {
    // As if it had never been there.
  }
  return new TouchedIndex();
}

/** Keeps the index for the next process. */
export function saveTouchedIndex(env: EngineEnv, store: Store, index: TouchedIndex): void {
  if (store.readOnly !== null || store.foreign) {
    return;
  }
  index.fresh = 0;
  const body = JSON.stringify(index);
  writeFileRelaxed(env, store.tmp, cachePath(store), Buffer.from(`${checksum(body)}\n${body}`));
}
