import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { walks } from '../../scripts/walks/walks.mjs';
import { playWalk } from './support/playWalk';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('the first use, from an empty timeline to a diff', () => {
  const window = useWindow({
    startsIn: 'Explorer',
    files: {
      'notes.txt': 'first line\nsecond line\n',
      'src/app.ts': 'export const answer = 41;\n',
      'src/unchanged.ts': 'export {};\n',
      'old.txt': 'goes away\n',
    },
  });

  test('three clicks lead from nothing to what changed', async function () {
    if (existsSync(join(window.folder, '.snapdir'))) {
      await window.startOver();
    }
    await untilText('the status bar', () => window.status.innerText(), /No snapshot yet/u);
    const took = await playWalk(window, walks.firstUse, () => {
      window.change({ 'src/app.ts': 'export const answer = 42;\n' });
    });
    this.test!.title += `: ${took}`;
    const { changes, editors } = window;
    await editors.untilDiff({
      left: 'export const answer = 41;',
      right: 'export const answer = 42;',
    });
    await changes.untilLabels(['src', 'app.ts']);
    window.change({ 'src/app.ts': 'export const answer = 41;\n' });
    await editors.closeAll();
  });

  test('the first snapshot has its time for a name, and was asked nothing', async () => {
    const { timeline } = window;
    const row = await timeline.untilRow('the first snapshot', ({ level }) => level === 2);
    assert.match(row.label, /^\d{1,2}:\d\d:\d\d\s[AP]M$/u); // no message: the time
    assert.match(row.description, /^(?:now|1 min\. ago) · HEAD · \+4$/u);
    assert.match(row.ariaLabel, /^Snapshot .*, taken by hand, 4 added, HEAD, /u);
    assert.equal((await timeline.rows())[0]?.label, 'Today');
    assert.equal(await timeline.welcome.count(), 0);
    const [listed, ...others] = await window.listed();
    assert.deepEqual(others, []);
    assert.equal(listed?.message, '');
    assert.equal(listed?.trigger, 'manual');
  });

  test('shows an edit in the changes once it is saved', async () => {
    const { changes, editors } = window;
    await untilText('no changes yet', () => changes.welcome.innerText(), /^No changes/u);
    await window.typeAtStart('notes.txt', 'typed ');
    assert.deepEqual(await changes.labels(), []);
    await window.editAndSave('notes.txt', 'just ');
    assert.equal(window.onDisk('notes.txt'), 'just typed first line\nsecond line\n');
    await changes.untilLabels(['notes.txt']);
    assert.equal((await changes.decoration('notes.txt')).letter, 'M');
    await untilText('the badge', () => window.badge(), '1');
    await changes.click('notes.txt');
    await editors.untilDiff({
      left: 'first line\nsecond line',
      right: 'just typed first line\nsecond line',
    });
    await editors.closeAll();
  });

  test('takes a second snapshot with a message by the icon over the timeline', async () => {
    window.change({ 'src/app.ts': 'export const answer = 42;\n', 'old.txt': null });
    window.change({ 'src/new.ts': 'export const fresh = true;\n' });
    await window.take('the answer is 42');
    const row = await window.timeline.untilLabel('the answer is 42');
    assert.equal(row.description, 'now · HEAD · +1 ~2 −1');
    assert.match(row.ariaLabel, /^Snapshot the answer is 42, now, .*1 added, 2 modified, 1 del/u);
    assert.equal(await window.timeline.icon('the answer is 42'), 'device-camera');
    await untilText('no badge', () => window.badge(), '');
    assert.deepEqual(
      (await window.listed()).map(({ message, isHead }) => [message, isHead]),
      [
        ['the answer is 42', true],
        ['', false],
      ],
    );
    await untilText(
      'the status bar',
      () => window.status.getAttribute('aria-label').then(String),
      /last snapshot "the answer is 42"/u,
    );
  });

  test('unfolds to the changed files, with letters and colours', async () => {
    const { timeline } = window;
    await timeline.expand('the answer is 42');
    await timeline.untilLabel('old.txt');
    const rows = (await timeline.rows()).slice(1, 7);
    assert.deepEqual(
      rows.map(({ label, level }) => `${level} ${label}`),
      ['2 the answer is 42', '3 src', '4 app.ts', '4 new.ts', '3 notes.txt', '3 old.txt'],
    );
    const names = ['app.ts', 'new.ts', 'notes.txt', 'old.txt'];
    const marks = await Promise.all(names.map((name) => timeline.decoration(name)));
    assert.deepEqual(
      marks.map(({ letter }) => letter),
      ['M', 'A', 'M', 'D'],
    );
    assert.equal(new Set(marks.map(({ colour }) => colour)).size, 3);
    const [, , app] = rows;
    assert.equal(app?.ariaLabel, 'src/app.ts, Modified');
  });

  test('opens both sides of a changed file by a click', async () => {
    const { timeline, editors } = window;
    await timeline.click('app.ts');
    await editors.untilInFront('app.ts (Parent ↔ "the answer is 42")');
    await editors.untilDiff({
      left: 'export const answer = 41;',
      right: 'export const answer = 42;',
    });
    await timeline.click('old.txt');
    await editors.untilInFront('old.txt (Parent ↔ "the answer is 42")');
    await editors.untilDiff({ left: 'goes away', right: '' });
    await timeline.click('new.ts');
    await editors.untilDiff({ left: '', right: 'export const fresh = true;' });
  });

  test('opens all changes of a snapshot in one editor', async () => {
    const { timeline, editors } = window;
    await timeline.rowAction('the answer is 42', 'Open Changes');
    await editors.untilInFront('Snapdir: Parent ↔ "the answer is 42" (4 files)');
    await editors.untilMultiDiff({
      'notes.txt': {
        left: 'first line\nsecond line',
        right: 'just typed first line\nsecond line',
      },
      'old.txt': { left: 'goes away', right: '' },
      'app.ts': { left: 'export const answer = 41;', right: 'export const answer = 42;' },
      'new.ts': { left: '', right: 'export const fresh = true;' },
    });
    await editors.closeAll();
  });

  test('keeps snapshots read-only', async () => {
    const { timeline, editors, page } = window;
    await timeline.click('app.ts');
    await editors.untilInFront('app.ts (Parent ↔ "the answer is 42")');
    await page.locator('.editor.modified .view-lines').first().click();
    await page.keyboard.type('x');
    await until(
      'the words that it cannot be edited',
      () => page.locator('.monaco-editor-overlaymessage:visible').count(),
      (seen) => seen > 0,
    );
    await editors.untilDiff({
      left: 'export const answer = 41;',
      right: 'export const answer = 42;',
    });
    await editors.closeAll();
  });
});
