import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  answer,
  change,
  eventually,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

suite('the view of changes', () => {
  let extension: Extension;
  const state = (): (string | undefined)[] =>
    ['edited.txt', 'gone.txt', 'added.txt'].map((path) => {
      const file = join(root(), 'working', path);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    });
  const rows = async (): Promise<Map<string, TreeNode>> => {
    const { changesTree } = extension.test.views;
    await extension.test.changes.refresh();
    const found = new Map<string, TreeNode>();
    const below = async (row?: TreeNode): Promise<void> => {
      for (const child of await changesTree.getChildren(row)) {
        if (child.kind === 'change') {
          found.set(child.path, child);
        }
        await below(child);
      }
    };
    await below();
    return found;
  };

  suiteSetup(async () => {
    extension = await activate();
  });
  teardown(() => extension.test.setPrompts(undefined));
  suiteTeardown(() => change({ working: null }));

  test('brings edited and deleted files back in one restore, with one question and one Undo', async () => {
    change({ 'working/edited.txt': 'before\n', 'working/gone.txt': 'before\n' });
    await take('all there');
    change({
      'working/edited.txt': 'now\n',
      'working/gone.txt': null,
      'working/added.txt': 'new\n',
    });
    const known = await rows();
    const picked = ['edited.txt', 'gone.txt', 'added.txt'].map((name) =>
      known.get(`working/${name}`),
    );
    assert.ok(
      picked.every((row) => row !== undefined),
      [...known.keys()].join(' '),
    );
    const asked = answer(extension.test, { modal: ['Restore', 'Restore'] });
    const result = await run('snapdir.restoreSelected', picked[0], picked);
    assert.equal(asked.filter(({ kind }) => kind === 'modal').length, 1);
    assert.equal(asked.filter(({ buttons }) => buttons.includes('Undo')).length, 1);
    assert.deepEqual(state(), ['before\n', 'before\n', 'new\n']);
    answer(extension.test, { modal: ['Undo Restore'] });
    await run('snapdir.undoRestore', { operation: result?.operation });
    assert.deepEqual(state(), ['now\n', undefined, 'new\n']);
  });

  test('with nothing changed since a chosen snapshot says since which, and leads back', async () => {
    change({ 'working/added.txt': 'kept\n' });
    const chosen = await take('the chosen one');
    await run('snapdir.compareChangesWith', { rev: chosen.id });
    const { changesTree } = extension.test.views;
    const [row] = await eventually('the row', async () => {
      const found = await changesTree.getChildren();
      return found[0]?.kind === 'note' ? found : undefined;
    });
    assert.ok(row);
    const item = changesTree.getTreeItem(row);
    assert.equal(
      item.label,
      'No changes since "the chosen one". Click to compare with the last snapshot.',
    );
    assert.ok(item.command);
    await run(
      item.command.command as 'snapdir.compareChangesWithLast',
      ...((item.command.arguments ?? []) as []),
    );
    await eventually('none', async () => (await changesTree.getChildren()).length === 0);
  });
});
