import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bitmap } from './support/picture';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('comparing two sides', () => {
  const window = useWindow({
    files: {
      'src/app.ts': 'line one\nline two\nline three\nline four\nline five\n',
      'src/gone.ts': 'gone\n',
      'pictures/cup.bmp': bitmap(64, [10, 120, 200]),
    },
    settings: { 'files.simpleDialog.enable': true, 'diffEditor.renderSideBySide': true },
    prepare: async (made) => {
      await made.cli('take', '-m', 'start', '--tag', 'first');
      made.change({
        'src/app.ts': 'LINE ONE\nline two\nline three\nline four\nLINE FIVE\n',
        'src/gone.ts': null,
        'src/new.ts': 'new\n',
        'pictures/cup.bmp': bitmap(32, [200, 120, 10]),
      });
      await made.cli('take', '-m', 'edits');
    },
  });
  let comparison: TreeView;
  setup(() => {
    comparison = new TreeView(window.workbench, 'Comparison');
  });

  async function compare(left: string | RegExp, right: string | RegExp): Promise<void> {
    await window.run('Compare…');
    await window.pick('Compare (1/2)', left);
    await window.pick('Compare (2/2)', right);
    await comparison.untilLabel('app.ts');
  }

  test('any two sides in two steps: a tree with letters, sizes and words, and a multi-file diff', async () => {
    await window.timeline.untilLabel('edits');
    await compare('#first', 'Workspace');
    await comparison.untilLabels([
      ...['pictures', 'cup.bmp', 'src', 'app.ts', 'gone.ts', 'new.ts'],
    ]);
    const cup = await comparison.untilRow('sizes', ({ description }) =>
      description.startsWith('binary, 12 KB → 3.1 KB'),
    );
    assert.match(cup.ariaLabel, /^pictures\/cup\.bmp, Modified, binary, 12 KB → 3\.1 KB/u);
    const letters = await Promise.all(
      ['app.ts', 'gone.ts', 'new.ts'].map((name) => comparison.decoration(name)),
    );
    assert.deepEqual(
      letters.map(({ letter }) => letter),
      ['M', 'D', 'A'],
    );
    await window.editors.untilInFront('Snapdir: "start" ↔ Workspace (4 files)');
    const message = comparison.pane.locator('.tree-explorer-viewlet-tree-view .message');
    await untilText('the message', () => message.innerText(), /^4 files differ: 1 added, 2 mod/u);
    assert.match(
      await comparison.pane.locator('.monaco-list').ariaSnapshot(),
      /treeitem "src\/gone\.ts, Deleted/u,
    );
  });

  test('pictures stand side by side', async () => {
    await comparison.click('cup.bmp');
    await window.editors.untilInFront('cup.bmp ("start" ↔ Workspace)');
    await until(
      'two pictures',
      () => window.page.locator('.editor-instance iframe.webview, .webview.ready').count(),
      (count) => count >= 2,
    );
  });

  test('sides are swapped by the icon, and the view is closed by another', async () => {
    await comparison.titleAction('Swap Sides');
    await until(
      'gone.ts added',
      async () => (await comparison.untilLabel('gone.ts')).ariaLabel,
      (seen) => seen.startsWith('src/gone.ts, Added'),
    );
    await comparison.titleAction('Swap Sides');
    await until(
      'gone.ts deleted',
      async () => (await comparison.untilLabel('gone.ts')).ariaLabel,
      (seen) => seen.startsWith('src/gone.ts, Deleted'),
    );
  });

  test('one hunk comes back by the arrow in the diff; saving writes it', async () => {
    await window.editors.closeAll();
    await comparison.click('app.ts');
    await window.editors.untilInFront('app.ts ("start" ↔ Workspace)');
    await window.page.locator('.monaco-diff-editor:visible .modified .view-line').first().hover();
    // Each hunk has an arrow, in any order in the page: one of them goes back, and only that one.
    await window.page.getByRole('button', { name: 'Revert Block' }).first().click();
    const [upper, lower] = [/^line one\n[^]*LINE FIVE$/u, /^LINE ONE\n[^]*line five$/u];
    const modified = window.page.locator('.monaco-diff-editor:visible .modified .view-lines');
    const oneBack = (text: string): boolean => upper.test(text) !== lower.test(text);
    await until('one hunk back', async () => plain(await modified.innerText()), oneBack);
    assert.match(window.onDisk('src/app.ts') ?? '', /^LINE ONE/u, 'nothing is written yet');
    await window.page.keyboard.press('Control+S');
    await until('the same on disk', () => (window.onDisk('src/app.ts') ?? '').trimEnd(), oneBack);
  });

  test('is saved as a patch that git applies', async () => {
    await comparison.titleMenu('Save as Patch…');
    const file = join(window.folder, 'saved.patch');
    // The dialog writes its own proposal a moment after it is drawn.
    const input = window.workbench.quickInput.locator('.quick-input-box input');
    await until(
      'the proposed name',
      () => input.inputValue(),
      (value) => value.endsWith('.patch'),
    );
    await window.workbench.quickInputType(file);
    await window.notification('saved. Not text: 1 file.');
    await until(
      'the patch',
      () => existsSync(file),
      (there) => there,
    );
    // Backwards from the folder as it is: that brings the left side.
    execFileSync('git', ['apply', '-R', '--unsafe-paths', file], {
      cwd: window.folder,
      env: { ...process.env, GIT_CEILING_DIRECTORIES: join(window.folder, '..') },
      stdio: 'pipe',
    });
    window.change({ 'saved.patch': null });
    assert.equal(window.onDisk('src/gone.ts'), 'gone\n');
    assert.equal(window.onDisk('src/new.ts'), undefined);
    await comparison.untilLabels([]);
  });

  test('rows of a snapshot are restored together', async () => {
    if (await comparison.pane.isVisible()) {
      await comparison.titleAction('Close Comparison'); // room for the rows of the timeline
      await comparison.pane.waitFor({ state: 'detached' });
    }
    await window.timeline.expand('edits');
    await window.timeline.click('app.ts');
    await window.timeline.untilQuiet();
    await window.timeline.addToSelection('new.ts');
    await window.timeline.menu('new.ts', 'Restore Selected…');
    assert.match(
      await window.modalText(),
      /Restore "src\/app\.ts" and 1 more from "edits"\? 1 file will be created, 1 overwritten/u,
    );
    await window.workbench.clickModalButton('Restore');
    await window.notification('restored');
    assert.equal(window.onDisk('src/new.ts'), 'new\n');
    assert.match(window.onDisk('src/app.ts') ?? '', /LINE FIVE\n$/u);
    assert.equal(window.onDisk('src/gone.ts'), 'gone\n');
  });
});

function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').trimEnd();
}
