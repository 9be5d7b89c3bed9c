// What people do to a folder between two snapshots.
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TEN = 10;

/** Ten text files that lie apart: paths relative to the folder, with `/`. */
export function tenFiles(folder) {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(js|ts|md|json|bin)$/.test(path) && !path.includes('.snapdir'))
    .sort();
  if (all.length < TEN) throw new Error(`${folder}: too few files to edit`);
  return Array.from(
    { length: TEN },
    (_, index) => all[Math.floor(((index + 0.5) * all.length) / TEN)],
  );
}

let edits = 0;

/** Adds a line to each of the files, another one every time. */
export function edit(folder, paths) {
  edits++;
  for (const path of paths) appendFileSync(join(folder, path), `\n// edit ${edits}\n`);
}

/** Stats younger than two seconds are never trusted, by nobody: lets the folder come to rest. */
export const rest = () => new Promise((resolve) => setTimeout(resolve, 2200));
