// What people with a screen reader, without a mouse or with a theme of high contrast meet.
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { assertAria } from './support/aria';
import { assertNoViolations } from './support/axe';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';
import { until } from './support/wait';

/** VS Code's four default themes, with its class for each. */
const THEMES = [
  ['Light Modern', 'vs'],
  ['Dark Modern', 'vs-dark'],
  ['Dark High Contrast', 'hc-black'],
  ['Light High Contrast', 'hc-light'],
] as const;

const SIDEBAR = '.part.sidebar';
const QUICK_INPUT = '.quick-input-widget';
const MODAL = '.monaco-dialog-box';
const STATUS = '#snapdir\\.snapdir\\.snapdir\\.status';

suite('accessibility', () => {
  const window = useWindow({
    files: { 'src/a.ts': 'one\n', 'src/b.ts': 'b\n', 'old.txt': 'old\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first', '--tag', 'works');
      made.change({ 'src/a.ts': 'two\n', 'old.txt': null, 'new.txt': 'new\n' });
      await made.cli('take', '-m', 'second');
      await made.cli('promote', 'HEAD', 'release-1.0');
      made.change({ 'src/a.ts': 'three\n', 'more.txt': 'more\n' });
    },
  });

  const check = (what: string, ...parts: string[]): Promise<void> =>
    assertNoViolations(window.page, what, ...parts);

  suiteSetup('unfold the rows', async () => {
    await window.timeline.untilLabel('second');
    await window.timeline.expand('second');
    await window.timeline.untilLabel('old.txt');
    await window.changes.untilLabels(['src', 'a.ts', 'more.txt']);
  });

  test('a screen reader is told what the views hold', async () => {
    await window.page.keyboard.press('Escape');
    await window.timeline.addToSelection('first');
    // Whole: the header with its buttons, which are there under the mouse, and the rows.
    await window.timeline.pane.locator('.pane-header').hover();
    await assertAria(window.timeline.pane, 'timeline');
    await window.changes.pane.locator('.pane-header').hover();
    await assertAria(window.changes.pane, 'changes');
  });

  for (const [theme, kind] of THEMES) {
    test(`${theme}: axe finds nothing in the views, the pickers and the question`, async () => {
      await window.setTheme(theme, kind);
      await window.page.waitForTimeout(500); // colours fade from one theme to the next
      await check('the views', SIDEBAR, STATUS);
      await window.status.click();
      await window.untilAsked('Snapdir');
      await check('the menu', QUICK_INPUT);
      await window.page.keyboard.press('Escape');
      await window.run('Restore…');
      await window.untilAsked('Restore…');
      await check('the list of snapshots', QUICK_INPUT);
      await window.workbench.quickInputPick('first');
      await window.modalText();
      await check('the question', MODAL);
      await window.page.keyboard.press('Escape');
      await window.workbench.modal.waitFor({ state: 'detached' });
    });
  }

  test('a screen reader is told what is asked', async () => {
    await window.run('Show Operations…');
    await window.untilAsked('Operations');
    await assertAria(window.workbench.quickInput.getByRole('listbox'), 'operations');
    await window.page.keyboard.press('Escape');
    await window.run('Restore…');
    await window.untilAsked('Restore…');
    await window.workbench.quickInputPick('first');
    await window.modalText();
    await assertAria(window.workbench.modal, 'restore-question');
    await window.page.keyboard.press('Escape');
  });

  test('a screen reader is told what the other views hold', async () => {
    const view = (name: string): TreeView => new TreeView(window.workbench, name);
    await window.workbench.openFile('a.ts');
    await window.workbench.expandView('File History');
    await window.history.untilLabels(['second', 'first']);
    await assertAria(window.history.pane.getByRole('tree'), 'file-history');
    await window.run('Compare…');
    await window.pick('Compare (1/2)', 'first');
    await window.pick('Compare (2/2)', 'second');
    await view('Comparison').untilLabel('old.txt');
    await window.editors.untilInFront('Snapdir: "first" ↔ "second" (3 files)');
    await assertAria(view('Comparison').pane.getByRole('tree'), 'comparison');
    await window.run('Review Restore…');
    await window.pick('Review Restore…', 'first');
    await view('Restore Plan').untilLabel('Created'); // what is below it may be out of sight
    await assertAria(view('Restore Plan').pane.getByRole('tree'), 'plan');
  });

  test('axe finds nothing in those either, whatever the theme', async () => {
    for (const [theme, kind] of THEMES) {
      await window.setTheme(theme, kind);
      await window.page.waitForTimeout(500); // as above
      for (const name of ['File History', 'Comparison', 'Restore Plan']) {
        await new TreeView(window.workbench, name).pane.getByRole('treeitem').first().waitFor();
      }
      await check(`the other views, ${theme}`, SIDEBAR);
    }
    await window.run('Close Plan');
    await window.run('Close Comparison');
    await window.editors.closeAll();
  });

  test('every button has a name', async () => {
    for (const view of [window.timeline, window.changes]) {
      await view.pane.locator('.pane-header').hover();
      const unnamed = view.pane.locator('[role=button]:not([aria-label])');
      const buttons = await view.pane.locator('[role=button]').count();
      assert.ok(buttons > 2, `${view.name} has buttons`);
      const without: Locator[] = [];
      for (const one of await unnamed.all()) {
        if ((await one.innerText()).trim() === '') {
          without.push(one);
        }
      }
      assert.deepEqual(without, []);
    }
  });

  test('the status bar item and its menu are reached by keys alone', async () => {
    const { keyboard } = window.page;
    await keyboard.press('F1');
    await window.workbench.quickInputType('>View: Focus Status Bar');
    await window.page.locator('.part.statusbar :focus, .part.statusbar:focus').first().waitFor();
    const ours = window.page.locator(`${STATUS}:focus, ${STATUS} :focus`);
    for (let steps = 0; steps < 12 && (await ours.count()) === 0; steps++) {
      await keyboard.press('ArrowRight');
    }
    await until('our item', () => ours.count(), Boolean);
    await keyboard.press('Enter');
    await window.untilAsked('Snapdir');
    await keyboard.press('Escape');
  });
});
