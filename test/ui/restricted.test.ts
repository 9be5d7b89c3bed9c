import assert from 'node:assert/strict';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('Restricted Mode', () => {
  const window = useWindow({
    files: { 'a.txt': 'one\n' },
    workspaceTrust: true,
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'a.txt': 'two\n' });
    },
  });

  test('VS Code restricts this window', async () => {
    await window.page.getByText('Restricted Mode', { exact: true }).first().waitFor();
  });

  test('looking works', async () => {
    const { timeline, changes, editors } = window;
    await timeline.untilLabel('first');
    await timeline.expand('first');
    await timeline.click('a.txt');
    await editors.untilInFront('a.txt (Empty ↔ "first")');
    await editors.untilDiff({ left: '', right: 'one' });
    await editors.closeAll();
    await changes.untilLabels(['a.txt']);
  });

  test('comparing works', async () => {
    await window.timeline.menu('first', 'Compare with Workspace');
    await window.editors.untilMultiDiff({ 'a.txt': { left: 'one', right: 'two' } });
    await window.editors.closeAll();
  });

  test('taking works', async () => {
    await window.take('taken in Restricted Mode');
    assert.equal((await window.listed())[0]?.message, 'taken in Restricted Mode');
  });

  test('the menus offer no restore in place and no deletion', async () => {
    assert.deepEqual(await window.timeline.menuEntries('first'), [
      'Compare with Workspace',
      'Compare with Previous',
      'Select for Compare',
      'Restore to…',
      'Open Snapshot in New Window',
      'Add Snapshot to Workspace',
      'Add Tag…',
      'Rename…',
      'Copy Id',
    ]);
  });

  test('a restore in place that is asked for anyway is refused with words', async () => {
    await window.cli('restore', 'HEAD~1', '--yes'); // something that could be undone
    await window.untilOnDisk('a.txt', 'one\n');
    await window.timeline.untilRow('the restored one as HEAD', ({ label, description }) => {
      return label === 'first' && description.includes('HEAD');
    });
    await window.status.click();
    await window.pick('Snapdir', 'Undo Last Operation');
    assert.equal(
      await window.notification('trusted'),
      '"Undo" needs a trusted workspace. In Restricted Mode you can look, compare and take snapshots.',
    );
    assert.equal(window.onDisk('a.txt'), 'one\n');
    await window.workbench.closeNotifications();
    await window.status.click();
    await window.pick('Snapdir', 'Restore…');
    assert.match(await window.notification('trusted'), /^"Restore" needs a trusted workspace\./u);
    await window.workbench.quickInput.waitFor({ state: 'hidden' });
    assert.equal(window.onDisk('a.txt'), 'one\n');
  });

  test("nothing is promoted: no command of stores is offered, and a key of one's own is refused", async () => {
    const { page, workbench, editors } = window;
    await workbench.closeNotifications();
    await page.keyboard.press('F1');
    /** The palette's answer; one that is offered comes between, so that no old answer is taken for a new one. */
    const offers = async (
      command: string,
      wanted: (labels: string[]) => boolean,
    ): Promise<string[]> => {
      await workbench.quickInputType(`>${command}`, { accept: false });
      return until(`the palette for ${command}`, () => workbench.quickInputLabels(), wanted);
    };
    const take = 'Snapdir: Take Snapshot';
    for (const name of ['Promote…', 'Add Store…', 'Fetch', 'Pull…']) {
      await offers(take, (labels) => labels.includes(take));
      const labels = await offers(`Snapdir: ${name}`, (seen) => !seen.includes(take));
      assert.ok(!labels.includes(`Snapdir: ${name}`), labels.join());
    }
    await page.keyboard.press('Escape');

    await workbench.runCommandFromPalette('Preferences: Open Keyboard Shortcuts (JSON)');
    await editors.untilInFront('keybindings.json');
    await page.locator('.editor-instance .monaco-editor:visible .view-lines').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('[{ "key": "ctrl+alt+y", "command": "snapdir.promote" }]');
    await page.keyboard.press('Control+S');
    await until(
      'the key is saved',
      () => page.locator('.tabs-container .tab.dirty').count(),
      (dirty) => dirty === 0,
    );
    await until(
      'the refusal',
      async () => {
        await page.keyboard.press('Control+Alt+Y');
        return (await workbench.waitForNotification('trusted', { timeout: 2_000 })).innerText();
      },
      (text) => text.includes('"Promote" needs a trusted workspace.'),
    );
    await workbench.quickInput.waitFor({ state: 'hidden' });
    assert.deepEqual(
      (await window.listed()).flatMap(({ refs }) => refs),
      [],
    );
    await workbench.closeNotifications();
  });

  test('trusting the folder allows it, without a reload of the window', async () => {
    await window.status.click();
    await window.pick('Snapdir', 'Restore…');
    await window.workbench.clickNotificationButton('trusted', 'Manage Workspace Trust');
    await window.page
      .getByRole('button', { name: /^Trust$/u })
      .first()
      .click();
    await window.editors.closeAll();
    await window.run('Undo Last Restore');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    await untilText('the file', () => window.onDisk('a.txt') ?? '', 'two\n');
  });
});

suite('Restricted Mode without a snapshot', () => {
  const window = useWindow({ files: { 'a.txt': 'one\n' }, workspaceTrust: true });

  test('the timeline says what can be done, and how to do the rest', async () => {
    const { welcome } = window.timeline;
    await untilText('the words', () => welcome.innerText(), /^In Restricted Mode you can look/u);
    assert.deepEqual(await welcome.locator('.monaco-button').allInnerTexts(), ['Take Snapshot']);
    assert.equal(await welcome.locator('a', { hasText: 'trusted workspace' }).count(), 1);
    await window.workbench.clickWelcomeButton('Timeline', 'Take Snapshot');
    await until(
      'the snapshot',
      () => window.listed(),
      (all) => all.length === 1,
    );
  });
});
