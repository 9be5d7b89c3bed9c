import { throwIfCancelled } from '../../../base/abort';
import { SnapdirError } from '../../../core/errors';
import type { Control, EngineEnv } from '../../context';
import { discard, dirOf, ensureDir, join } from '../../disk/durable';
import { errnoOf, io } from '../../disk/fsErrors';
import { copyObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';
import { rescueObject } from '../../store/trash';
import type { Selection } from './selection';
import { MODE_MASK } from './steps';

const SYNC_EACH_LIMIT = 32;

/** A selection written out under a name of our own, whole and durable, before it is shown to anybody. */
export interface Draft {
  /** The folder that holds it. */
  dir: string;
  /** The thing itself. */
  path: string;
}

function at(draft: Draft, path: string): string {
  return path === '' ? draft.path : join(draft.path, path);
}

/**
 * Writes a draft. Every byte is checked on the way; folder modes come last.
 * @throws OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function writeDraft(
  env: EngineEnv,
  store: Store,
  draft: Draft,
  selection: Selection,
  control: Control,
): void {
  const { fs } = env;
  const folders = selection.entries.filter(({ type }) => type === 'D');
  const files = selection.entries.filter(({ type }) => type === 'F');
  io('write', draft.dir, () => {
    folders.forEach(({ path }) => ensureDir(fs, at(draft, path), 0o700));
    const each = files.length <= SYNC_EACH_LIMIT || !fs.syncFileSystem(draft.dir);
    for (const [index, { path, checksum, mode }] of files.entries()) {
      control.progress({ phase: 'write', done: index, total: files.length });
      const options = { mode: mode & MODE_MASK, control, sync: each, shown: path };
      copy(env, store, { checksum, destination: at(draft, path) }, options);
    }
    for (const { path, target } of selection.links) {
      throwIfCancelled(control.signal);
      fs.symlink(target, at(draft, path));
    }
    for (const { path, mode } of folders.toReversed()) {
      if (each) {
        fs.fsyncDir(at(draft, path));
      }
      // A folder without its own write right could not be moved into place.
      fs.chmod(at(draft, path), (mode & MODE_MASK) | (path === '' ? 0o700 : 0));
    }
    if (!each) {
      fs.syncFileSystem(draft.dir);
    }
    fs.fsyncDir(draft.dir);
  });
}

function copy(
  env: EngineEnv,
  store: Store,
  of: { checksum: string; destination: string },
  options: Parameters<typeof copyObject>[4],
): void {
  const run = (): number => copyObject(env, store, of.checksum, of.destination, options);
  try {
    run();
  } catch (error) {
    const gone = SnapdirError.is(error, 'OBJECT_NOT_FOUND') && store.readOnly === null;
    if (!gone || !rescueObject(env, store, of.checksum)) {
      throw error;
    }
    run();
  }
}

/** Removes whatever of a draft is still there: exactly what was written, nothing recursive. */
export function removeDraft(env: EngineEnv, draft: Draft, selection: Selection): void {
  const { fs } = env;
  const quietly = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      if (errnoOf(error) === undefined) {
        throw error;
      }
    }
  };
  const folders = selection.entries.filter(({ type }) => type === 'D');
  folders.forEach(({ path }) => quietly(() => fs.chmod(at(draft, path), 0o700)));
  for (const { path } of selection.entries.filter(({ type }) => type === 'F')) {
    discard(fs, at(draft, path));
  }
  selection.links.forEach(({ path }) => discard(fs, at(draft, path)));
  folders.toReversed().forEach(({ path }) => quietly(() => fs.rmdir(at(draft, path))));
  quietly(() => fs.rmdir(draft.dir));
  quietly(() => fs.fsyncDir(dirOf(draft.dir)));
}
