// cp -a: no history at all, but what a copy costs.
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing, versionOf } from './tool.mjs';

function open(dir, folder) {
  const copy = join(dir, 'cp');
  return {
    reset: () => remove(copy),
    first: () => run('cp', ['-a', folder, copy]),
    restore: (to) => run('cp', ['-a', folder, to]),
  };
}

/** cp -a */
export const cp = {
  name: 'cp -a',
  missing: () => missing({ command: 'cp', debian: 'coreutils' }),
  version: () => versionOf('cp'),
  open,
};
