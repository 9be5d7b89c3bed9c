import assert from 'node:assert/strict';
import { readTree } from '../support/fileTree';
import { useWindow } from './support/vscodeWindow';
import { until } from './support/wait';

suite('the context menu of a snapshot', () => {
  const window = useWindow({
    files: { 'a.txt': 'one\n', 'b.txt': 'b\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'a.txt': 'two\n' });
      await made.cli('take', '-m', 'second');
      made.change({ 'a.txt': 'three\n', 'b.txt': null, 'c.txt': 'c\n' });
      await made.cli('take', '-m', 'third');
      made.change({ 'a.txt': 'now\n' });
    },
  });
  setup(() => window.timeline.untilLabel('first'));

  test('offers what can be done with it', async () => {
    assert.deepEqual(await window.timeline.menuEntries('second'), [
      'Compare with Workspace',
      'Compare with Previous',
      'Select for Compare',
      'Restore…',
      'Review Restore…',
      'Restore Folder…',
      'Restore File…',
      'Restore to…',
      'Open Snapshot in New Window',
      'Add Snapshot to Workspace',
      'Promote…',
      'Add Tag…',
      'Rename…',
      'Delete',
      'Copy Id',
    ]);
  });

  test('compares with the workspace', async () => {
    const { timeline, editors } = window;
    await timeline.menu('third', 'Compare with Workspace');
    await editors.untilInFront('Snapdir: "third" ↔ Workspace (1 file)');
    await editors.untilMultiDiff({ 'a.txt': { left: 'three', right: 'now' } });
    await editors.closeAll();
  });

  test('compares with the parent', async () => {
    const { timeline, editors } = window;
    await timeline.menu('second', 'Compare with Previous');
    await editors.untilMultiDiff({ 'a.txt': { left: 'one', right: 'two' } });
    await editors.closeAll();
  });

  test('compares two snapshots, the selected one on the left', async () => {
    const { timeline, editors } = window;
    await timeline.menu('first', 'Select for Compare');
    const entries = await until(
      'the entry for what was selected',
      () => timeline.menuEntries('third'),
      (seen) => seen.includes('Compare with Selected'),
    );
    // As Local History has it: what was selected comes first.
    const at = entries.indexOf('Compare with Selected');
    assert.equal(entries[at + 1], 'Select for Compare');
    await timeline.menuOnceOffered('third', 'Compare with Selected');
    await editors.untilInFront('Snapdir: "first" ↔ "third" (3 files)');
    await editors.untilMultiDiff({
      'a.txt': { left: 'one', right: 'three' },
      'b.txt': { left: 'b', right: '' },
      'c.txt': { left: '', right: 'c' },
    });
    await editors.closeAll();
  });

  test('opens as a folder of its own, in a new window', async () => {
    const opening = window.page.context().waitForEvent('page');
    await window.timeline.menu('first', 'Open Snapshot in New Window');
    const opened = await opening;
    await opened.waitForURL(/[?&]folder=/u, { waitUntil: 'commit' });
    const folder = new URL(opened.url()).searchParams.get('folder') ?? '';
    await opened.close();
    assert.notEqual(folder, window.folder);
    assert.deepEqual(readTree(folder), { 'a.txt': 'one\n', 'b.txt': 'b\n' });
  });

  test('compares one file of a snapshot with the workspace', async () => {
    const { timeline, editors } = window;
    await timeline.expand('second');
    await timeline.menu('a.txt', 'Compare with Workspace');
    await editors.untilInFront('a.txt ("second" ↔ Workspace)');
    await editors.untilDiff({ left: 'two', right: 'now' });
    await editors.closeAll();
    await timeline.row('second').locator('.monaco-tl-twistie').click();
    await timeline.untilGone('a.txt');
  });

  test('renames', async () => {
    const { timeline } = window;
    await timeline.menu('second', 'Rename…');
    await window.answer('Rename "second"', 'the middle one');
    await timeline.untilLabel('the middle one');
    await timeline.untilGone('second');
    assert.deepEqual(
      (await window.listed()).map(({ message }) => message),
      ['third', 'the middle one', 'first'],
    );
  });

  test('adds a tag', async () => {
    const { timeline } = window;
    await timeline.menu('the middle one', 'Add Tag…');
    await window.answer('Add a Tag to "the middle one"', 'works');
    await timeline.untilRow('the tag', ({ label, description }) => {
      return label === 'the middle one' && description.includes(' · #works · ');
    });
    assert.deepEqual((await window.listed())[1]?.tags, ['works']);
  });

  test('promotes: the name stands beside the row and is kept', async () => {
    const { timeline } = window;
    await timeline.menu('first', 'Promote…');
    await window.answer('Promote "first"', 'release-1.0');
    assert.equal(
      await window.notification('release-1.0'),
      '"first" is now "release-1.0" and is kept for good.',
    );
    const row = await timeline.untilRow('the name', ({ description }) => {
      return description.includes(' · release-1.0 · ');
    });
    assert.equal(row.label, 'first');
    assert.match(row.ariaLabel, /, refs release-1\.0, /u);
    assert.deepEqual((await window.listed())[2]?.refs, ['release-1.0']);
  });

  test('copies the id', async () => {
    const [, middle] = await window.listed();
    await window.timeline.menu('the middle one', 'Copy Id');
    await until(
      'the id on the clipboard',
      () => window.page.evaluate<string>('navigator.clipboard.readText()'),
      (seen) => seen === middle?.id,
    );
  });

  test('deletes after a question, and not without', async () => {
    const { timeline, workbench } = window;
    await timeline.menu('the middle one', 'Delete');
    assert.match(
      await window.modalText(),
      /Delete snapshot "the middle one"\? Files in your folder stay as they are\./u,
    );
    await workbench.clickModalButton('Cancel');
    assert.equal((await window.listed()).length, 3);
    await timeline.menu('the middle one', 'Delete');
    await workbench.clickModalButton('Delete');
    await timeline.untilGone('the middle one');
    assert.deepEqual(
      (await window.listed()).map(({ message }) => message),
      ['third', 'first'],
    );
    assert.deepEqual(window.allOnDisk(), { 'a.txt': 'now\n', 'c.txt': 'c\n' });
  });

  test('deletes several selected rows at once', async () => {
    const { timeline, workbench } = window;
    await window.take('fourth');
    await timeline.addToSelection('third');
    await timeline.addToSelection('fourth');
    await timeline.menu('third', 'Delete');
    assert.match(await window.modalText(), /Delete 2 snapshots\?/u);
    await workbench.clickModalButton('Delete');
    await timeline.untilLabels(['Today', 'first']);
  });
});
