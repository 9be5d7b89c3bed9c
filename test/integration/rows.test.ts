import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { nullLogger } from '../../src/base/logger';
import type { CheckpointInfo, Engine } from '../../src/core/engine';
import { ShownTimeline } from '../../src/ui/state/shownTimeline';
import { FilterState } from '../../src/ui/state/timelineFilter';
import { PAGE_SIZE, TimelineModel } from '../../src/ui/state/timelineModel';
import { FolderNode, type NoteNode, type TreeNode } from '../../src/ui/tree/nodes';
import { person } from '../support/people';
import {
  activate,
  activeTab,
  answer,
  change,
  checkpointRow,
  closeEditors,
  eventually,
  firstRepository,
  root,
  run,
  take,
  type Extension,
} from './support/extension';

suite('rows of the views', function () {
  this.timeout(60_000);
  let extension: Extension;
  let first: CheckpointInfo;
  let second: CheckpointInfo;

  suiteSetup(async () => {
    extension = await activate();
    change({ 'rows/a.txt': 'one\n', 'rows/b.txt': 'b\n' });
    symlinkSync('a.txt', join(root(), 'rows', 'way'));
    first = await take('as shown: first');
    change({ 'rows/a.txt': 'two\n' });
    rmSync(join(root(), 'rows', 'way'));
    symlinkSync('b.txt', join(root(), 'rows', 'way'));
    second = await take('as shown: second');
  });
  teardown(async () => {
    extension.test.setPrompts(undefined);
    extension.test.views.timelineView.filter.clear();
    await run('snapdir.closeComparison');
    await run('snapdir.closePlan');
    await closeEditors();
  });
  suiteTeardown(() => change({ rows: null }));

  /** Lets an operation of the engine fail until `stop`. */
  function failing(name: 'fileHistory' | 'compare' | 'timeline'): { stop(): void } {
    const engine = firstRepository(extension.test).engine as unknown as Record<string, unknown>;
    const method = engine[name];
    engine[name] = () => Promise.reject(new Error('the disk is on holiday'));
    return { stop: () => void (engine[name] = method) };
  }

  /** The row of a comparison, by its path. */
  function compared(path: string): TreeNode {
    const { comparisonTree } = extension.test.views;
    const queue = comparisonTree.getChildren();
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      if ((node.kind === 'change' || node.kind === 'changeFolder') && node.path === path) {
        return node;
      }
      queue.push(...comparisonTree.getChildren(node));
    }
    throw new Error(`no row ${path}`);
  }

  async function compareBoth(): Promise<void> {
    await run('snapdir.selectForCompare', { rev: first.id });
    await run('snapdir.compareWithSelected', { rev: second.id });
  }

  const isFailure = (node: { kind: string } | undefined): node is NoteNode =>
    node?.kind === 'note' && (node as NoteNode).label.endsWith('Click to try again.');

  test('of a file history that cannot be read asks again, with a click or with Refresh', async () => {
    const { historyTree } = extension.test;
    const rows = async (): Promise<{ kind: string }[]> => (await historyTree.getChildren()) ?? [];
    await run('snapdir.showFileHistory', vscode.Uri.file(join(root(), 'rows', 'a.txt')));
    await eventually('two versions', async () => (await rows()).length === 2);
    const failure = failing('fileHistory');
    try {
      await run('snapdir.refresh');
      const [row] = await rows();
      assert.ok(isFailure(row), 'Refresh reads the history anew');
      assert.equal(row.command, 'snapdir.refresh');
    } finally {
      failure.stop();
    }
    await run('snapdir.refresh');
    assert.equal((await rows()).length, 2);
  });

  test('of a comparison that cannot be made ask again', async () => {
    await compareBoth();
    const { comparisonTree } = extension.test.views;
    const failure = failing('compare');
    try {
      await run('snapdir.refresh');
      const [row] = comparisonTree.getChildren();
      assert.ok(isFailure(row), 'Refresh compares anew');
      assert.equal(row.command, 'snapdir.refresh');
    } finally {
      failure.stop();
    }
    await run('snapdir.refresh');
    assert.ok(compared('rows/a.txt'));
  });

  test('of a folder say how many snapshots there are, how many were found, or nothing', async () => {
    const { timelineTree, timelineView } = extension.test.views;
    const said = (): [unknown, string | undefined] => {
      const item = timelineTree.getTreeItem(new FolderNode(firstRepository(extension.test)));
      return [item.description, item.accessibilityInformation?.label];
    };
    const { name } = firstRepository(extension.test);
    const { total } = await extension.test.repositories.timelines[0]!.get();
    assert.deepEqual(said(), [`Snapshots: ${total}`, `Folder ${name}, Snapshots: ${total}`]);
    timelineView.filter.set({ text: 'as shown: ' });
    await timelineTree.getChildren();
    assert.deepEqual(said(), ['2 found', `Folder ${name}, 2 found`]);
    timelineView.filter.set({ text: 'there is no such text' });
    await timelineTree.getChildren();
    assert.deepEqual(said(), ['0 found', `Folder ${name}, 0 found`]);
    const failure = failing('timeline');
    try {
      timelineView.filter.set({ text: 'as shown: f' });
      await timelineTree.getChildren();
      assert.deepEqual(said(), ['', `Folder ${name}`]);
    } finally {
      failure.stop();
    }
  });

  test('of a link say so', async () => {
    await compareBoth();
    const item = extension.test.views.comparisonTree.getTreeItem(compared('rows/way'));
    assert.equal(item.description, 'link');
    assert.equal(item.accessibilityInformation?.label, 'rows/way, Modified, link');
  });

  test('lead to their snapshot in the timeline', async () => {
    const { timeline, planTree, changesTree } = extension.test.views;
    const leads = async (row: unknown, { id, message }: CheckpointInfo): Promise<void> => {
      await run('snapdir.revealInTimeline', row);
      await eventually(`the row of ${message}`, () => {
        const [selected] = timeline.selection;
        return selected?.kind === 'checkpoint' && selected.checkpoint.id === id;
      });
    };
    const other = await checkpointRow(extension.test, second.id);
    await compareBoth();
    await leads(compared('rows/a.txt'), second);
    await run('snapdir.reviewRestore', { rev: first.id, path: 'rows' });
    const [group] = planTree.getChildren();
    await leads(planTree.getChildren(group)[0], first);
    await leads(other, second);
    await leads(group, first);
    await run('snapdir.compareChangesWith', { rev: second.id });
    change({ 'rows/b.txt': 'bb\n' });
    const working = await eventually('a changed file', async () => {
      const [top] = await changesTree.getChildren();
      return top?.kind === 'changeFolder' ? top : undefined;
    });
    await leads(working, second);
    await run('snapdir.compareChangesWithLast');
    change({ 'rows/b.txt': 'b\n' });
  });

  test('that are selected are compared, also where the menu is that of another row', async () => {
    const { timeline } = extension.test.views;
    await run('snapdir.revealInTimeline', { rev: second.id });
    await eventually('its row', () => timeline.selection.length === 1);
    await vscode.commands.executeCommand('list.expandSelectionDown');
    await eventually('two rows', () => timeline.selection.length === 2);
    const other = await take('as shown: third');
    answer(extension.test);
    const clicked = await checkpointRow(extension.test, other.id);
    await eventually('both rows, drawn anew', () => timeline.selection.length === 2);
    await run('snapdir.compareSelected', clicked);
    await eventually('the comparison', () =>
      activeTab()?.label.startsWith('Snapdir: "as shown: first" ↔ "as shown: second"'),
    );
  });
});

