// What stands around the views: the status bar, its menu, notifications, the walkthrough, and the words of
// every empty state.
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runCliOk } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('status bar, menu and notifications', () => {
  const window = useWindow({
    files: { 'a.txt': 'one\n', 'large.bin': 'x'.repeat(3000) },
    settings: {
      'snapdir.maxFileSize': 0.002,
      // VS Code takes it out while it starts: stores are set for the machine that the folder is on.
      'snapdir.remotes': { team: { url: 'file:///nowhere' } },
    },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'a.txt': 'two\n' });
    },
  });
  const NOT_CAPTURED = 'Snapshot taken, but 1 path could not be captured.';

  test('the item says when the last snapshot was, and what changed since', async () => {
    await untilText(
      'the item',
      () => window.status.innerText(),
      /(?:now|\d+ min\. ago) · 1 changed$/u,
    );
    const label = await window.status.getAttribute('aria-label');
    assert.match(
      String(label),
      /^Snapdir: (?:now|\d+ min\. ago) · 1 changed; last snapshot "first", /u,
    );
    await window.status.hover();
    const hover = window.page.locator('.monaco-hover:visible').filter({ hasText: 'Snapdir' });
    await untilText('the hover', () => hover.innerText(), /"first"[^]*1\sfile\schanged\ssince/u);
    await window.page.keyboard.press('Escape');
  });

  test('a store that VS Code took out of the settings has no view, and no commands', async () => {
    const headers = (): Promise<string[]> => window.page.locator('.pane-header').allInnerTexts();
    // Older versions write them in capitals.
    const shown = /^timeline,changes,file history$/iu;
    await until('the views', headers, (seen) => shown.test(seen.join()));
    await window.page.keyboard.press('F1');
    await window.workbench.quickInputType('>Snapdir: Store', { accept: false });
    const labels = await until(
      'the commands',
      () => window.workbench.quickInputLabels(),
      (seen) => seen.some((label) => label.includes('Add Store')),
    );
    assert.ok(!labels.some((label) => label.includes('Sync with Store')));
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
      ...['Undo Last Operation', 'Show Operations…'],
      ...['Show Timeline', 'Reveal Last Snapshot in Timeline', 'Settings'],
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

  test('the last snapshot is one click away, from wherever one is', async () => {
    const { timeline, workbench } = window;
    await workbench.clickActivityBar('Explorer');
    await window.status.click();
    await window.pick('Snapdir', 'Reveal Last Snapshot in Timeline');
    await timeline.untilRow('it, selected', ({ description, selected }) => {
      return selected && description.includes('HEAD');
    });
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
    const page = window.page.locator('.gettingStartedContainer');
    const steps = page.locator('.getting-started-step');
    const four = (count: number): boolean => count === 4;
    const opened = async (): Promise<number> => {
      await window.run('Get Started');
      return until('four steps', () => steps.count(), four, 8_000);
    };
    // A busy window opens the page with VS Code's own walkthrough in it, and stays there.
    await until('the walkthrough', opened, four, 40_000);
    for (const [title, button] of [
      ['Take your first snapshot', 'Take Snapshot'],
      ['See what changed', 'Show Changes'],
      ['Bring it back', 'Restore…'],
      ['Let agents loose', 'Turn On Automatic Snapshots'],
    ] as const) {
      await steps.filter({ hasText: title }).locator('.step-title').click();
      await page.locator('.monaco-button:visible').filter({ hasText: button }).waitFor();
      await window.page.locator('iframe.webview.ready:visible').waitFor();
      await untilPainted();
      if (title === 'Take your first snapshot') {
        // The picture takes the keyboard once it is drawn, and a question that is open closes then.
        const asked = async (): Promise<boolean> => {
          await page.locator('.monaco-button:visible').filter({ hasText: button }).click();
          await window.workbench.quickInput.waitFor({ timeout: 5_000 });
          await window.answer('Take Snapshot', 'by the walkthrough');
          return true;
        };
        await until('the snapshot', asked, Boolean, 40_000);
        await steps.getByRole('checkbox', { name: `${title}: Completed` }).waitFor();
      }
    }
    await window.editors.closeAll();
    await window.page.setViewportSize({ width: 1280, height: 800 });
  });

  /** The picture is in a frame of its own, where the page's rules may leave it without any colour. */
  async function untilPainted(): Promise<void> {
    const script = `(() => {
      const area = document.querySelector('svg rect');
      return area ? getComputedStyle(area).fill : '';
    })()`;
    const fills = (): Promise<string[]> =>
      Promise.all(
        window.page.frames().map((frame) => frame.evaluate<string>(script).catch(() => '')),
      );
    await until('a picture in colour', fills, (all) => all.some((fill) => fill.startsWith('rgb')));
  }
});

