// What stands around the views: the status bar, its menu, notifications, the walkthrough, and the words of
// every empty state.
import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSession, type Session, type Workbench } from '../harness/session';
import { runCliOk } from '../support/cli';
import { fileTree, readTree, type TreeSpec } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { TreeView } from './support/treeView';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('status bar, menu and notifications', () => {
  const window = useWindow({
    files: { 'a.txt': 'one\n', 'large.bin': 'x'.repeat(3000) },
    settings: { 'snapdir.maxFileSize': 0.002 },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'a.txt': 'two\n' });
    },
  });
  const NOT_CAPTURED = 'Snapshot taken, but 1 path could not be captured.';

  test('the item says when the last snapshot was, and what changed since', async () => {
    await untilText('the item', () => window.status.innerText(), /now · 1 changed$/u);
    const label = await window.status.getAttribute('aria-label');
    assert.match(String(label), /^Snapdir: last snapshot "first", .*; 1 file changed since/u);
    await window.status.hover();
    const hover = window.page.locator('.monaco-hover:visible').filter({ hasText: 'Snapdir' });
    await untilText('the hover', () => hover.innerText(), /"first"[^]*1 file changed since/u);
    await window.page.keyboard.press('Escape');
  });

  test('a click opens a menu of what can be done', async () => {
    await window.status.click();
    await window.untilAsked('Snapdir');
    const labels = await window.workbench.quickInputLabels();
    // An icon is a letter of a font, outside of all alphabets.
    const plain = labels.map((label) => label.replace(/[\ue000-\uf8ff]/gu, '').trim());
    assert.deepEqual(plain, [
      ...['Take Snapshot', 'Show Changes', 'Restore…'],
      ...['Undo Last Operation', 'Show Operations…', 'Show Timeline', 'Settings'],
    ]);
    await window.pick('Snapdir', 'Show Changes');
    await window.editors.untilMultiDiff({ 'a.txt': { left: 'one', right: 'two' } });
    await window.editors.closeAll();
  });

  test('a notice that somebody hid stays away until notices are reset', async () => {
    await window.take('second');
    await window.workbench.clickNotificationButton(NOT_CAPTURED, "Don't Show Again");
    await window.take('third');
    await window.run('Reset Hidden Notifications');
    await window.notification('Notifications are shown again.');
    const shown = await window.workbench.notifications.allInnerTexts();
    assert.ok(!shown.some((text) => text.includes(NOT_CAPTURED)), shown.join());
    await window.workbench.closeNotifications();
    await window.take('fourth');
    await window.notification(NOT_CAPTURED);
  });

  test('the menu undoes the last operation', async () => {
    await window.timeline.menu('fourth', 'Rename…');
    await window.answer('Rename "fourth"', 'renamed');
    await window.timeline.untilLabel('renamed');
    await window.status.click();
    await window.pick('Snapdir', 'Undo Last Operation');
    await window.timeline.untilLabel('fourth');
  });

  test('the settings are few, and open from the menu', async () => {
    await window.status.click();
    await window.pick('Snapdir', 'Settings');
    const editor = window.page.locator('.settings-editor');
    await editor.waitFor();
    await untilText('the count', () => editor.innerText(), /\d+ Settings? Found/u);
    const [, count] = /(\d+) Settings? Found/u.exec(await editor.innerText()) ?? [];
    assert.ok(Number(count) >= 8 && Number(count) <= 15, count);
    await window.editors.closeAll();
  });

  test('the walkthrough has four steps, each with a picture and a button', async () => {
    // VS Code leaves the pictures out where there is little room.
    await window.page.setViewportSize({ width: 1700, height: 900 });
    await window.run('Get Started');
    const page = window.page.locator('.gettingStartedContainer');
    const steps = page.locator('.getting-started-step');
    await until(
      'four steps',
      () => steps.count(),
      (count) => count === 4,
    );
    for (const [title, button] of [
      ['Take your first snapshot', 'Take Snapshot'],
      ['See what changed', 'Show Changes'],
      ['Bring it back', 'Restore…'],
      ['Let agents loose', 'Turn On Automatic Snapshots'],
    ] as const) {
      await steps.filter({ hasText: title }).locator('.step-title').click();
      await page.locator('.monaco-button:visible').filter({ hasText: button }).waitFor();
      await window.page.locator('iframe.webview.ready:visible').waitFor();
      if (title === 'Take your first snapshot') {
        await page.locator('.monaco-button:visible').filter({ hasText: button }).click();
        await window.answer('Take Snapshot', 'by the walkthrough');
        await steps.getByRole('checkbox', { name: `${title}: Completed` }).waitFor();
      }
    }
    await window.page.screenshot({ path: join('out', 'walkthrough.png') });
    await window.editors.closeAll();
    await window.page.setViewportSize({ width: 1280, height: 800 });
  });
});

