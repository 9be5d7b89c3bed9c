import { decodeUtf8 } from '../../base/utf8';
import { throwIfCancelled } from '../../base/abort';
import type { Checksum, SnapshotId } from '../../core/ids';
import { visitFiles } from '../../core/manifest/addresses';
import type { ManifestEntry, RelPath } from '../../core/tree';
import { walkAddresses } from '../store/contents';
import type { DigestTable } from '../store/digestTable';
import { fileSystemNow } from '../store/gcClock';
import { listLookedAt, readLookedAt } from '../store/lookedAt';
import { contentPath, listTrash, listTrashed, trashPath } from '../store/trash';
import { filesBelow, UNDER_WAY_MS } from './drafts';
import { textOf, type Work } from './manifests';
import { isStored } from './plan';
import { entriesAt, unlessUnreadable, type Contents } from './survey';

/** What nothing names: of takes and fetches that failed, or of a promoted snapshot that somebody looked into. */
export interface Unnamed {
  found: Pick<ManifestEntry, 'checksum' | 'size' | 'path'>[];
  /** So many were found, and are none of ours to delete while somebody writes to the store. */
  underWay: number;
}

/**
 * Notes what manifests name.
 * @param of.all every address is added to it, too
 * @param named row of the contents → path; is added to
 * @returns those that could be read
 * @throws IO, AbortError
 */
export function nameFrom(
  work: Work,
  of: { snapshots: readonly SnapshotId[]; contents: Contents; all: DigestTable | undefined },
  named: Map<number, RelPath>,
): SnapshotId[] {
  const { snapshots, contents, all } = of;
  return snapshots.filter((snapshot, done) => {
    throwIfCancelled(work.control.signal);
    work.control.progress({ phase: 'plan', done, total: snapshots.length });
    const text = unlessUnreadable(() => textOf(work, snapshot));
    visitFiles(text ?? new Uint8Array(0), (line) => {
      all?.addBytes(line.bytes, line.checksumAt);
      const row = contents.table.rowOfBytes(line.bytes, line.checksumAt);
      if (row >= 0 && !named.has(row)) {
        named.set(row, decodeUtf8(line.bytes.subarray(line.pathAt, line.pathEnd)));
      }
    });
    return text !== undefined;
  });
}

/**
 * Objects that no manifest names. While anybody writes to the store none of them is found: it may be a long take, or
 * another program, that has not written its manifest yet.
 * @param contents what goes anyway, and is not counted
 * @param all every address that is named
 * @throws IO, AbortError
 */
export function findUnnamed(work: Work, contents: Contents, all: DigestTable): Unnamed {
  const { env, store, control } = work;
  const since = fileSystemNow(env, store) - UNDER_WAY_MS;
  const isYoung = (mtimeNs: bigint): boolean => Number(mtimeNs / 1_000_000n) > since;
  const found: Unnamed['found'] = [];
  let isBusy = false;
  const look = (hex: string, path: string): void => {
    const isKnown = all.has(hex) || contents.table.has(hex);
    const stat = isKnown ? undefined : env.fs.lstat(path);
    if (stat?.kind === 'file') {
      isBusy ||= isYoung(stat.mtimeNs);
      found.push({ checksum: hex as Checksum, size: stat.size, path: '' });
    }
  };
  for (const { hex } of walkAddresses(env, store, 'objects', control)) {
    look(hex, contentPath(store, 'objects', hex));
  }
  for (const gcId of listTrash(env, store)) {
    for (const hex of listTrashed(env, store, gcId, 'objects')) {
      look(hex, trashPath(store, gcId, 'objects', hex));
    }
  }
  if (found.length > 0 && !isBusy) {
    isBusy = [...filesBelow(work, store.tmp)].some((path) =>
      isYoung(env.fs.lstat(path)?.mtimeNs ?? 0n),
    );
  }
  return isBusy ? { found: [], underWay: found.length } : { found, underWay: 0 };
}

/**
 * Adds what is here of the paths in promoted snapshots that somebody looked into: nothing but those texts in `cache/` names it.
 * @throws IO, AbortError
 */
export function addLookedAt(work: Work, paths: readonly RelPath[], contents: Contents): void {
  const { env, store, control } = work;
  for (const id of listLookedAt(env, store)) {
    const text = readLookedAt(env, store, id, control)?.canonical;
    for (const entry of text === undefined ? [] : entriesAt(text, paths)) {
      if (entry.type === 'F' && isStored(work, entry.checksum)) {
        contents.add(entry);
      }
    }
  }
}
