import assert from 'node:assert/strict';
import { useWindow, type VSCodeWindow } from './support/vscodeWindow';
import { untilText } from './support/wait';

const GOOD = {
  'docs/': '<dir>',
  'docs/deep/': '<dir>',
  'docs/deep/kept.md': 'kept\n',
  'docs/guide.md': 'good guide\n',
  'docs/lost.md': 'good lost\n',
  'main.ts': 'good main\n',
};
/** What somebody has made of it: one file spoilt, one deleted, one more, and one outside of docs. */
const BAD = {
  'docs/': '<dir>',
  'docs/deep/': '<dir>',
  'docs/deep/kept.md': 'kept\n',
  'docs/extra.md': 'extra\n',
  'docs/guide.md': 'bad guide\n',
  'main.ts': 'bad main\n',
};
const DOCS_RESTORED = { ...GOOD, 'docs/extra.md': 'extra\n', 'main.ts': 'bad main\n' };
const QUESTION = 'Restore Folder…';

function spoil(window: VSCodeWindow): void {
  window.change({
    'docs/guide.md': 'bad guide\n',
    'docs/lost.md': null,
    'docs/extra.md': 'extra\n',
    'main.ts': 'bad main\n',
  });
}

/** From the palette to the modal question about docs. */
async function askForDocs(window: VSCodeWindow): Promise<void> {
  await window.run('Restore Folder…');
  await window.pick(QUESTION, 'good');
  await window.pick(QUESTION, 'docs');
  await window.pick(QUESTION, 'This folder: docs');
}

/** The same while one of its files is in the editor: its folder is offered first, and is the answer. */
async function askForFolderOfEditor(window: VSCodeWindow): Promise<void> {
  await window.run('Restore Folder…');
  await window.pick(QUESTION, 'good');
  await window.untilAsked(QUESTION);
  await untilText(
    'the first folder',
    async () =>
      (await window.workbench.quickInput.locator('.monaco-list-row').first().innerText())
        .replace(/\s+/gu, ' ')
        .trim(),
    /^docs ?of the active editor$/u,
  );
  await window.page.keyboard.press('Enter');
}

function sorted(tree: Record<string, string>): [string, string][] {
  return Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1));
}

