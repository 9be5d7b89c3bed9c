import { compareUnits, compareUtf8, hasSurrogates } from '../../core/order';
import type { DirEntry } from '../disk/fs';

/** Makes a name safe to show and to keep: what is not plain text is escaped. */
export function escapeName(name: string): string {
  return name
    .toWellFormed()
    .replace(
      /[\u0000-\u001f\u007f]/g,
      (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

/** Entries in the order of a manifest: a folder counts with the `/` that ends its path. */
export function inPlace(entries: readonly DirEntry[]): DirEntry[] {
  const compare = entries.some(({ name }) => hasSurrogates(name)) ? compareUtf8 : compareUnits;
  const key = ({ name, kind }: DirEntry): string => (kind === 'dir' ? `${name}/` : name);
  // Listings mostly come sorted, which makes this one comparison an entry.
  return [...entries].sort((a, b) => compare(key(a), key(b)));
}

/** A folder in snapdir's own layout is somebody's store, whatever it is called. */
export function isNestedStore(entries: readonly DirEntry[]): boolean {
  const has = (name: string): boolean =>
    entries.some((entry) => entry.kind === 'dir' && entry.name === name);
  return has('.objects') && has('.manifests');
}
