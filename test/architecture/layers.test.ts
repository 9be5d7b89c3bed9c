import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../support/paths';

interface Cruise {
  modules: { source: string }[];
  summary: {
    totalCruised: number;
    violations: { from: string; to: string; rule: { name: string; severity: string } }[];
  };
}

const tool = (...path: string[]): string => join(repositoryRoot, 'node_modules', ...path);

/** Runs the gate as `npm run layers` does, over `src` in `dir`. */
function cruise(dir: string): Cruise {
  const program = tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [program, 'src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    ...{ cwd: dir, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  });
  assert.ok(stdout.startsWith('{'), stderr);
  return JSON.parse(stdout) as Cruise;
}

/**
 * A small house with the real configuration. It stands below the repository, so that packages are found as
 * they are for the real sources.
 */
function buildHouse(files: Record<string, string>): string {
  mkdirSync(join(repositoryRoot, 'out'), { recursive: true });
  const dir = mkdtempSync(join(repositoryRoot, 'out', 'house-'));
  const config = ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'];
  for (const name of [...config, join('src', 'core', 'tsconfig.json')]) {
    cpSync(join(repositoryRoot, name), join(dir, name));
  }
  for (const [name, text] of Object.entries({ ...FURNITURE, ...files })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

function withHouse<T>(files: Record<string, string>, run: (dir: string) => T): T {
  const dir = buildHouse(files);
  try {
    return run(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const value = (name: string): string => `export const ${name} = 1;\n`;
const uses = (path: string): string => `import { x } from '${path}';\nexport const y = x;\n`;

/** One good module in each layer, all of them used from where they may be. */
const FURNITURE: Record<string, string> = {
  'src/base/x.ts': value('x'),
  'src/core/x.ts':
    value('x') + uses('../base/x').replaceAll('x }', 'x as z }').replace('= x', '= z'),
  'src/core/lineDiff.ts': "export { diffLines as x } from 'diff';\n",
  'src/engine/x.ts':
    "import fs from 'node:fs';\nexport { x } from '../core/x';\nexport const z = fs;\n",
  'src/stores/x.ts': "export { x } from '../core/lineDiff';\nexport { y } from '../core/x';\n",
  'src/app/x.ts': "export { x } from '../core/x';\n",
  'src/ui/x.ts':
    "import type { Uri } from 'vscode';\nexport { x } from '../app/x';\nexport type U = Uri;\n",
  'src/cli/x.ts': "export { x } from '../app/x';\n",
  'src/cli/main.ts': [
    "import { x } from './x';\nimport { z } from '../engine/x';\nimport { y } from '../stores/x';\n",
    'export const all = [x, y, z];\n',
  ].join(''),
  'src/extension.ts': [
    "import 'vscode';\nimport { x } from './ui/x';\nimport { z } from './engine/x';\n",
    "import { y } from './stores/x';\nexport const all = [x, y, z];\n",
  ].join(''),
};

interface Planted {
  name: string;
  files: Record<string, string>;
  /** The rules that have to fire, and no others. */
  rules: string[];
}

/** Violations, each in files of its own. */
const PLANTED: Planted[] = [
  { name: 'base uses core', files: { 'src/base/b.ts': uses('../core/x') }, rules: ['layer-base'] },
  { name: 'core uses app', files: { 'src/core/b.ts': uses('../app/x') }, rules: ['layer-core'] },
  {
    name: 'core uses a type of ui',
    files: { 'src/core/b.ts': "import type { U } from '../ui/x';\nexport type V = U;\n" },
    rules: ['layer-core'],
  },
  {
    name: 'core imports ui when it runs',
    files: { 'src/core/b.ts': "export const later = () => import('../ui/x');\n" },
    rules: ['layer-core'],
  },
  {
    name: 'core names a type of engine in place',
    files: { 'src/core/b.ts': "export type V = import('../engine/x').z;\n" },
    rules: ['layer-core'],
  },
  {
    name: 'engine uses stores',
    files: { 'src/engine/b.ts': uses('../stores/x') },
    rules: ['layer-engine'],
  },
  {
    name: 'engine uses app',
    files: { 'src/engine/b.ts': uses('../app/x') },
    rules: ['layer-engine'],
  },
  {
    name: 'stores use engine',
    files: { 'src/stores/b.ts': uses('../engine/x') },
    rules: ['layer-stores'],
  },
  { name: 'app uses engine', files: { 'src/app/b.ts': uses('../engine/x') }, rules: ['layer-app'] },
  { name: 'app uses ui', files: { 'src/app/b.ts': uses('../ui/x') }, rules: ['layer-app'] },
  { name: 'ui uses engine', files: { 'src/ui/b.ts': uses('../engine/x') }, rules: ['layer-ui'] },
  { name: 'ui uses cli', files: { 'src/ui/b.ts': uses('../cli/x') }, rules: ['layer-ui'] },
  { name: 'cli uses ui', files: { 'src/cli/b.ts': uses('../ui/x') }, rules: ['layer-cli'] },
  {
    name: 'a command of the cli uses engine',
    files: { 'src/cli/commands/b.ts': uses('../../engine/x') },
    rules: ['engine-only-from-cli-main'],
  },
  {
    name: 'app uses vscode',
    files: {
      'src/app/b.ts': "import * as vscode from 'vscode';\nexport const y = vscode.version;\n",
    },
    rules: ['vscode-only-in-ui'],
  },
  {
    name: 'engine uses a type of vscode',
    files: { 'src/engine/b.ts': "import type { Uri } from 'vscode';\nexport type U = Uri;\n" },
    rules: ['vscode-only-in-ui'],
  },
  ...['base', 'core', 'app'].map((layer) => ({
    name: `${layer} reads files`,
    files: {
      [`src/${layer}/b.ts`]:
        "import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n",
    },
    rules: ['no-io-above-adapters'],
  })),
  {
    name: 'core uses a package',
    files: { 'src/core/b.ts': "import fc from 'fast-check';\nexport const y = fc;\n" },
    rules: ['no-io-above-adapters'],
  },
  {
    name: 'another file of core uses diff',
    files: { 'src/core/b.ts': "import { diffLines } from 'diff';\nexport const y = diffLines;\n" },
    rules: ['one-door-per-package'],
  },
  {
    name: 'ui uses diff',
    files: { 'src/ui/b.ts': "import { diffLines } from 'diff';\nexport const y = diffLines;\n" },
    rules: ['one-door-per-package'],
  },
  ...['@aws-sdk/client-s3', '@smithy/node-http-handler'].map((door) => ({
    name: `another file of stores uses ${door}`,
    files: {
      'src/stores/b.ts': `import type * as sdk from '${door}';\nexport type Y = typeof sdk;\n`,
    },
    rules: ['one-door-per-package'],
  })),
  {
    name: 'two files that need each other',
    files: {
      'src/core/b.ts': "import { b } from './c';\nexport const a = () => b;\n",
      'src/core/c.ts': "import { a } from './b';\nexport const b = () => a;\n",
    },
    rules: ['no-cycles'],
  },
  {
    name: 'two files that need types of each other',
    files: {
      'src/core/b.ts': "import type { B } from './c';\nexport type A = B[];\n",
      'src/core/c.ts': "import type { A } from './b';\nexport type B = { a: A };\n",
    },
    rules: ['no-cycles'],
  },
  { name: 'a file that nobody uses', files: { 'src/app/b.ts': value('x') }, rules: ['no-orphans'] },
];

suite('layers', function () {
  this.timeout(120_000);

  test('the sources keep the rules, and the gate has seen them', () => {
    const { modules, summary } = cruise(repositoryRoot);
    const seen = modules.filter(({ source }) => source.startsWith('src/'));
    // A gate that finds no modules passes, too.
    assert.ok(seen.length >= 30, `${seen.length} modules`);
    assert.deepEqual(
      summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
      [],
    );
  });

  test('a house that keeps the rules passes', () => {
    withHouse({}, (dir) => assert.deepEqual(cruise(dir).summary.violations, []));
  });

  suite('caught', () => {
    let found: Cruise['summary']['violations'] = [];

    // All in one house: a run for each would take a minute.
    suiteSetup(() => {
      const files = PLANTED.flatMap(({ files }, i) => Object.entries(own(files, i)));
      found = withHouse(Object.fromEntries(files), (dir) => cruise(dir).summary.violations);
    });

    PLANTED.forEach(({ name, files, rules }, i) => {
      test(name, () => {
        const here = found.filter(({ from }) => from in own(files, i));
        assert.deepEqual([...new Set(here.map(({ rule }) => rule.name))], rules);
        assert.ok(here.every(({ rule }) => rule.severity === 'error'));
      });
    });

    test('nothing else', () => {
      const planted = new Set(PLANTED.flatMap(({ files }, i) => Object.keys(own(files, i))));
      assert.deepEqual(
        found.filter(({ from }) => !planted.has(from)),
        [],
      );
    });
  });
});

/** The files of one violation under names of their own: `b.ts` becomes `b7.ts`. */
function own(files: Record<string, string>, i: number): Record<string, string> {
  const entries = Object.entries(files).map(([name, text]): [string, string] => [
    name.replace(/([bc])\.ts$/, `$1${i}.ts`),
    text.replace(/'\.\/([bc])'/g, `'./$1${i}'`),
  ]);
  return Object.fromEntries(entries);
}

suite('purity of base and core', function () {
  this.timeout(120_000);

  test('nothing of Node or the browser is known there', () => {
    const globals = [
      'Buffer',
      'process',
      'setTimeout',
      'console',
      'fetch',
      'TextEncoder',
      'require',
    ];
    const lines = globals.map((name, i) => `export const v${i} = ${name};`);
    const imports = "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n";
    const files = {
      'src/core/lineDiff.ts': value('x'),
      'src/core/b.ts': lines.join('\n') + '\n',
      'src/base/b.ts': imports,
    };
    withHouse(files, (dir) => {
      const args = [
        tool('typescript', 'bin', 'tsc'),
        '-p',
        'src/core',
        '--noEmit',
        '--pretty',
        'false',
      ];
      const { stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });
      const errors = stdout.split('\n').filter((line) => line.includes('error TS'));
      const at = (file: string, line: number): string[] =>
        errors.filter((error) => error.replaceAll('\\', '/').startsWith(`${file}(${line},`));
      globals.forEach((name, i) =>
        assert.equal(at('src/core/b.ts', i + 1).length, 1, `${name}\n${stdout}`),
      );
      assert.equal(at('src/base/b.ts', 1).length, 1, stdout);
      assert.equal(errors.length, globals.length + 1, stdout);
    });
  });
});