suite('restoring a folder and undoing it', () => {
  const window = useWindow({
    files: {
      'docs/guide.md': 'good guide\n',
      'docs/lost.md': 'good lost\n',
      'docs/deep/kept.md': 'kept\n',
      'main.ts': 'good main\n',
    },
    prepare: async (made) => {
      await made.cli('take', '-m', 'good');
    },
    extensions: ['hangingFormatter'],
    settings: { 'editor.formatOnSave': true },
  });
  const assertOnDisk = (tree: Record<string, string>): void => {
    assert.deepEqual(Object.entries(window.allOnDisk()), sorted(tree));
  };

  setup(async () => {
    await window.timeline.untilLabel('good');
    spoil(window);
  });

  test('says what would happen, and does nothing when it is cancelled', async () => {
    await askForDocs(window);
    assert.match(
      await window.modalText(),
      /Restore "docs" from "good"\? 1 file will be created, 1 overwritten, 0 deleted; 1 file that is not in the snapshot stays\. .* Overwritten: docs\/guide\.md Created: docs\/lost\.md What is there now is kept in a safety snapshot first, so you can undo this\./u,
    );
    assert.deepEqual(await window.modalButtons(), [
      'Cancel',
      'Exact Mirror: Delete 1 Extra File',
      'Restore',
      'Review…',
    ]);
    await window.workbench.clickModalButton('Cancel');
    assertOnDisk(BAD);
    assert.equal((await window.listed()).length, 1);
  });

  test('brings the folder back and leaves everything else', async () => {
    await askForDocs(window);
    await window.workbench.clickModalButton('Restore');
    assert.equal(
      await window.notification('restored'),
      '"docs" restored from "good": 2 files written, 0 deleted, 1 left alone.',
    );
    assertOnDisk(DOCS_RESTORED);
    const safety = 'Before restoring "good"';
    await window.timeline.untilLabel(safety);
    assert.equal(await window.timeline.icon(safety), 'shield');
  });

  test('is undone by the button of the message, and redone from the palette', async () => {
    await askForDocs(window);
    await window.workbench.clickModalButton('Restore');
    await window.workbench.clickNotificationButton('restored', 'Undo');
    assert.match(
      await window.modalText(),
      /Undo the last restore of "docs"\? 0 files will be created, 1 overwritten, 1 deleted\./u,
    );
    assertOnDisk(DOCS_RESTORED); // nothing happens before the answer
    await window.workbench.clickModalButton('Undo Restore');
    assert.equal(
      await window.notification('undone'),
      'Restore of "docs" undone: 1 file written, 1 deleted.',
    );
    assertOnDisk(BAD);
    await window.workbench.closeNotifications();

    await window.run('Redo Last Restore');
    assert.match(await window.modalText(), /Redo the last undone restore of "docs"\?/u);
    await window.workbench.clickModalButton('Redo Restore');
    assert.match(
      await window.notification('redone'),
      /^Restore of "docs" redone: 2 files written/u,
    );
    assertOnDisk(DOCS_RESTORED);
  });

  test('is undone by the icon over the timeline as well', async () => {
    await askForDocs(window);
    await window.workbench.clickModalButton('Restore');
    await window.notification('restored');
    await window.timeline.titleAction('Undo Last Restore');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assertOnDisk(BAD);
  });

  test('deletes extra files only where the exact mirror is chosen', async () => {
    await askForDocs(window);
    await window.workbench.clickModalButton('Exact Mirror: Delete 1 Extra File');
    assert.match(await window.notification('restored'), /: 2 files written, 1 deleted\.$/u);
    assertOnDisk({ ...GOOD, 'main.ts': 'bad main\n' });
    await window.workbench.clickNotificationButton('restored', 'Undo');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assertOnDisk(BAD);
  });

  test('says that an unsaved editor is saved first, and leaves all when that is cancelled', async () => {
    await window.typeAtStart('docs/guide.md', 'unsaved ');
    const before = (await window.listed()).length;
    await askForFolderOfEditor(window);
    assert.match(
      await window.modalText(),
      /Saved first, because an editor holds changes: 1 file\..*docs\/guide\.md/su,
    );
    await window.workbench.clickModalButton('Cancel');
    assertOnDisk(BAD);
    assert.equal((await window.listed()).length, before);
    assert.equal(await window.editors.text(), 'unsaved bad guide');
    const dirty = window.page.locator('.tabs-container .tab.dirty');
    assert.equal(await dirty.count(), 1);
  });

  test('saves the editor, restores, and undo brings back what was typed', async () => {
    await askForFolderOfEditor(window);
    await window.workbench.clickModalButton('Restore');
    await window.notification('restored');
    assertOnDisk(DOCS_RESTORED);
    await untilText('the editor follows', () => window.editors.text(), 'good guide');
    await window.workbench.clickNotificationButton('restored', 'Undo');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assertOnDisk({ ...BAD, 'docs/guide.md': 'unsaved bad guide\n' });
    await untilText('the editor follows', () => window.editors.text(), 'unsaved bad guide');
    await window.editors.closeAll();
  });

  test('says so where nothing is to do', async () => {
    window.change({ 'docs/guide.md': 'good guide\n', 'docs/lost.md': 'good lost\n' });
    window.change({ 'docs/extra.md': null });
    await askForDocs(window);
    assert.equal(await window.notification('already'), '"docs" is already as it was in "good".');
  });

  test('a save that hangs is cancelled by its button, and then nothing is restored', async () => {
    window.change({ 'docs/hangs.txt': 'on disk\n' });
    await window.typeAtStart('docs/hangs.txt', 'typed ');
    const before = await window.listed();
    await askForFolderOfEditor(window);
    await window.workbench.clickModalButton('Restore');
    await window.workbench.clickNotificationButton('Saving "hangs.txt"', 'Cancel');
    await window.workbench.notifications
      .filter({ hasText: 'Saving "hangs.txt"' })
      .waitFor({ state: 'hidden' });
    assertOnDisk({ ...BAD, 'docs/hangs.txt': 'on disk\n' });
    assert.equal(await window.editors.text(), 'typed on disk');
    assert.deepEqual(await window.listed(), before);
  });
});
