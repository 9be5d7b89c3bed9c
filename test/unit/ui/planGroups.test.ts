import assert from 'node:assert/strict';
import type { PlanItem, RestorePlan } from '../../../src/core/engine';
import {
  groupPlan,
  planRows,
  samePlan,
  tickedPaths,
  type PlanFacts,
} from '../../../src/ui/restore/planGroups';

const FILE = { kind: 'file' as const };
const DIR = { kind: 'dir' as const };
const create = (path: string, target: PlanItem['target'] = FILE): PlanItem => ({
  ...{ action: 'create' as const, path },
  ...(target && { target }),
});
const overwrite = (path: string): PlanItem => ({
  action: 'overwrite',
  path,
  live: FILE,
  target: FILE,
});
const remove = (path: string, live: PlanItem['live'] = FILE): PlanItem => ({
  ...{ action: 'delete' as const, path },
  ...(live && { live }),
});
const facts = (part: Partial<Record<keyof PlanFacts, string[]>> = {}): PlanFacts => ({
  unsaved: new Set(part.unsaved),
  changed: new Set(part.changed),
  runs: new Set(part.runs),
});
const paths = (items: readonly PlanItem[]): string[] => items.map(({ path }) => path);

suite('groups of a restore plan', () => {
  test('a file is in the first group that fits, and in that alone', () => {
    const items = [
      ...[overwrite('unsaved.txt'), overwrite('changed.txt'), overwrite('b.txt')],
      ...[create('new.txt'), remove('extra.txt'), remove('extra-changed.txt')],
      ...[overwrite('.vscode/tasks.json'), overwrite('a.txt')],
    ];
    const groups = groupPlan(
      items,
      facts({
        unsaved: ['unsaved.txt'],
        changed: ['unsaved.txt', 'changed.txt', 'extra-changed.txt', '.vscode/tasks.json'],
        runs: ['.vscode/tasks.json'],
      }),
    );
    assert.deepEqual(
      groups.map(({ group, items: found }) => [group, ...paths(found)]),
      [
        ['runs', '.vscode/tasks.json'],
        ['unsaved', 'unsaved.txt'],
        ['changed', 'changed.txt', 'extra-changed.txt'],
        ['overwrite', 'a.txt', 'b.txt'],
        ['create', 'new.txt'],
        ['delete', 'extra.txt'],
      ],
    );
  });

  test('an unsaved editor is a row even where the file on disk is as the snapshot has it', () => {
    const [group] = groupPlan([], facts({ unsaved: ['a.txt'] }));
    assert.deepEqual([group?.group, paths(group?.items ?? [])], ['unsaved', ['a.txt']]);
  });

  test('folders are rows only where nothing below them is', () => {
    const items = [create('d', DIR), create('d/a'), create('empty', DIR), remove('gone', DIR)];
    assert.deepEqual(paths(planRows([...items, remove('gone/x')], facts())), [
      ...['d/a', 'empty', 'gone/x'],
    ]);
  });

  test('what is in a folder that gives way to a file is no row: it goes with the folder', () => {
    const items = [remove('x/deep/a'), remove('x/b'), remove('x', DIR), create('x')];
    const rows = planRows(items, facts());
    assert.deepEqual(
      rows.map(({ action, path }) => `${action} ${path}`),
      ['create x'],
    );
  });

  test('all ticked: what was asked for; else exactly the ticked paths', () => {
    const rows = [create('d/a'), create('d/b'), overwrite('c')];
    assert.equal(tickedPaths(rows, new Set()), undefined);
    assert.equal(tickedPaths(rows, new Set(['elsewhere'])), undefined);
    assert.deepEqual(tickedPaths(rows, new Set(['d/b'])), ['d/a', 'c']);
    assert.deepEqual(tickedPaths(rows, new Set(paths(rows))), []);
  });

  test('very many ticked paths come as folders in which everything is ticked', () => {
    const rows = ['one', 'two', 'mixed/in'].flatMap((folder) =>
      Array.from({ length: 600 }, (_, i) => create(`${folder}/f${i}`)),
    );
    const found = tickedPaths([...rows, create('top')], new Set(['mixed/in/f3']));
    assert.ok(found);
    assert.deepEqual(found.slice(0, 2), ['one', 'two']);
    assert.equal(found.length, 2 + 599 + 1);
    assert.ok(!found.includes('mixed/in/f3') && !found.includes('mixed'));
  });

  test('two plans are the same where every item is, but for what was saved in between', () => {
    const plan = (fingerprint: string, ...items: PlanItem[]): RestorePlan =>
      ({ fingerprint, items }) as unknown as RestorePlan;
    assert.ok(samePlan(plan('1', create('a')), plan('1', create('a'))));
    assert.ok(!samePlan(plan('1', create('a')), plan('2', create('a'), overwrite('b'))));
    const saved = new Set(['b']);
    assert.ok(samePlan(plan('1', create('a')), plan('2', create('a'), overwrite('b')), saved));
    assert.ok(!samePlan(plan('1', create('a')), plan('2', overwrite('b')), saved));
  });
});
