import assert from 'node:assert/strict';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { tempDir } from '../support/tempDir';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('a workspace with two folders', () => {
  let elsewhere = '';
  const window = useWindow({
    startsOver: true,
    files: {
      'kitchen/soup.txt': 'soup\n',
      'garden/beans.txt': 'beans\n',
      'house.code-workspace': JSON.stringify({
        folders: [{ path: 'kitchen' }, { path: 'garden', name: 'The Garden' }],
      }),
    },
    workspaceFile: 'house.code-workspace',
    // The kitchen's snapshots are on another disk.
    machineSettings: (folder) => {
      elsewhere = join(tempDir(), 'kitchen store');
      return { 'snapdir.storeFolders': { [join(folder, 'kitchen')]: elsewhere } };
    },
  });

  const folders = (...list: object[]): void =>
    window.change({ 'house.code-workspace': JSON.stringify({ folders: list }) });
  const [kitchen, garden] = [{ path: 'kitchen' }, { path: 'garden', name: 'The Garden' }];

  test('asks for which folder, and takes a snapshot of only that one', async () => {
    const { timeline } = window;
    await timeline.untilLabels(['kitchen', 'The Garden']);
    await timeline.titleAction('Take Snapshot');
    await window.pick('Snapdir', 'The Garden');
    await window.answer('Take Snapshot', 'in the garden');
    await timeline.untilLabel('in the garden');
    assert.ok(existsSync(join(window.folder, 'garden', '.snapdir')));
    assert.ok(!existsSync(join(window.folder, 'kitchen', '.snapdir')));
    assert.ok(!existsSync(join(window.folder, '.snapdir')));
  });

  test('has a row for each folder, with a button of its own', async () => {
    if (window.isAnotherTry) {
      await window.startOver();
      await window.cli('take', '-m', 'in the garden', '-C', join(window.folder, 'garden'));
    }
    const { timeline } = window;
    await timeline.untilLabels(['kitchen', 'The Garden', 'Today', 'in the garden']);
    await window.changes.untilLabels([
      ...['kitchen', 'No snapshots yet. Click to take one.'],
      ...['The Garden', 'No changes'],
    ]);
    const rows = await timeline.rows();
    assert.equal(rows[0]?.description, 'No snapshots yet');
    assert.equal(rows[1]?.description, 'Snapshots: 1');
    await window.changes.click('No snapshots yet. Click to take one.');
    await window.answer('Take Snapshot', 'in the kitchen'); // no question for which folder
    await timeline.untilLabels([
      ...['kitchen', 'Today', 'in the kitchen'],
      ...['The Garden', 'Today', 'in the garden'],
    ]);
  });

  test('a store that is elsewhere is used as any other, and followed', async () => {
    assert.ok(existsSync(join(elsewhere, '.objects')));
    assert.ok(!existsSync(join(window.folder, 'kitchen', '.snapdir')));
    const at = ['-C', join(window.folder, 'kitchen'), '--store', elsewhere];
    assert.match(await window.cli('list', ...at), /in the kitchen/u);
    await window.cli('tag', 'HEAD', 'by-the-command', ...at);
    await window.timeline.untilRow('the tag', ({ description }) =>
      description.includes('by-the-command'),
    );
    await window.cli('tag', 'HEAD', '--remove', 'by-the-command', ...at);
  });

  test('the changes stand below their folders, and the badge counts all', async () => {
    const { changes } = window;
    window.change({ 'kitchen/soup.txt': 'more soup\n', 'garden/peas.txt': 'peas\n' });
    await changes.untilLabels(['kitchen', 'soup.txt', 'The Garden', 'peas.txt']);
    await untilText('the badge', () => window.badge(), '2');
  });

  test('restores in the folder that is picked and leaves the other alone', async () => {
    window.change({ 'kitchen/soup.txt': 'more soup\n' }); // a second try finds it restored
    await window.run('Restore…');
    await window.pick('Snapdir', 'kitchen');
    await window.pick('Restore…', 'in the kitchen');
    assert.match(await window.modalText(), /Restore "kitchen" from "in the kitchen"\?/u);
    await window.workbench.clickModalButton('Restore');
    await window.notification('"kitchen" restored');
    assert.equal(window.onDisk('kitchen/soup.txt'), 'soup\n');
    assert.equal(window.onDisk('garden/peas.txt'), 'peas\n');
    await window.changes.untilLabels(['kitchen', 'No changes', 'The Garden', 'peas.txt']);
  });

  test('the undo of the message knows which folder it was', async () => {
    window.change({ 'garden/beans.txt': 'all gone\n' });
    await window.run('Restore…');
    await window.pick('Snapdir', 'The Garden');
    await window.pick('Restore…', 'in the garden');
    await window.workbench.clickModalButton('Restore');
    await window.workbench.clickNotificationButton('"The Garden" restored', 'Undo');
    assert.match(await window.modalText(), /Undo the last restore of "The Garden"\?/u);
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assert.equal(window.onDisk('garden/beans.txt'), 'all gone\n');
  });

  test('a folder gets another name, and one that leaves takes its plan along', async () => {
    const { timeline, changes, page } = window;
    await timeline.menu('in the garden', 'Review Restore…');
    const plan = page.locator('.pane').filter({ hasText: 'Restore Plan' }).last();
    await plan.waitFor();
    await window.run('Compare Changes With…');
    await window.pick('Snapdir', 'kitchen');
    await window.pick('Compare Changes With…', 'in the kitchen');
    await until(
      'the chosen base',
      () => changes.title(),
      (title) => title.includes('since "in the kitchen"'),
    );
    folders({ ...kitchen, name: 'The Kitchen' }, garden);
    await timeline.untilLabel('The Kitchen');
    await timeline.untilGone('kitchen');
    folders({ ...kitchen, name: 'The Kitchen' });
    await plan.waitFor({ state: 'detached' });
    await timeline.untilGone('The Garden');
    folders(kitchen, garden);
    await timeline.untilLabel('The Garden');
    assert.match(await changes.title(), /since "in the kitchen"/u);
    await changes.titleAction('Compare Changes with Last Snapshot');
  });

  test('a snapshot is one more folder, and a file of it comes back', async () => {
    const { timeline, workbench, page } = window;
    if (window.isAnotherTry) {
      folders(kitchen, garden);
      await workbench.clickActivityBar('Snapdir');
      await page.mouse.move(800, 400); // its tooltip would cover the rows
      await timeline.untilGone('The Garden (in the garden)');
    }
    await timeline.menu('in the garden', 'Add Snapshot to Workspace');
    await timeline.untilLabel('The Garden (in the garden)');
    await workbench.clickActivityBar('Explorer');
    const row = (name: string): Locator =>
      page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name }).last();
    const copied = row('The Garden (in the garden)');
    await copied.waitFor();
    if ((await copied.getAttribute('aria-expanded')) === 'false') {
      await copied.click();
    }
    await until(
      'the file below it',
      async () => [await row('beans.txt').boundingBox(), await copied.boundingBox()],
      ([file, folder]) => (file?.y ?? 0) > (folder?.y ?? Infinity),
    );
    window.change({ 'garden/beans.txt': 'dug over\n' });
    await workbench.contextMenuPick(row('beans.txt'), 'Bring Back to Original Folder…');
    assert.match(await window.modalText(), /Restore "beans\.txt" from .*1 overwritten/u);
    await workbench.clickModalButton('Restore');
    await window.untilOnDisk('garden/beans.txt', 'beans\n');
    await window.notification('restored');
  });

  test('a store that cannot be read is a row below its folder, and a click shows the log', async () => {
    const { timeline, workbench, page } = window;
    await workbench.clickActivityBar('Snapdir');
    chmodSync(join(elsewhere, 'FORMAT'), 0o600);
    writeFileSync(join(elsewhere, 'FORMAT'), 'nonsense\n');
    await window.run('Refresh');
    const row = await timeline.untilRow('what is wrong', ({ label }) =>
      label.endsWith('Click to see the log.'),
    );
    await timeline.click(row.label);
    await page.locator('.part.panel .monaco-editor').first().waitFor();
  });
});
