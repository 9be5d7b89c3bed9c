import assert from 'node:assert/strict';
import type { Change } from '../../../src/core/change';
import type { CheckpointInfo } from '../../../src/core/engine';
import {
  buildChangeTree,
  visibleChanges,
  type ChangeFolder,
} from '../../../src/ui/tree/changeTree';
import { groupByDay } from '../../../src/ui/tree/timelineGroups';

function changed(path: string, kind: 'file' | 'dir' = 'file'): Change {
  return { status: 'A', path, right: { kind } };
}

function print(folder: ChangeFolder, indent = ''): string[] {
  return [
    ...folder.folders.flatMap((child) => [
      `${indent}${child.label}/`,
      ...print(child, `${indent}  `),
    ]),
    ...folder.changes.map(({ path }) => `${indent}${path.slice(path.lastIndexOf('/') + 1)}`),
  ];
}

suite('change tree', () => {
  test('puts files in folders and makes one row of a chain of folders', () => {
    const paths = ['a.txt', 'deep/er/still/x.ts', 'src/app/one.ts', 'src/app/two.ts', 'src/z.ts'];
    assert.deepEqual(print(buildChangeTree(paths.map((path) => changed(path)))), [
      'deep/er/still/',
      '  x.ts',
      'src/',
      '  app/',
      '    one.ts',
      '    two.ts',
      '  z.ts',
      'a.txt',
    ]);
  });

  test('leaves out folders that a file below them tells about', () => {
    const changes = [changed('', 'dir'), changed('a', 'dir'), changed('a/b', 'dir')];
    assert.deepEqual(
      visibleChanges([...changes, changed('a/b/c.ts'), changed('empty', 'dir')]).map((c) => c.path),
      ['a/b/c.ts', 'empty'],
    );
  });

  test('leaves out a folder that a renamed file left', () => {
    const moved: Change = { ...changed('b/x.ts'), status: 'R', oldPath: 'a/x.ts' };
    assert.deepEqual(visibleChanges([changed('a', 'dir'), moved]), [moved]);
  });

  test('is quick with many files', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => changed(`d${i % 100}/e${i % 7}/f${i}.ts`));
    const start = performance.now();
    buildChangeTree(visibleChanges(many));
    assert.ok(performance.now() - start < 20_000);
  });
});

suite('timeline groups', () => {
  test('keep the order and split by local day', () => {
    const at = (day: number, hour: number): CheckpointInfo =>
      ({ time: new Date(2026, 10, day, hour).getTime() }) as CheckpointInfo;
    const groups = groupByDay([at(21, 9), at(21, 0), at(20, 23), at(18, 1)]);
    assert.deepEqual(
      groups.map(({ day, checkpoints }) => [day, checkpoints.length]),
      [
        ['2026-11-21', 2],
        ['2026-11-20', 1],
        ['2026-11-18', 1],
      ],
    );
  });
});
