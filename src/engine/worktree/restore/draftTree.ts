import type { Control, EngineEnv } from '../../context';
import { dirOf } from '../../disk/durable';
import { removeTree } from '../../disk/removeTree';
import { removeInBackground } from '../../jobs/removeJob';
import { forgetDraft } from '../../store/draftNotes';
import type { Store } from '../../store/storeRoot';
import type { FileToCopy } from './copyFiles';
import type { Selection } from './selection';
import { MODE_MASK } from './steps';
import { writeTree, type TreeToWrite } from './writeTree';

/** The name of the thing itself in the folder that holds it. */
export const DRAFT = 'draft';

/** A selection written out under a name of our own, whole and durable, before it is shown to anybody. */
export interface Draft {
  /** The folder that holds it. */
  dir: string;
  /** The thing itself. */
  path: string;
  /** Of a folder outside of the store: the name of the note on it. */
  note: string | undefined;
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
  const below = (path: string): string => (path === '' ? DRAFT : `${DRAFT}/${path}`);
  const folders: TreeToWrite['folders'][number][] = [];
  const files: FileToCopy[] = [];
  for (const { type, path, mode: bits, checksum, size } of selection.entries) {
    const mode = bits & MODE_MASK;
    if (type === 'F') {
      files.push({ to: below(path), shown: path, checksum, size, mode });
    } else {
      // A folder without its own write right could not be moved into place.
      folders.push({ to: below(path), mode: path === '' ? mode | 0o700 : mode });
    }
  }
  const links = selection.links.map(({ path, target }) => ({ to: below(path), target }));
  const tree = { root: draft.dir, folders, files, links, wantStats: false } as const;
  writeTree(env, store, { ...tree, phase: 'write' }, control);
}

/** Removes whatever of a draft is still there. */
export function removeDraft(env: EngineEnv, store: Store, draft: Draft): void {
  if (dirOf(draft.dir) === store.tmp) {
    removeInBackground(env, store, draft.dir);
  } else {
    // Beside somebody's files nothing of ours may stay for a moment longer.
    removeTree(env, draft.dir);
  }
  if (draft.note !== undefined && env.fs.lstat(draft.dir) === undefined) {
    forgetDraft(env, store, draft.note);
  }
}