suite('every empty state says why, and what to do', () => {
  const home = tempDir('snapdir-ui-home-');
  let session: Session | undefined;

  suiteSetup('open VS Code', async () => {
    fileTree(home, { 'notes.txt': 'mine\n', 'music/song.ogg': 'x'.repeat(2048) });
    session = await openSession({ env: { HOME: home, USERPROFILE: home } });
  });
  suiteTeardown('close VS Code', () => session?.close());

  /** Opens a window, looks at its timeline and closes it again. */
  async function inWindow(
    where: { folder?: string; workspace?: string },
    look: (timeline: TreeView, workbench: Workbench) => Promise<void>,
  ): Promise<void> {
    const { page, workbench } = await session!.openWindow(where);
    try {
      await workbench.clickActivityBar('Snapdir');
      await look(new TreeView(workbench, 'Timeline'), workbench);
    } catch (error) {
      await page.screenshot({ path: join('out', 'ui-failures', 'empty-state.png') });
      throw error;
    } finally {
      await page.close();
    }
  }
  async function says(timeline: TreeView, words: RegExp, button: string): Promise<void> {
    await untilText('the words', () => timeline.welcome.innerText(), words);
    const buttons = timeline.welcome.locator('.monaco-button');
    assert.deepEqual(await buttons.allInnerTexts(), [button], 'one primary action');
    assert.deepEqual(await timeline.labels(), []);
  }
  async function madeStore(files: TreeSpec, env: Record<string, string> = {}): Promise<string> {
    const folder = fileTree(tempDir('snapdir-ui-'), files);
    await runCliOk(['take', '-m', 'taken'], { cwd: folder, env });
    return folder;
  }

  test('no folder', async () => {
    await inWindow({}, (timeline) => says(timeline, /^Open a folder/u, 'Open Folder'));
  });

  test('a virtual workspace', async () => {
    const folder = tempDir('snapdir-ui-');
    const workspace = join(folder, 'virtual.code-workspace');
    const uri = 'vscode-vfs://github/somebody/something';
    writeFileSync(workspace, JSON.stringify({ folders: [{ uri }] }));
    await inWindow({ workspace }, (timeline) => says(timeline, /not on a disk/u, 'Open Folder'));
  });

  test('a damaged store', async () => {
    const folder = await madeStore({ 'a.txt': 'a' });
    const format = Object.keys(readTree(join(folder, '.snapdir'))).find((n) =>
      /^format$/iu.test(n),
    );
    rmSync(join(folder, '.snapdir', format!), { force: true });
    writeFileSync(join(folder, '.snapdir', format!), 'not a format\n');
    await inWindow({ folder }, (timeline) => says(timeline, /store .* is damaged/u, 'Show Log'));
  });

  test('a store that came with the folder and holds nothing', async () => {
    const theirs = await madeStore({}, { SNAPDIR_HOME: tempDir('snapdir-home-') });
    const folder = fileTree(tempDir('snapdir-ui-'), { 'a.txt': 'a' });
    cpSync(join(theirs, '.snapdir'), join(folder, '.snapdir'), { recursive: true });
    const records = join(folder, '.snapdir', 'records');
    rmSync(records, { recursive: true });
    fileTree(records, {});
    await inWindow({ folder }, async (timeline, workbench) => {
      await says(timeline, /brought a store of its own/u, 'Adopt Snapshots…');
      await workbench.clickWelcomeButton('Timeline', 'Adopt Snapshots…');
      await workbench.clickModalButton('Adopt');
      await says(timeline, /^A snapshot keeps every file/u, 'Take Snapshot');
    });
  });

  test('a store that is gone', async () => {
    const folder = await madeStore({ 'a.txt': 'a' });
    rmSync(join(folder, '.snapdir'), { recursive: true });
    const button = 'Recover Snapshots…';
    await inWindow({ folder }, (timeline) => says(timeline, /had snapshots.* gone/u, button));
  });

  test('a home folder: the first snapshot is asked about, by keyboard too, and only the first', async () => {
    await inWindow({ folder: home }, async (timeline, workbench) => {
      const { keyboard } = workbench.page;
      await says(timeline, /^A snapshot keeps every file/u, 'Take Snapshot');
      await workbench.page.keyboard.press('F1');
      await workbench.quickInputType('>Snapdir: Focus on Timeline View');
      await workbench.quickInput.waitFor({ state: 'hidden' });
      const button = timeline.welcome.locator('.monaco-button');
      const isOn = (): Promise<boolean> => button.evaluate((one) => one.matches(':focus'));
      for (let steps = 0; steps < 8 && !(await isOn()); steps++) {
        await keyboard.press('Tab');
      }
      assert.ok(await isOn(), 'Tab leads to the button');
      await keyboard.press('Enter');
      const words = await workbench.modalText();
      assert.match(words, /Take a snapshot of your whole home folder/u);
      assert.match(words, /about \d files \(2(\.0)? KB\)/u);
      await keyboard.press('Escape');
      await workbench.modal.waitFor({ state: 'detached' });
      assert.equal(existsSync(join(home, '.snapdir')), false);
      await workbench.clickWelcomeButton('Timeline', 'Take Snapshot');
      await workbench.clickModalButton('Take Snapshot');
      await workbench.quickInputType('at home');
      await timeline.untilLabel('at home');
      await timeline.titleAction('Take Snapshot');
      await workbench.quickInputType('again');
      await timeline.untilLabel('again');
    });
  });
});
