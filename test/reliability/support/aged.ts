import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 24 * 3_600_000;

/**
 * Makes what garbage collections set aside look more than a day old, which is when the next one deletes it for good.
 * @param quietMs only where nothing was moved for this long
 * @returns how many collections' trash was aged
 */
export function ageTrash(root: string, quietMs = 0): number {
  const trash = join(root, '.snapdir', 'trash');
  let aged = 0;
  for (const id of existsSync(trash) ? readdirSync(trash) : []) {
    const parts = [id, `${id}/objects`, `${id}/manifests`].map((part) => join(trash, part));
    const times = parts.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (Math.max(...times) <= Date.now() - quietMs) {
      const then = (Date.now() - DAY_MS - 3_600_000) / 1000;
      for (const path of parts.filter((one) => existsSync(one))) {
        utimesSync(path, then, then);
      }
      aged++;
    }
  }
  return aged;
}