suite('every empty timeline says why, and what to do', () => {
  const window = useWindow({
    files: { 'notes.txt': 'mine\n', 'music/song.ogg': 'x'.repeat(2048) },
    asHome: true,
  });
  const store = (): string => join(window.folder, '.snapdir');

  /** Words and one primary action, instead of rows. */
  async function says(words: RegExp, button: string, timeline = window.timeline): Promise<void> {
    const look = (): Promise<string> => timeline.welcome.innerText({ timeout: 1_000 });
    await until('the words', look, (seen) => words.test(seen), 60_000);
    const buttons = timeline.welcome.locator('.monaco-button');
    assert.deepEqual(await buttons.allInnerTexts(), [button]);
    assert.deepEqual(await timeline.labels(), []);
  }

  test('no snapshot: the first one of a home folder is asked about, by keyboard too', async () => {
    const { timeline, workbench, page } = window;
    await says(/^A snapshot keeps every file/u, 'Take Snapshot');
    await page.keyboard.press('F1');
    await workbench.quickInputType('>Snapdir: Focus on Timeline View');
    await workbench.quickInput.waitFor({ state: 'hidden' });
    const focused = timeline.welcome.locator('.monaco-button:focus');
    for (let steps = 0; steps < 8 && (await focused.count()) === 0; steps++) {
      await page.keyboard.press('Tab');
    }
    assert.equal(await focused.count(), 1, 'Tab leads to the button');
    await page.keyboard.press('Enter');
    const words = await window.modalText();
    assert.match(words, /Take a snapshot of your whole home folder/u);
    assert.match(words, /about \d files \(2(\.\d)? KB\)/u);
    await page.keyboard.press('Escape');
    await workbench.modal.waitFor({ state: 'detached' });
    assert.equal(existsSync(store()), false);
  });

  test('… and only the first one', async () => {
    // A try before this one may have taken it.
    if (!existsSync(store())) {
      await window.workbench.clickWelcomeButton('Timeline', 'Take Snapshot');
      await window.workbench.clickModalButton('Take Snapshot');
    }
    const home = await window.timeline.untilRow('the first', ({ level }) => level === 2);
    assert.match(home.ariaLabel, /, taken by hand, /u);
    await window.take('again');
  });

  test('a damaged store', async () => {
    const format = readdirSync(store()).find((name) => /^format$/iu.test(name));
    assert.ok(format !== undefined);
    chmodSync(join(store(), format), 0o600);
    writeFileSync(join(store(), format), 'not a format\n');
    await window.run('Refresh');
    await says(/store .* is damaged/u, 'Show Log');
    await untilText('the status bar', () => window.status.innerText(), /Snapshots cannot be read/u);
  });

  test('a store that is a link, and a folder that cannot be read for a while', async () => {
    const aside = join(tempDir('snapdir-ui-'), 'store');
    renameSync(store(), aside);
    symlinkSync(aside, store());
    await window.run('Refresh');
    await says(/was refused: it is a link/u, 'Show Log');
    rmSync(store());
    renameSync(aside, store());
    const away = `${window.folder} away`;
    renameSync(window.folder, away);
    await window.run('Refresh');
    await says(/cannot be read right now/u, 'Try Again');
    renameSync(away, window.folder);
    await window.workbench.clickWelcomeButton('Timeline', 'Try Again');
    await says(/store .* is damaged/u, 'Show Log');
  });

  test('a store that is gone', async () => {
    rmSync(store(), { recursive: true, force: true });
    await window.run('Refresh');
    await says(/had snapshots.* gone/u, 'Recover Snapshots…');
  });

  test('a store that came with the folder and holds nothing', async () => {
    const theirs = fileTree(tempDir('snapdir-ui-'), {});
    const env = { SNAPDIR_HOME: tempDir('snapdir-home-') };
    await runCliOk(['take'], { cwd: theirs, env });
    cpSync(join(theirs, '.snapdir'), store(), { recursive: true });
    for (const name of readdirSync(join(store(), 'records'))) {
      rmSync(join(store(), 'records', name));
    }
    await window.run('Refresh');
    await says(/brought a store of its own/u, 'Adopt Snapshots…');
    await window.workbench.clickWelcomeButton('Timeline', 'Adopt Snapshots…');
    await window.workbench.clickModalButton('Adopt');
    await says(/^A snapshot keeps every file/u, 'Take Snapshot');
  });

  test('no folder, and a virtual workspace', async () => {
    await says(/^Open a folder/u, 'Open Folder', await window.openAnother({}));
    // Not by a .code-workspace file: a busy VS Code of a server may read one too late, and has no folder from then on.
    const folder = 'vscode-vfs://github/somebody/something';
    await says(/not on a disk/u, 'Open Folder', await window.openAnother({ folder }));
  });
});
