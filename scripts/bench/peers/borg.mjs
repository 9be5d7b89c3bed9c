// borg: deduplicating, lz4, not encrypted; its cache is on the same disk.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing, versionOf } from './tool.mjs';

function open(dir, folder) {
  const store = join(dir, 'borg');
  const env = {
    ...process.env,
    BORG_REPO: store,
    BORG_BASE_DIR: join(dir, 'borg-base'),
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  };
  let count = 0;
  const borg = (args, cwd = folder) => run('borg', args, { cwd, env });
  const create = () => borg(['create', '-C', 'lz4', `::${++count}`, '.']);
  return {
    async reset() {
      await remove(store, env.BORG_BASE_DIR);
      mkdirSync(env.BORG_BASE_DIR);
      await borg(['init', '-e', 'none']);
    },
    first: create,
    again: create,
    restore(to) {
      mkdirSync(to);
      return borg(['extract', `::${count}`], to);
    },
    restoreTen: (paths) => borg(['extract', `::${count}`, ...paths]),
    /** borg drops what it reads from the page cache: whoever comes next would start cold. */
    evicts: true,
  };
}

/** borg */
export const borg = {
  name: 'borg',
  missing: () => missing({ command: 'borg', debian: 'borgbackup' }),
  version: () => versionOf('borg'),
  open,
};
