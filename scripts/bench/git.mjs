// The peer: what AI checkpoints do. A shadow repository outside the folder, everything added and committed.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A shadow repository for `worktree` in `dir`. */
export function shadowGit(dir, worktree) {
  const env = {
    ...process.env,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'bench',
    GIT_AUTHOR_EMAIL: 'bench@localhost',
    GIT_COMMITTER_NAME: 'bench',
    GIT_COMMITTER_EMAIL: 'bench@localhost',
  };
  const git = (...args) => {
    const all = [`--git-dir=${dir}`, `--work-tree=${worktree}`, '-c', 'gc.auto=0', ...args];
    const result = spawnSync('git', all, { cwd: worktree, env, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  };
  return {
    fresh() {
      rmSync(dir, { recursive: true, force: true });
      spawnSync('git', ['init', '-q', '--bare', dir], { env });
      writeFileSync(join(dir, 'info', 'exclude'), '.snapdir\n');
    },
    snapshot() {
      // -f: the packages hold .gitignore files, and we are told to take everything.
      git('add', '-A', '--force', '--', '.', ':!.snapdir');
      git('commit', '-q', '--allow-empty', '-m', 'x');
    },
    restore() {
      git('checkout', '-q', '-f', 'HEAD', '--', '.');
    },
  };
}