suite('a filtered timeline', () => {
  test('keeps the page that "Load more" brings, whatever arrives at that moment', async function () {
    this.timeout(60_000);
    const who = person('ann', { 'a.txt': 'a' });
    for (let n = 0; n < PAGE_SIZE + 30; n++) {
      who.take(`some ${n}`);
    }
    const model = new TimelineModel(who.repository, nullLogger);
    const filter = new FilterState();
    const shown = new ShownTimeline(model, filter);
    try {
      await model.get();
      filter.set({ text: 'some' });
      assert.equal((await shown.get()).checkpoints.length, PAGE_SIZE);
      const engine: { timeline: Engine['timeline'] } = who.repository.engine;
      const { timeline } = engine;
      engine.timeline = async (params, context) => {
        engine.timeline = timeline;
        const told = new Promise<void>((resolve) => model.onDidChange(resolve));
        const checkpoint = who.take('some more');
        who.repository.didChange({ kind: 'taken', checkpoint });
        await told;
        return timeline(params, context);
      };
      await shown.loadMore();
      const { checkpoints, next } = await shown.get();
      assert.deepEqual([checkpoints.length, next], [PAGE_SIZE + 31, undefined]);
      assert.equal(checkpoints[0]?.message, 'some more');
    } finally {
      shown.dispose();
      filter.dispose();
      model.dispose();
    }
  });
});
