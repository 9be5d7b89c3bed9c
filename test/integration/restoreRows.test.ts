import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  answer,
  change,
  checkpointRow,
  root,
  run,
  take,
  timelineNodes,
  type Asked,
  type Extension,
} from './support/extension';

const FILES = ['edited.txt', 'gone.txt', 'lost.txt', 'added.txt', 'old/deep.txt'];

suite('rows of the timeline that are selected together', () => {
  let extension: Extension;
  let rows: Map<string, TreeNode>;

  const state = (): (string | undefined)[] =>
    FILES.map((path) => {
      const file = join(root(), 'rows', path);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    });
  const restore = async (...names: string[]): Promise<Asked[]> => {
    const picked = names.map((name) => rows.get(`rows/${name}`));
    assert.ok(
      picked.every((row) => row !== undefined),
      [...rows.keys()].join(' '),
    );
    const asked = answer(extension.test, { modal: ['Restore', 'Restore'] });
    await run('snapdir.restoreFromRight', picked[0], picked);
    return asked.filter(({ kind }) => kind === 'modal');
  };

  suiteSetup(async () => {
    extension = await activate();
  });
  setup(async () => {
    change({ rows: null });
    for (const path of ['edited.txt', 'gone.txt', 'lost.txt', 'old/deep.txt']) {
      change({ [`rows/${path}`]: 'before\n' });
    }
    await take('rows: all there');
    change({ 'rows/edited.txt': 'after\n', 'rows/added.txt': 'after\n' });
    change({ 'rows/gone.txt': null, 'rows/lost.txt': null, 'rows/old': null });
    const { id } = await take('rows: some deleted');
    change({ 'rows/edited.txt': 'now\n', 'rows/added.txt': 'now\n' });
    rows = new Map();
    const below = async (row: TreeNode): Promise<void> => {
      for (const child of await timelineNodes(extension.test, row)) {
        if (child.kind === 'change' || child.kind === 'changeFolder') {
          rows.set(child.path, child);
        }
        await below(child);
      }
    };
    await below(await checkpointRow(extension.test, id));
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(() => change({ rows: null }));

  test('deleted files come back as they were before, like one of them', async () => {
    const asked = await restore('gone.txt', 'lost.txt');
    assert.deepEqual(
      asked.map(({ text }) => text.split('\n')[0]),
      ['Restore "rows/gone.txt" and 1 more from "rows: all there"?'],
    );
    assert.deepEqual(state(), ['now\n', 'before\n', 'before\n', 'now\n', undefined]);
  });

  test('what was changed and what was deleted come back, each after a question that names its snapshot', async () => {
    const asked = await restore('edited.txt', 'added.txt', 'gone.txt');
    assert.deepEqual(
      asked.map(({ text }) => text.split('\n')[0]),
      [
        'Restore "rows/edited.txt" and 1 more from "rows: some deleted"?',
        'Restore "rows/gone.txt" from "rows: all there"?',
      ],
    );
    assert.deepEqual(state(), ['after\n', 'before\n', undefined, 'after\n', undefined]);
  });

  test('where the first has nothing to do the second is asked alone; who leaves the first is not asked again', async () => {
    change({ 'rows/edited.txt': 'after\n' });
    assert.equal((await restore('edited.txt', 'gone.txt')).length, 1);
    assert.equal(state()[1], 'before\n');
    change({ 'rows/edited.txt': 'now\n', 'rows/gone.txt': null });
    const asked = answer(extension.test, { modal: [] });
    const picked = ['rows/edited.txt', 'rows/gone.txt'].map((path) => rows.get(path));
    await run('snapdir.restoreFromRight', picked[0], picked);
    assert.equal(asked.length, 1);
    assert.equal(state()[1], undefined);
  });

  test('a folder that was deleted comes back, too, alone or with others', async () => {
    answer(extension.test, { modal: ['Restore'] });
    await run('snapdir.restoreFolder', rows.get('rows/old'));
    assert.equal(state()[4], 'before\n');
    change({ 'rows/old': null });
    assert.equal((await restore('old', 'lost.txt')).length, 1);
    assert.deepEqual(state(), ['now\n', undefined, 'before\n', 'now\n', 'before\n']);
  });
});
