// ostree: content-addressed like ours, one file an object; not synced, copies (not links) on checkout.
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing, versionOf } from './tool.mjs';

function open(dir, folder) {
  const store = join(dir, 'ostree');
  const ostree = (...args) => run('ostree', [`--repo=${store}`, ...args]);
  const commit = () => ostree('commit', '-b', 'bench', '-s', 'x', `--tree=dir=${folder}`);
  return {
    async reset() {
      await remove(store);
      await run('ostree', [`--repo=${store}`, 'init', '--mode=bare-user']);
      await ostree('config', 'set', 'core.fsync', 'false');
    },
    first: commit,
    again: commit,
    restore: (to) => ostree('checkout', '-U', '-C', 'bench', to),
  };
}

/** ostree */
export const ostree = {
  name: 'ostree',
  missing: () => missing({ command: 'ostree', debian: 'ostree' }),
  version: () => versionOf('ostree'),
  open,
};
