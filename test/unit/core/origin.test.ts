import { strict as assert } from 'node:assert';
import { cameFromElsewhere, type OriginFacts } from '../../../src/core/history/origin';
import type { CheckpointId } from '../../../src/core/ids';
import { isRunnable } from '../../../src/core/runnableFiles';

const id = (name: string): CheckpointId => name as CheckpointId;
const take = (facts: Partial<OriginFacts> = {}): OriginFacts => ({
  ...{ trigger: 'manual' as const, scope: null, parent: null },
  ...facts,
});

suite('what came from elsewhere', () => {
  const takes: Record<string, OriginFacts> = {
    own: take(),
    adopted: take(),
    imported: take({ trigger: 'import' }),
    fetched: take({ origin: { store: 'team' } }),
    ownAfter: take({ parent: id('fetched') }),
    partOfFetched: take({ parent: id('fetched'), scope: ['src'] }),
    partOfPart: take({ parent: id('partOfFetched'), scope: ['src'] }),
    partOfOwn: take({ parent: id('own'), scope: ['src'] }),
    partOfGone: take({ parent: id('gone'), scope: ['src'] }),
    ring: take({ parent: id('ring'), scope: ['src'] }),
    nothing: take({ origin: null }),
  };
  const known = {
    take: (one: CheckpointId) => takes[one],
    wasAdopted: (one: CheckpointId) => one === id('adopted'),
  };

  for (const [name, expected] of Object.entries({
    own: false,
    adopted: true,
    imported: true,
    fetched: true,
    ownAfter: false,
    partOfFetched: true,
    partOfPart: true,
    partOfOwn: false,
    partOfGone: true,
    ring: true,
    nothing: false,
    unknown: true,
  })) {
    test(`${name}: ${expected}`, () => assert.equal(cameFromElsewhere(id(name), known), expected));
  }

  test('of a bare snapshot nobody can tell', () => {
    assert.equal(cameFromElsewhere(null, known), true);
  });
});

suite('what an editor or Git would run', () => {
  const runs = [
    ...['.vscode/tasks.json', '.vscode/launch.json', '.vscode/settings.json'],
    ...['.vscode/extensions.json', '.vscode/mcp.json', 'packages/a/.vscode/tasks.json'],
    ...['x.code-workspace', 'a/My Project.code-workspace', '.devcontainer/devcontainer.json'],
    ...['.devcontainer.json', '.husky/pre-commit', '.husky/_/h', '.githooks/post-merge', '.envrc'],
    ...['.github/workflows/ci.yml', '.github/actions/a/action.yml', '.pre-commit-config.yaml'],
    ...['.gitmodules', '.gitconfig', '.npmrc', 'a/.yarnrc.yml', '.pnpmfile.cjs', 'binding.gyp'],
    ...['.yarn/releases/yarn-4.cjs', '.yarn/plugins/a.cjs', '.cargo/config.toml', 'bunfig.toml'],
    ...['.lefthook.yml', 'lefthook-local.yml', 'x/lefthook.toml', 'a/build.rs'],
    ...['.lintstagedrc', '.lintstagedrc.json', 'lint-staged.config.mjs'],
    ...['.helix/languages.toml', '.nvim/init.lua', '.lazy.lua', '.lvimrc', '.theia/tasks.json'],
    ...['.kiro/settings/mcp.json', '.windsurf/mcp.json', '.gemini/settings.json', '.trae/mcp.json'],
    ...['.codex/config.toml', '.roo/mcp.json', '.amazonq/mcp.json', '.continue/config.yaml'],
    ...['opencode.json', '.opencode/plugin/a.js', '.aider.conf.yml', '.pylintrc', '.rubocop.yml'],
    ...['eslint.config.js', 'a/eslint.config.mjs', '.eslintrc.cjs', '.prettierrc.js'],
    ...['prettier.config.ts', 'stylelint.config.cjs', 'ESLint.config.JS'],
    ...['.VSCode/Tasks.json', '.vscode./tasks.json', '.v\u200cscode/tasks.json', '.ENVRC'],
    ...['.vscode::$INDEX_ALLOCATION/tasks.json', 'X.CODE-WORKSPACE', 'x.code-workspace. '],
  ];
  for (const path of runs) {
    test(JSON.stringify(path), () => assert.ok(isRunnable(path)));
  }

  test('not what is run on a person’s word, nor names that only look like it', () => {
    for (const path of [
      ...['package.json', 'Makefile', 'tasks.json', 'vscode/tasks.json', '.github/CODEOWNERS'],
      ...['a.vscode/tasks.json', 'src/envrc', 'code-workspace', '.github/x/workflows.txt'],
      ...['.eslintrc.json', '.prettierrc', 'eslint.config.json', 'my-eslint.config.js'],
      ...['.yarn/cache/a.zip', '.yarn', 'vite.config.js', 'cargo/config.toml', 'kiro/mcp.json'],
      ...['.vscode', '.husky', 'workflows/ci.yml', '.gitignore', '.gitattributes'],
    ]) {
      assert.equal(isRunnable(path), false, path);
    }
  });

  test('a link where such a folder would be', () => {
    for (const path of [
      '.vscode',
      'a/.husky',
      '.github',
      '.github/workflows',
      '.yarn',
      '.VSCODE',
    ]) {
      assert.ok(isRunnable(path, 'link'), path);
    }
    assert.equal(isRunnable('docs', 'link'), false);
  });
});
