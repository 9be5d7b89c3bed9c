// What AI checkpoints do: a shadow repository outside the folder, everything added and committed.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { remove } from '../place.mjs';
import { run } from '../run.mjs';
import { missing, versionOf } from './tool.mjs';

const ENV = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@localhost',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@localhost',
};

function open(dir, folder) {
  const store = join(dir, 'git');
  const index = join(dir, 'git-restore-index');
  const git = (args, { tree = folder, env = {} } = {}) =>
    run('git', [`--git-dir=${store}`, `--work-tree=${tree}`, '-c', 'gc.auto=0', ...args], {
      cwd: tree,
      env: { ...ENV, ...env },
    });
  const snapshot = async () => {
    // --force: the packages hold .gitignore files, and we are told to take everything.
    await git(['add', '-A', '--force', '--', '.']);
    await git(['commit', '-q', '--allow-empty', '-m', 'x']);
  };
  return {
    async reset() {
      await remove(store);
      await run('git', ['init', '-q', '--bare', store], { env: ENV });
    },
    first: snapshot,
    again: snapshot,
    status: () => git(['status', '--porcelain']),
    /** A checkout with an index of its own, so that the folder's stays as it is. */
    restore(to) {
      rmSync(index, { force: true });
      mkdirSync(to);
      const env = { GIT_INDEX_FILE: index };
      return git(['checkout', '-q', '-f', 'HEAD', '--', '.'], { tree: to, env });
    },
    restoreTen: (paths) => git(['checkout', '-q', '-f', 'HEAD', '--', ...paths]),
    compare: () => git(['diff', '--name-status', 'HEAD~1', 'HEAD']),
  };
}

/** git */
export const git = {
  name: 'git',
  missing: () => missing({ command: 'git', debian: 'git' }),
  version: () => versionOf('git'),
  open,
};
