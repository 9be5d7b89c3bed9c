import assert from 'node:assert/strict';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('the history of a file, and changes since a chosen snapshot', () => {
  const window = useWindow({
    files: { 'src/cart.ts': 'one\n', 'other.txt': 'other\n', 'docs/a.md': 'a\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'src/cart.ts': 'one and two\n' });
      await made.cli('take', '-m', 'second');
      made.change({ 'other.txt': 'another\n' });
      await made.cli('take', '-m', 'elsewhere');
      made.change({ 'src/cart.ts': null, 'lib/cart.ts': 'one and two\n', 'docs/a.md': null });
      await made.cli('take', '-m', 'moved');
      made.change({ 'lib/cart.ts': 'one, two, three\n' });
    },
  });

  test('asks for a file first, then follows the active editor, over a move', async () => {
    const { history, workbench } = window;
    await workbench.expandView('File History');
    await untilText('the words', () => history.welcome.innerText(), /^Open a file to see/u);
    await workbench.openFile('cart.ts');
    await history.untilLabels(['moved', 'second', 'first']);
    assert.equal(await history.title(), 'cart.ts · lib');
    const rows = await history.rows();
    assert.deepEqual(
      rows.map(({ description }) => description.replace(/^.*? · /u, '')),
      ['12 B · ← src/cart.ts', '+8 B · src/cart.ts', '4 B · src/cart.ts'],
    );
    assert.equal(await history.icon('moved'), 'diff-renamed');
    assert.equal(await history.icon('first'), 'diff-added');
  });

  test('tells a screen reader what a row shows', async () => {
    const aria = await window.history.aria();
    assert.match(
      aria,
      /treeitem "Snapshot moved, Renamed, moved from src\/cart\.ts, .*, 12 B, .*20\d\d/u,
    );
    assert.match(
      aria,
      /treeitem "Snapshot second, Modified, as src\/cart\.ts, .*, 12 B \(\+8 B\), /u,
    );
    assert.match(aria, /treeitem "Snapshot first, Added, as src\/cart\.ts, /u);
    const buttons = window.history.pane.getByRole('button', { name: 'Pin File History' });
    await window.history.pane.locator('.pane-header').hover();
    await buttons.first().waitFor();
  });

  test('a click opens what a version changed, and the history stays', async () => {
    const { history, editors } = window;
    await history.click('second');
    await editors.untilInFront('cart.ts (Previous ↔ "second")');
    await editors.untilDiff({ left: 'one', right: 'one and two' });
    await history.untilLabels(['moved', 'second', 'first']);
    assert.equal(await history.title(), 'cart.ts · lib');
  });

  test('compares with the file as it is, by the icon and over the move', async () => {
    const { history, editors } = window;
    await history.rowAction('first', 'Compare with Current');
    await editors.untilInFront('cart.ts ("first" ↔ Workspace)');
    await editors.untilDiff({ left: 'one', right: 'one, two, three' });
  });

  test('compares with the version before, over the move', async () => {
    const { history, editors } = window;
    await history.menu('second', 'Compare with Previous');
    await editors.untilDiff({ left: 'one', right: 'one and two' });
    await editors.closeAll();
    await window.workbench.openFile('cart.ts');
  });

  test('offers what the words of Local History offer, and compares any two', async () => {
    const { history, editors } = window;
    await history.click('second');
    await history.untilQuiet();
    const entries = await history.menuEntries('second');
    // There when this test is tried again: something was selected for it.
    const offered = entries.filter((entry) => entry !== 'Compare with Selected');
    assert.deepEqual(offered, [
      'Compare with Current',
      'Compare with Previous',
      'Select for Compare',
      'Show Contents',
      'Restore Contents…',
      'Restore to…',
      'Reveal in Timeline',
      'Copy Id',
      'Forget in All Snapshots…',
    ]);
    await history.menu('first', 'Reveal in Timeline');
    await window.timeline.untilRow('the row', ({ label, selected }) => {
      return label === 'first' && selected;
    });
    await history.menu('first', 'Select for Compare');
    await history.menuOnceOffered('moved', 'Compare with Selected');
    await editors.untilInFront('cart.ts ("first" ↔ "moved")');
    await editors.untilDiff({ left: 'one', right: 'one and two' });
    await editors.closeAll();
    await window.workbench.openFile('cart.ts');
    await history.click('moved');
    await history.addToSelection('first');
    await until(
      'the menu of two',
      () => history.menuEntries('first'),
      (entries) => entries.includes('Compare Selected') && entries.includes('Show Contents'),
    );
    await history.menu('first', 'Compare Selected');
    await editors.untilInFront('cart.ts ("first" ↔ "moved")');
    await editors.untilDiff({ left: 'one', right: 'one and two' });
    await history.click('second');
    await history.menu('first', 'Show Contents');
    await untilText('the contents', () => editors.text(), 'one');
    await editors.closeAll();
  });

  test('stays where it is pinned, and follows again', async () => {
    const { history, workbench } = window;
    await workbench.openFile('cart.ts');
    await history.untilLabels(['moved', 'second', 'first']);
    await history.titleAction('Pin File History');
    await workbench.openFile('other.txt');
    await window.editors.untilInFront('other.txt');
    await history.untilQuiet();
    await history.untilLabels(['moved', 'second', 'first']);
    await history.titleAction('Unpin File History');
    await history.untilLabels(['elsewhere', 'first']);
    assert.equal(await history.title(), 'other.txt');
  });

  test('puts contents from before a move into the file under its new name', async () => {
    const { history, workbench } = window;
    await workbench.openFile('cart.ts');
    await history.untilLabels(['moved', 'second', 'first']);
    await history.menu('first', 'Restore Contents…');
    assert.match(await window.modalText(), /Restore "lib\/cart\.ts" from "first"\?/u);
    await workbench.clickModalButton('Cancel');
    await workbench.openFile('other.txt');
    await history.untilLabels(['elsewhere', 'first']);
  });

  test('puts a file back, which can be undone', async () => {
    const { history } = window;
    await history.menu('first', 'Restore Contents…');
    assert.match(await window.modalText(), /Restore "other\.txt" from "first"\?/u);
    await window.workbench.clickModalButton('Restore');
    await window.untilOnDisk('other.txt', 'other\n');
    await window.notification('restored');
    await window.timeline.titleAction('Undo Last Restore');
    await window.workbench.clickModalButton('Undo Restore');
    await window.untilOnDisk('other.txt', 'another\n');
    await window.notification('undone');
  });

  test('from a tab, and of a file that is gone', async () => {
    const { history, workbench, timeline } = window;
    await workbench.openFile('cart.ts');
    await workbench.contextMenuPick(workbench.tab('cart.ts'), 'Show File History');
    await until(
      'the history',
      () => history.labels(),
      (seen) => seen.includes('second'),
    );
    await timeline.expand('moved');
    await timeline.menu('a.md', 'Show File History');
    await until(
      'the deleted file',
      () => history.title(),
      (seen) => seen === 'a.md · docs',
    );
    const rows = await until(
      'its versions',
      () => history.rows(),
      (seen) => seen.length === 2,
    );
    assert.deepEqual(
      rows.map(({ label, description }) => `${label} ${description.replace(/^.*? · /u, '')}`),
      ['moved deleted', 'first 2 B'],
    );
    // Whatever is looked at meanwhile: no editor shows this file.
    await workbench.openFile('other.txt');
    await history.untilQuiet();
    assert.equal(await history.title(), 'a.md · docs');
    await history.titleAction('Unpin File History');
    await timeline.row('moved').locator('.monaco-tl-twistie').click();
  });

  test('of a folder, by the explorer', async () => {
    const { history, page, workbench, editors } = window;
    await workbench.clickActivityBar('Explorer');
    const folder = page
      .locator('.explorer-folders-view .monaco-list-row')
      .filter({ hasText: /^src|^lib/u });
    await folder.first().waitFor();
    await workbench.contextMenuPick(
      folder.filter({ hasText: 'lib' }).first(),
      'Snapdir > Show Folder History',
    );
    await until(
      'the folder',
      () => history.title(),
      (seen) => seen === 'lib',
    );
    const row = await history.untilRow('the move', ({ label }) => label === 'moved');
    assert.match(row.description, / · \+1$/u);
    await history.click('moved');
    await editors.untilMultiDiff({ 'cart.ts': { left: '', right: 'one and two' } });
    await history.titleAction('Unpin File History');
    await editors.closeAll();
  });

  test('changes are against any snapshot, and one click brings the last one back', async () => {
    const { changes } = window;
    await changes.untilLabels(['lib', 'cart.ts']);
    await changes.titleMenu('Compare Changes With…');
    await window.pick('Compare Changes With…', 'first');
    await until(
      'the title',
      () => changes.title(),
      (seen) => seen === 'since "first"',
    );
    await window.run('View Changes as List');
    await until(
      'all that changed',
      async () => (await changes.labels()).sort(),
      (seen) => JSON.stringify(seen) === '["a.md","cart.ts","cart.ts","other.txt"]',
    );
    await untilText('the badge', () => window.badge(), '4');
    await changes.click('other.txt');
    await window.editors.untilInFront('other.txt ("first" ↔ Workspace)');
    await window.editors.untilDiff({ left: 'other', right: 'another' });
    assert.match(await changes.aria(), /treeitem "other\.txt, Modified"/u);
  });

  test('restores one file of the changes by its menu', async () => {
    const { changes } = window;
    await changes.menu('other.txt', 'Restore File…');
    assert.match(await window.modalText(), /Restore "other\.txt" from "first"\?/u);
    await window.workbench.clickModalButton('Cancel');
    assert.equal(window.onDisk('other.txt'), 'another\n');
  });

  test('restores what is selected, and nothing else', async () => {
    const { changes } = window;
    await changes.click('a.md');
    await changes.addToSelection('other.txt');
    await changes.menu('other.txt', 'Restore Selected…');
    assert.match(await window.modalText(), /Restore "docs\/a\.md" and 1 more from "first"\?/u);
    await window.workbench.clickModalButton('Restore');
    await window.untilOnDisk('other.txt', 'other\n');
    await window.untilOnDisk('docs/a.md', 'a\n');
    assert.equal(window.onDisk('lib/cart.ts'), 'one, two, three\n');
    assert.equal(window.onDisk('src/cart.ts'), undefined);
    await window.notification('restored');
    await changes.untilLabels(['cart.ts', 'cart.ts']);
    await changes.titleAction('Compare Changes with Last Snapshot');
    await until(
      'no title',
      () => changes.title(),
      (seen) => seen === '',
    );
  });
});
