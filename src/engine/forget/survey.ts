import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { visitFiles } from '../../core/manifest/addresses';
import { readLines } from '../../core/manifest/lines';
import { linesWithin } from '../../core/manifest/linesWithin';
import { inScope } from '../../core/paths';
import type { ManifestEntry, RelPath } from '../../core/tree';
import { isOwnLack } from '../disk/fsErrors';
import { DigestTable } from '../store/digestTable';
import { textOf, type Work } from './manifests';

/** The contents that lie at the paths, each once. */
export class Contents {
  readonly table = new DigestTable();
  readonly sizes: number[] = [];
  /** One of the paths that each lies at. */
  readonly paths: RelPath[] = [];

  add({ checksum, size, path }: Pick<ManifestEntry, 'checksum' | 'size' | 'path'>): void {
    if (this.table.addHex(checksum) === this.sizes.length) {
      this.sizes.push(size);
      this.paths.push(path);
    }
  }

  get length(): number {
    return this.sizes.length;
  }

  hex(row: number): string {
    return this.table.hex(row);
  }
}

/** What a manifest has at the paths, folders too. */
export function entriesAt(text: Uint8Array, paths: readonly RelPath[]): ManifestEntry[] {
  return readLines(linesWithin(text, paths), {}).filter(({ path }) => inScope(path, paths));
}

/**
 * Which of these snapshots have something at the paths. Their contents are noted.
 * @param onUnread told of each that cannot be read, or is not there
 * @throws IO, AbortError
 */
export function findHolders(
  work: Work,
  of: { paths: readonly RelPath[]; snapshots: ReadonlySet<SnapshotId>; contents: Contents },
  onUnread: (snapshot: SnapshotId) => void,
): SnapshotId[] {
  const { paths, snapshots, contents } = of;
  const holders: SnapshotId[] = [];
  let done = 0;
  for (const snapshot of snapshots) {
    throwIfCancelled(work.control.signal);
    work.control.progress({ phase: 'plan', done: done++, total: 2 * snapshots.size });
    const entries = unlessUnreadable(() => {
      const text = textOf(work, snapshot);
      return text && entriesAt(text, paths);
    });
    if (entries === undefined) {
      onUnread(snapshot);
    } else if (entries.length > 0) {
      holders.push(snapshot);
      entries.filter(({ type }) => type === 'F').forEach((entry) => contents.add(entry));
    }
  }
  return holders;
}

/** undefined: it is damaged. What this process lacks (open files, permissions) is no damage. */
export function unlessUnreadable<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!SnapdirError.is(error) || isOwnLack(error)) {
      throw error;
    }
    return undefined;
  }
}

/**
 * Which of the contents something else names, and a path that does. Manifests that cannot be read name nothing.
 * @param of.leaves whether a path of a snapshot is about to be forgotten there
 * @param named row → path; is added to
 * @throws IO, AbortError
 */
export function findOthers(
  work: Work,
  of: {
    contents: Contents;
    snapshots: ReadonlySet<SnapshotId>;
    leaves: (snapshot: SnapshotId, path: RelPath) => boolean;
  },
  named: Map<number, RelPath>,
): void {
  const { contents, snapshots, leaves } = of;
  let done = 0;
  for (const snapshot of contents.length === 0 ? [] : snapshots) {
    throwIfCancelled(work.control.signal);
    work.control.progress({
      phase: 'plan',
      done: snapshots.size + done++,
      total: 2 * snapshots.size,
    });
    const text = unlessUnreadable(() => textOf(work, snapshot));
    visitFiles(
      text ?? new Uint8Array(0),
      (line) => {
        const row = contents.table.rowOfBytes(line.bytes, line.checksumAt);
        if (row >= 0 && !named.has(row)) {
          const path = decodeUtf8(line.bytes.subarray(line.pathAt, line.pathEnd));
          if (!leaves(snapshot, path)) {
            named.set(row, path);
          }
        }
      },
      work.control.signal,
    );
  }
}
