// restic: deduplicating, encrypted; its cache is on the same disk.
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing, versionOf } from './tool.mjs';

function open(dir, folder) {
  const store = join(dir, 'restic');
  const env = {
    ...process.env,
    RESTIC_REPOSITORY: store,
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: join(dir, 'restic-cache'),
  };
  const restic = (...args) => run('restic', ['--quiet', ...args], { cwd: folder, env });
  const backup = () => restic('backup', '.');
  const restore = (to, ...rest) => restic('restore', 'latest', '--target', to, ...rest);
  return {
    async reset() {
      await remove(store, env.RESTIC_CACHE_DIR);
      await restic('init');
    },
    first: backup,
    again: backup,
    restore: (to) => restore(to),
    restoreTen: (paths) => restore(folder, ...paths.flatMap((path) => ['--include', `/${path}`])),
  };
}

/** restic */
export const restic = {
  name: 'restic',
  missing: () => missing({ command: 'restic', debian: 'restic' }),
  version: () => versionOf('restic', ['version']),
  open,
};
