import { SnapdirError } from '../errors';
import { EMPTY_CHECKSUM, type HashBytes } from '../hasher';
import { directoryChecksum } from '../merkle';
import { isAscending, type CompareEntries } from '../order';
import { parentOf } from '../paths';
import type { ManifestEntry, RelPath } from '../tree';

function refuse(reason: string): never {
  throw new SnapdirError('PARSE', { what: 'manifest', reason });
}

/** A directory's line, and what its direct children say. */
interface Directory {
  entry: ManifestEntry;
  count: number;
  size: number;
  children: string[];
}

function collectDirectories(entries: readonly ManifestEntry[]): Map<RelPath, Directory> {
  const directories = new Map<RelPath, Directory>();
  for (const entry of entries) {
    if (entry.type === 'D') {
      directories.set(entry.path, { entry, count: 0, size: 0, children: [] });
    }
  }
  return directories;
}

function gatherChildren(
  entries: readonly ManifestEntry[],
  directories: Map<RelPath, Directory>,
  keepChecksums: boolean,
): void {
  let parentPath: RelPath | undefined;
  let parent: Directory | undefined;
  for (const entry of entries) {
    if (entry.type === 'F' && directories.has(entry.path)) {
      refuse(`${JSON.stringify(entry.path)} is a file and a directory`);
    }
    if (entry.path === '') {
      continue;
    }
    // Neighbours mostly share their parent: a comparison instead of a look-up.
    const path = parentOf(entry.path);
    if (parent === undefined || path !== parentPath) {
      parent = directories.get(path);
      parentPath = path;
    }
    if (parent === undefined) {
      refuse(`there is no directory line for the parent of ${JSON.stringify(entry.path)}`);
    }
    parent.count++;
    parent.size += entry.size;
    if (keepChecksums) {
      parent.children.push(entry.checksum);
    }
  }
}

/** Whether a directory's checksum is right: wholly with a hash, else only where no hash is needed. */
function checksumFits(directory: Directory, hash: HashBytes | undefined): boolean {
  const { checksum } = directory.entry;
  if (hash === undefined || directory.count === 0) {
    return (directory.count === 0) === (checksum === EMPTY_CHECKSUM);
  }
  return directoryChecksum(directory.children, hash) === checksum;
}

function refuseChecksum(
  wrong: ManifestEntry,
  entries: readonly ManifestEntry[],
  someFit: boolean,
): never {
  // BLAKE3 left a trace elsewhere: then this line alone is wrong.
  if (someFit || entries.some((entry) => entry.checksum === EMPTY_CHECKSUM)) {
    refuse(`the checksum of directory ${JSON.stringify(wrong.path)} does not fit what is in it`);
  }
  throw new SnapdirError('UNSUPPORTED_HASH', {
    what: 'manifest',
    reason:
      'its checksums are not plain BLAKE3: it was made with another hash function ' +
      '(snapdir --checksum-bin, such as SHA-256) or with a key (SNAPDIR_MANIFEST_CONTEXT)',
  });
}

function checkDirectories(
  entries: readonly ManifestEntry[],
  directories: Iterable<Directory>,
  hash: HashBytes | undefined,
): void {
  let wrong: ManifestEntry | undefined;
  let someFit = false;
  for (const directory of directories) {
    if (!checksumFits(directory, hash)) {
      wrong ??= directory.entry;
    } else if (hash !== undefined) {
      someFit = true;
    }
    if (directory.size !== directory.entry.size) {
      refuse(`the size of directory ${JSON.stringify(directory.entry.path)} is not its files' sum`);
    }
  }
  if (wrong !== undefined) {
    refuseChecksum(wrong, entries, someFit);
  }
}

/**
 * Checks sorted entries against each other: one root, no path twice, every parent a directory, directory
 * sizes and checksums (store-format §1, §2; reliability H33, H34). Without a hash only the checksums of
 * empty directories are checked, and that no other directory has theirs.
 * @throws PARSE, UNSUPPORTED_HASH
 */
export function checkStructure(
  entries: readonly ManifestEntry[],
  compare: CompareEntries,
  hash: HashBytes | undefined,
): void {
  const root = entries[0];
  if (root === undefined || root.type !== 'D' || root.path !== '') {
    refuse('there is no line for the root directory');
  }
  if (!isAscending(entries, compare)) {
    refuse('a path is listed twice');
  }
  const directories = collectDirectories(entries);
  gatherChildren(entries, directories, hash !== undefined);
  checkDirectories(entries, directories.values(), hash);
}
