import { plainName } from './paths';
import type { RelPath } from './tree';

/**
 * Files that an editor, Git or a shell runs or obeys without being asked for that file: what a snapshot from
 * elsewhere must not bring unnoticed (H45); so is what a package manager obeys when packages are installed. Not among
 * them: what is run on a person's word (`Makefile`), and `.git` itself, which no restore ever writes. What a
 * `package.json` says decides whether it is one: `packageScripts.ts`.
 */

/** Folders whose every file counts. */
const FOLDERS = new Set([
  ...['.vscode', '.devcontainer', '.idea', '.vs', '.zed', '.fleet', '.cursor', '.claude'],
  ...['.theia', '.helix', '.nvim', '.windsurf', '.kiro', '.gemini', '.codex', '.trae', '.roo'],
  ...['.amazonq', '.continue', '.opencode'],
  ...['.husky', '.githooks', '.git-hooks', '.lefthook', '.direnv', '.cargo'],
]);
/** Folders that count below this one. */
const NESTED = new Map([
  ['.github', new Set(['workflows', 'actions'])],
  ['.yarn', new Set(['releases', 'plugins', 'sdks'])],
]);
const FILES = new Set([
  ...['.devcontainer.json', '.gitconfig', '.gitmodules', '.mcp.json'],
  ...['.envrc', '.mise.toml', 'mise.toml', '.autoenv', '.autoenv.zsh'],
  ...['.pre-commit-config.yaml', '.pre-commit-config.yml', 'build.rs', '.lintstagedrc'],
  ...['.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', '.pnpmfile.mjs', 'binding.gyp'],
  ...['bunfig.toml', 'opencode.json', 'opencode.jsonc', '.aider.conf.yml'],
  ...['.exrc', '.vimrc', '.nvimrc', '.nvim.lua', '.lvimrc', '.lazy.lua'],
  ...['.dir-locals.el', '.dir-locals-2.el', '.pylintrc', 'pylintrc', '.rubocop.yml'],
]);
/** Under which names Git's hooks have their commands written down, beside those above. */
const HOOKED =
  /^(?:\.?lefthook(?:-local)?\.(?:ya?ml|toml|jsonc?)|\.lintstagedrc\.(?:ya?ml|json|[cm]?[jt]s)|lint-staged\.config\.[cm]?[jt]s)$/;
/** Settings that are programs: what checks or formats a file as soon as it is opened runs them. */
const SCRIPTED =
  /^(?:(?:eslint|prettier|stylelint)\.config|\.(?:eslintrc|prettierrc|stylelintrc))\.[cm]?[jt]s$/;
const ENDINGS = ['.code-workspace', '.sublime-project'];

/**
 * Whether a file at this path is one of them, at any depth, under any of the names that some file system takes
 * for it. A link counts where a folder would, too: it could lead to one that holds such files.
 */
export function isRunnable(path: RelPath, kind: 'file' | 'link' = 'file'): boolean {
  const names = path.split('/').map(plainName);
  const last = names.at(-1)!;
  const matches = SCRIPTED.test(last) || HOOKED.test(last);
  if (FILES.has(last) || matches || ENDINGS.some((ending) => last.endsWith(ending))) {
    return true;
  }
  return names.some((name, index) => {
    const isLast = index === names.length - 1;
    const inside = !isLast || kind === 'link';
    const below = NESTED.get(name);
    if (below !== undefined) {
      const next = names[index + 1];
      return next === undefined ? kind === 'link' : below.has(next);
    }
    return FOLDERS.has(name) && inside;
  });
}
