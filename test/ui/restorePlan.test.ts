import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

const GOOD = {
  'docs/guide.md': 'good guide\n',
  'docs/lost.md': 'good lost\n',
  'docs/typed.md': 'good typed\n',
  'src/main.ts': 'good main\n',
  'src/other.ts': 'good other\n',
};

suite('the restore plan', () => {
  const window = useWindow({
    files: GOOD,
    prepare: async (made) => {
      await made.cli('take', '-m', 'good');
      made.change({ 'src/other.ts': 'kept other\n' });
      await made.cli('take', '-m', 'later');
    },
  });
  let plan: TreeView;

  setup(() => {
    plan = new TreeView(window.workbench, 'Restore Plan');
    window.change({
      'docs/guide.md': 'bad guide\n',
      'docs/lost.md': null,
      'docs/extra.md': 'extra\n',
      'docs/typed.md': 'good typed\n',
      'src/main.ts': 'bad main\n',
      'src/other.ts': 'kept other\n',
    });
  });

  function box(label: string): Locator {
    return plan.row(label).locator('.custom-view-tree-node-item-checkbox');
  }

  async function untilTicked(label: string, ticked: boolean): Promise<void> {
    await until(
      `the box of "${label}"`,
      () => box(label).getAttribute('aria-checked'),
      (seen) => seen === String(ticked),
    );
  }

  async function message(wanted: RegExp): Promise<void> {
    const text = plan.pane.locator('.tree-explorer-viewlet-tree-view .message');
    await untilText('the message', () => text.innerText({ timeout: 1_000 }), wanted);
  }

  async function review(): Promise<void> {
    await window.timeline.menu('good', 'Restore…');
    await window.workbench.clickModalButton('Review…');
    await plan.untilLabel('lost.md');
  }

  test('comes up from the modal of a restore, grouped, and each row opens its diff', async () => {
    await window.timeline.untilLabel('good');
    await review();
    await plan.untilLabels([
      ...['Changed Since the Last Snapshot', 'guide.md', 'main.ts'],
      ...['Overwritten', 'other.ts', 'Created', 'lost.md'],
    ]);
    await message(/^4 of 4 files ticked: 1 created, 3 overwritten, 0 deleted\./u);
    await message(/Not in the snapshot, and left alone: 1 file\./u);
    await plan.click('guide.md');
    await window.editors.untilDiff({ left: 'good guide', right: 'bad guide' });
    await window.editors.untilInFront('guide.md ("good" ↔ Workspace)');
    assert.equal((await plan.decoration('lost.md')).letter, 'A');
    assert.match(
      await plan.pane.locator('.monaco-list').ariaSnapshot(),
      /checkbox "docs\/guide\.md" \[checked\]/u,
    );
  });

  test('boxes are ticked by mouse and by the space key, a group at once, and only they are restored', async () => {
    await box('main.ts').click();
    await untilTicked('main.ts', false);
    await untilTicked('Changed Since the Last Snapshot', false);
    await message(/^3 of 4 files ticked: 1 created, 2 overwritten/u);
    await plan.row('other.ts').click();
    await plan.row('Overwritten').click();
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Space');
    await untilTicked('other.ts', false);
    await untilTicked('Overwritten', false);
    await box('Overwritten').click();
    await untilTicked('other.ts', true);
    await box('Overwritten').click();
    await untilTicked('other.ts', false);
    await message(/^2 of 4 files ticked: 1 created, 1 overwritten, 0 deleted\./u);
    await plan.titleAction('Restore Ticked Files');
    assert.match(
      await window.modalText(),
      /Restore 2 files from "good"\? 1 file will be created, 1 overwritten, 0 deleted\./u,
    );
    await window.workbench.clickModalButton('Restore');
    assert.match(await window.notification('restored'), /^2 files restored from "good": 2 files/u);
    assert.equal(window.onDisk('docs/guide.md'), 'good guide\n');
    assert.equal(window.onDisk('docs/lost.md'), 'good lost\n');
    assert.equal(window.onDisk('docs/extra.md'), 'extra\n');
    assert.equal(window.onDisk('src/main.ts'), 'bad main\n');
    assert.equal(window.onDisk('src/other.ts'), 'kept other\n');
    await plan.pane.waitFor({ state: 'detached' });
    await window.workbench.clickNotificationButton('restored', 'Undo');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assert.equal(window.onDisk('docs/guide.md'), 'bad guide\n');
    assert.equal(window.onDisk('docs/lost.md'), undefined);
  });

  test('deletes extra files only as an exact mirror, and not those whose box is empty', async () => {
    window.change({ 'docs/extra2.md': 'extra 2\n' });
    await review();
    await plan.titleAction('Exact Mirror: Delete Extra Files');
    await plan.untilLabel('extra.md');
    await message(/^6 of 6 files ticked: 1 created, 3 overwritten, 2 deleted\./u);
    await plan.titleAction('Keep Extra Files');
    await plan.untilGone('extra.md');
    await plan.titleAction('Exact Mirror: Delete Extra Files');
    await plan.untilLabel('extra2.md');
    await box('extra2.md').click();
    await untilTicked('extra2.md', false);
    await plan.titleAction('Restore Ticked Files');
    assert.match(await window.modalText(), /1 file will be created, 3 overwritten, 1 deleted/u);
    await window.workbench.clickModalButton('Restore and Delete');
    await window.notification('restored');
    assert.equal(window.onDisk('docs/extra.md'), undefined);
    assert.equal(window.onDisk('docs/extra2.md'), 'extra 2\n');
    window.change({ 'docs/extra2.md': null });
  });

  test('an unsaved editor is a group of its own, and is saved before it is overwritten', async () => {
    await window.typeAtStart('docs/typed.md', 'typed ');
    await window.timeline.menu('good', 'Review Restore…');
    await plan.untilLabel('typed.md');
    await plan.untilLabel('Unsaved in an Editor');
    await plan.titleAction('Restore Ticked Files');
    assert.match(
      await window.modalText(),
      /Saved first, because an editor holds changes: 1 file\./u,
    );
    await window.workbench.clickModalButton('Restore');
    await window.notification('restored');
    assert.equal(window.onDisk('docs/typed.md'), 'good typed\n');
    await window.workbench.clickNotificationButton('restored', 'Undo');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assert.equal(window.onDisk('docs/typed.md'), 'typed good typed\n');
    await window.editors.closeAll();
  });

  test('notices what changed since the plan was made, and restores nothing of it', async () => {
    await review();
    window.change({ 'docs/guide.md': 'changed meanwhile\n' });
    await message(/Files changed since this plan was made: refresh it\.$/u);
    await plan.titleAction('Restore Ticked Files');
    await window.notification('Nothing was restored; the plan is up to date now.');
    assert.equal(window.onDisk('docs/guide.md'), 'changed meanwhile\n');
    await message(/^4 of 4 files ticked: 1 created, 3 overwritten, 0 deleted\.[^:]*: 1 file\.$/u);
    await plan.titleAction('Close Plan');
    await plan.pane.waitFor({ state: 'detached' });
  });

  test('lists what could not be restored', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    // What is neither file, folder nor link is never touched, so nothing can take its place.
    execFileSync('mkfifo', [join(window.folder, 'docs/lost.md')]);
    await window.timeline.menu('good', 'Review Restore…');
    await plan.untilLabel('guide.md');
    await plan.titleAction('Restore Ticked Files');
    await window.workbench.clickModalButton('Restore');
    await window.notification('1 failed');
    await plan.untilLabels(['lost.md']);
    const row = await plan.untilLabel('lost.md');
    assert.match(row.ariaLabel, /^docs\/lost\.md, not restored: not captured: not a regular file/u);
    await message(/^1 file could not be restored\. Everything else was\.$/u);
    assert.equal(window.onDisk('docs/guide.md'), 'good guide\n');
    await plan.titleAction('Close Plan');
    await plan.pane.waitFor({ state: 'detached' });
  });
});
