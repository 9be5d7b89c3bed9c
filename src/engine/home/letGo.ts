import type { Control, EngineEnv } from '../context';
import { attempt } from '../repair/placeContent';
import { walkContents } from '../store/contents';
import { Marks } from '../store/marks';
import { storeAt, type Store } from '../store/storeRoot';
import { contentPath, findInTrash, type ContentKind } from '../store/trash';
import { vaultPath } from './vaultPath';

/**
 * After a garbage collection deleted something for good, the vault lets go of it, too: of what the store
 * has neither in its place nor in its trash, and no checkpoint needs.
 * @returns how many files
 * @throws what marking throws (a damaged store: then the vault keeps everything), IO, AbortError
 */
export function letGo(env: EngineEnv, store: Store, control: Control): number {
  const path = vaultPath(env, store.id);
  if (path === undefined || env.fs.lstat(path)?.kind !== 'dir') {
    return 0;
  }
  const vault = storeAt(env, path);
  if (vault.id !== store.id) {
    return 0;
  }
  let marks: Marks | undefined;
  let count = 0;
  for (const kind of ['manifests', 'objects'] as const) {
    for (const { hex, path: at } of walkContents(env, vault, kind, control)) {
      if (isHeld(env, store, kind, hex)) {
        continue;
      }
      if (marks === undefined) {
        marks = new Marks(env, store);
        marks.refresh(control);
      }
      if (!marks[kind].has(hex) && !isHeld(env, store, kind, hex)) {
        attempt(() => env.fs.unlink(at));
        count++;
      }
    }
  }
  return count;
}

function isHeld(env: EngineEnv, store: Store, kind: ContentKind, hex: string): boolean {
  return (
    env.fs.lstat(contentPath(store, kind, hex)) !== undefined ||
    findInTrash(env, store, kind, hex) !== undefined
  );
}
