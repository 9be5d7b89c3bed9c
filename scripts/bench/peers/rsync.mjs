// rsync snapshots: a copy whose unchanged files are hard links to those of the copy before.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing, versionOf } from './tool.mjs';

function open(dir, folder) {
  const store = join(dir, 'rsync');
  let count = 0;
  const at = (number) => join(store, String(number));
  const copy = (...args) => run('rsync', ['-a', ...args]);
  return {
    async reset() {
      await remove(store);
      mkdirSync(store);
      count = 0;
    },
    first: () => copy(`${folder}/`, `${at(0)}/`),
    again: () => copy(`--link-dest=${at(count)}`, `${folder}/`, `${at(++count)}/`),
    /** Old copies go, or there would soon be no room. */
    tidy: () => (count > 0 ? remove(at(count - 1)) : undefined),
    restore: (to) => copy(`${at(count)}/`, `${to}/`),
    restoreTen: (paths) =>
      run('rsync', ['-a', '--relative', ...paths.map((path) => `./${path}`), `${folder}/`], {
        cwd: at(count),
      }),
  };
}

/** rsync with hard links */
export const rsync = {
  name: 'rsync --link-dest',
  missing: () => missing({ command: 'rsync', debian: 'rsync' }),
  version: () => versionOf('rsync'),
  open,
};
