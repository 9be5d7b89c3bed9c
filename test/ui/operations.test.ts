import assert from 'node:assert/strict';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('operations, with real clicks and keys', () => {
  const window = useWindow({
    files: { 'a.txt': 'one\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      await made.cli('tag', 'HEAD', 'good');
      await made.cli('rename', 'HEAD', 'better');
    },
  });
  const listed = async (): Promise<[string, string[]][]> =>
    (await window.listed()).map(({ message, tags }) => [message, tags]);

  test('the last operation is undone and redone from the palette', async () => {
    if ((await window.listed())[0]?.message !== 'better') {
      await window.cli('rename', 'HEAD', 'better'); // a try before this one ended in between
    }
    await window.timeline.untilLabel('better');
    await window.run('Undo Last Operation');
    assert.match(await window.notification('Undone'), /^Undone: Renamed to "better"$/u);
    await window.timeline.untilLabel('first');
    assert.deepEqual(await listed(), [['first', ['good']]]);
    await window.run('Redo');
    await window.notification('Redone');
    await window.timeline.untilLabel('better');
    assert.deepEqual(await listed(), [['better', ['good']]]);
  });

  test('a row leads to the snapshot that it is about', async () => {
    await window.workbench.clickActivityBar('Explorer');
    await window.run('Show Operations…');
    await window.untilAsked('Operations');
    const row = window.workbench.quickInput.locator('.monaco-list-row').last();
    await row.hover();
    await row.locator('.action-label[aria-label="Reveal in Timeline"]').click();
    await window.timeline.untilRow('it, selected', ({ label, selected }) => {
      return label === 'better' && selected;
    });
  });

  test('the button of a row takes back that one, and the message offers the way back', async () => {
    await window.run('Show Operations…');
    await window.untilAsked('Operations');
    const rows = window.workbench.quickInput.locator('.monaco-list-row');
    await untilText(
      'the newest',
      async () => (await rows.first().innerText()).trim(),
      /Redone: (?:rename|tag) "better"/u,
    );
    const row = rows.filter({ hasText: 'Tags of "better": +good' });
    await row.hover();
    await row.locator('.action-label[aria-label="Undo"]').click();
    assert.match(await window.notification('Undone'), /^Undone: Tags of "better": \+good$/u);
    assert.deepEqual(await listed(), [['better', []]]);
    await window.workbench.clickNotificationButton('Undone', 'Redo');
    await until('the tag', listed, (now) => now[0]?.[1].includes('good') === true);
  });

  test('by keyboard alone: a row, what to do, and the modal of an undo to here', async () => {
    if (window.isAnotherTry) {
      await window.startOver();
      await window.timeline.untilLabel('better');
    }
    const press = (key: string): Promise<void> => window.page.keyboard.press(key);
    window.change({ 'a.txt': 'two\n' });
    await window.take('second');
    await press('F1');
    await window.workbench.quickInputType('>Snapdir: Show Operations…');
    await window.untilAsked('Operations');
    await window.page.keyboard.type('Snapshot "better"');
    await untilText(
      'the row',
      async () =>
        window.workbench.quickInput.locator('.monaco-list-row.focused').first().innerText(),
      /Snapshot "better"/u,
    );
    await press('Enter');
    await window.untilAsked('Snapshot "better"');
    await window.page.keyboard.type('Undo to Here');
    await press('Enter');
    assert.match(
      await window.modalText(),
      /Undo 3 operations\? Snapshot "second" .* Files in your folder stay as they are\. 1 snapshot goes off the list/u,
    );
    await press('Enter');
    assert.equal(await window.notification('undone'), '3 operations undone.');
    assert.deepEqual(await listed(), [['first', []]]);
    assert.equal(window.onDisk('a.txt'), 'two\n');
  });
});
