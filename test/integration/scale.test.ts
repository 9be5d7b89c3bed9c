import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangeFolder } from '../../src/ui/tree/changeTree';
import type { TreeNode } from '../../src/ui/tree/nodes';
import {
  activate,
  checkpointRow,
  root,
  take,
  timelineNodes,
  type Extension,
} from './support/extension';

/** The longest time in which the extension host could do nothing else, in milliseconds. */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  return Math.max(longest, performance.now() - last - 1);
}

function countFiles(folder: ChangeFolder): number {
  return folder.changes.length + folder.folders.reduce((sum, child) => sum + countFiles(child), 0);
}

suite('many changes', () => {
  let extension: Extension;
  suiteSetup(async () => {
    extension = await activate();
    await take('before many');
    // Asynchronous: a test that blocks the extension host itself would measure nothing.
    for (let folder = 0; folder < 60; folder++) {
      const place = join(root(), 'many', `folder${folder}`);
      await mkdir(place, { recursive: true });
      const files = Array.from({ length: 100 }, (_, file) => join(place, `file${file}.txt`));
      await Promise.all(files.map((file) => writeFile(file, `${file}\n`)));
    }
  });
  suiteTeardown(async () => {
    await rm(join(root(), 'many'), { recursive: true, force: true });
    await take('without many');
  });

  test('are shown folded, cut, and without holding up the editor', async () => {
    const checkpoint = await take('many');
    const { timelineTree } = extension.test.views;
    const row = await checkpointRow(extension.test, checkpoint.id);
    let rows: TreeNode[] = [];
    const block = await longestBlock(async () => {
      rows = await timelineNodes(extension.test, row);
      rows.forEach((child) => timelineTree.getTreeItem(child));
    });
    assert.ok(block < 250, `${Math.round(block)} ms`);
    const [folder, note] = rows;
    assert.ok(folder?.kind === 'changeFolder' && note?.kind === 'note');
    const shown = (folders: TreeNode[]): number =>
      folders.reduce((sum, n) => sum + (n.kind === 'changeFolder' ? countFiles(n.folder) : 0), 0);
    assert.equal(note.label, `${6_000 - shown(rows)} more changes`);
    const inside = await timelineNodes(extension.test, folder);
    assert.equal(inside.length, 50);
    assert.equal(timelineTree.getTreeItem(inside[0]!).collapsibleState, 1);
  });

  test('come page by page in the timeline', async () => {
    const timeline = extension.test.repositories.timelines[0]!;
    const { checkpoints, total, next } = await timeline.get();
    assert.equal(checkpoints.length, Math.min(total, 200));
    assert.equal(next === undefined, total <= 200);
  });
});
