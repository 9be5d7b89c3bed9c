import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import type { ExcludeRules } from '../../../src/core/records';
import type { Fs } from '../../../src/engine/disk/fs';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { fileTree, type TreeSpec } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';
import { defaultRules, directEngine, quietControl } from '../../support/directEngine';

const SAMPLE: TreeSpec = {
  '.gitignore': 'node_modules/\n*.log\n/build\n!keep.log\n',
  'a.log': 'x',
  'keep.log': 'x',
  'src/index.ts': 'x',
  'src/.gitignore': 'generated/\n!special.log\n',
  'src/special.log': 'x',
  'src/generated/big.ts': 'x',
  'src/build/kept.ts': 'x',
  'build/out.js': 'x',
  'node_modules/p/index.js': 'x',
  '.git/HEAD': 'x',
  'nested/.git/HEAD': 'x',
  'nested/.hg/x': 'x',
  'nested/file.txt': 'x',
};

function captured(root: string, rules: Partial<ExcludeRules> = {}, fs: Fs = nodeFs): string[] {
  const engine = directEngine(root, { fs });
  const all = { ...defaultRules, ...rules };
  const { bytes } = engine.manifest({ rev: 'live', rules: all }, quietControl);
  const text = Buffer.from(bytes).toString();
  const lines = text.split('\n').filter((line) => line.startsWith('F '));
  return lines.map((line) => line.split(' ').slice(4).join(' ').slice(2));
}

suite('excludes', () => {
  test('.gitignore files at every level, nested repositories captured without their .git', () => {
    assert.deepEqual(captured(fileTree(tempDir(), SAMPLE)), [
      '.gitignore',
      'keep.log',
      'nested/file.txt',
      'src/.gitignore',
      'src/build/kept.ts',
      'src/index.ts',
      'src/special.log',
    ]);
  });

  test('useIgnoreFiles off: .gitignore has no say, .snapdirignore still has', () => {
    const root = fileTree(tempDir(), { ...SAMPLE, '.snapdirignore': 'src/\nnode_modules\n' });
    assert.deepEqual(captured(root, { useIgnoreFiles: false }), [
      '.gitignore',
      '.snapdirignore',
      'a.log',
      'build/out.js',
      'keep.log',
      'nested/file.txt',
    ]);
  });

  test('.snapdirignore takes back what .gitignore leaves out', () => {
    const root = fileTree(tempDir(), { ...SAMPLE, '.snapdirignore': '!build\n!*.log\n' });
    const paths = captured(root);
    assert.ok(paths.includes('build/out.js') && paths.includes('a.log'));
  });

  test('globs of the setting', () => {
    const root = fileTree(tempDir(), SAMPLE);
    const patterns = ['**/src', '**/*.{log,txt}'];
    assert.deepEqual(captured(root, { useIgnoreFiles: false, patterns }), [
      '.gitignore',
      'build/out.js',
      'node_modules/p/index.js',
    ]);
  });

  test('noIgnore drops all but the store', () => {
    const root = fileTree(tempDir(), { ...SAMPLE, '.snapdir/x': 'x', 'nested/.SnapDir/y': 'y' });
    const paths = captured(root, { noIgnore: true, patterns: ['**/src'] });
    assert.ok(paths.includes('.git/HEAD') && paths.includes('src/index.ts'));
    assert.deepEqual(
      paths.filter((path) => path.toLowerCase().includes('.snapdir')),
      [],
    );
  });

  test('an ignored folder is never listed', () => {
    const root = fileTree(tempDir(), SAMPLE);
    const listed: string[] = [];
    const watching: Fs = {
      ...nodeFs,
      readdir: (path) => {
        listed.push(path.slice(root.length + 1));
        return nodeFs.readdir(path);
      },
    };
    captured(root, {}, watching);
    for (const ignored of ['node_modules', 'build', '.git', 'src/generated']) {
      assert.ok(!listed.includes(ignored), ignored);
    }
    assert.ok(listed.includes('src'));
  });

  test('ignore rules that cannot be read hide everything they could speak of', () => {
    const root = fileTree(tempDir(), { 'd/.gitignore': 'secret\n', 'd/secret': 's', 'a.txt': 'a' });
    const failing: Fs = {
      ...nodeFs,
      open: (path, how, mode) => {
        if (path === join(root, 'd', '.gitignore')) {
          throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
        }
        return nodeFs.open(path, how, mode);
      },
    };
    assert.deepEqual(captured(root, {}, failing), ['a.txt']);
  });

  test('a glob that cannot be read is told, not ignored', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const patterns = ['x'.repeat(70_000)];
    assert.throws(
      () => captured(root, { patterns }),
      (error) => SnapdirError.is(error, 'INVALID_ARGUMENT'),
    );
  });
});
