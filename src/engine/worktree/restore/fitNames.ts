import { encodeUtf8 } from '../../../base/utf8';
import { fittingPaths } from '../../../core/fittingNames';
import type { RelPath } from '../../../core/tree';
import type { EngineEnv } from '../../context';
import { join, writeFileDurable } from '../../disk/durable';
import { probeNames, refusesWindowsNames } from '../../disk/nameProbe';
import type { Selection } from './selection';

/** A selection under names that the file system it goes to can hold. */
export interface Fitted {
  selection: Selection;
  /** Path below the folder that the selection is put into, and the path it has there: those that differ, sorted. */
  renamed: ReadonlyMap<RelPath, RelPath>;
}

/** The list beside what was renamed. */
const LIST = 'snapdir-names';

/**
 * Gives files of a copy in a folder of its own names that can stand there (H28, H36). Nothing is renamed where
 * every name can.
 * @param folder a folder of our own on the file system in question
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function fitNames(env: EngineEnv, folder: string, selection: Selection): Fitted {
  const { foldsCase, foldsAccents } = probeNames(env, folder);
  const limits = { windows: refusesWindowsNames(env, folder), folds: foldsCase || foldsAccents };
  const below = (path: RelPath): RelPath =>
    path === '' ? selection.name : `${selection.name}/${path}`;
  const { entries, links } = selection;
  const all = [...entries, ...links].map(({ path }) => below(path));
  const renamed =
    limits.windows || limits.folds ? fittingPaths(all, limits) : new Map<RelPath, RelPath>();
  if (renamed.size === 0) {
    return { selection, renamed };
  }
  const name = renamed.get(selection.name) ?? selection.name;
  const move = <T extends { path: RelPath }>(one: T): T => {
    const place = renamed.get(below(one.path)) ?? below(one.path);
    return { ...one, path: place.slice(name.length + 1) };
  };
  const moved = { ...selection, name, entries: entries.map(move), links: links.map(move) };
  return { selection: moved, renamed };
}

/**
 * Writes down beside a copy what its files are really called: a line each, the name here, a tab, the real name.
 * Names hold no tabs.
 * @returns the list's absolute path
 * @throws DISK_FULL, READ_ONLY, IO
 */
export function listRenamed(
  env: EngineEnv,
  folders: { tmp: string; at: string },
  { renamed, selection }: Fitted,
): string {
  const lines = [...renamed].map(([path, place]) => `${place}\t${path}\n`);
  const text = `# Names that cannot stand here: what it is called here, and in the snapshot\n${lines.join('')}`;
  const name = selection.name.startsWith(LIST) ? `${LIST}-2.txt` : `${LIST}.txt`;
  const path = join(folders.at, name);
  writeFileDurable(env, folders.tmp, path, encodeUtf8(text), 0o644);
  return path;
}
