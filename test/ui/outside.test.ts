import assert from 'node:assert/strict';
import { useWindow } from './support/vscodeWindow';
import { untilText } from './support/wait';

/** VS Code's own watcher collects events for a moment, and the changes view waits for a pause. */
const SOON = 5_000;

suite('what happens outside of VS Code', () => {
  const window = useWindow({
    files: { 'a.txt': 'a\n', 'sub/b.txt': 'b\n', '.gitignore': 'ignored/\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'start');
    },
  });

  test('an edit by another program shows in the changes and in the badge', async () => {
    const { changes } = window;
    await untilText('no changes yet', () => changes.welcome.innerText(), /^No changes/u);
    const began = performance.now();
    window.change({ 'a.txt': 'another a\n' });
    await changes.untilLabel('a.txt');
    await untilText('the badge', () => window.badge(), '1');
    assert.ok(performance.now() - began < SOON, 'it was seen soon');
    window.change({ 'sub/b.txt': null, 'sub/new.txt': 'new\n' });
    await changes.untilLabels(['sub', 'b.txt', 'new.txt', 'a.txt']);
    const letters = await Promise.all(
      ['b.txt', 'new.txt', 'a.txt'].map((name) => changes.decoration(name)),
    );
    assert.deepEqual(
      letters.map(({ letter }) => letter),
      ['D', 'A', 'M'],
    );
    await untilText('the badge', () => window.badge(), '3');
    await untilText('the status bar', () => window.status.innerText(), /· 3 changed/u);
  });

  test('an edit that is taken back is no change', async () => {
    window.change({ 'a.txt': 'a\n', 'sub/b.txt': 'b\n', 'sub/new.txt': null });
    await untilText('no badge', () => window.badge(), '');
    await untilText('the words', () => window.changes.welcome.innerText(), /^No changes/u);
  });

  test('ignored files are no change', async () => {
    window.change({ 'ignored/big.bin': 'x', 'a.txt': 'seen\n' });
    await window.changes.untilLabels(['a.txt']);
  });

  test('a snapshot from the command line shows in the timeline, and the changes are gone', async () => {
    await window.cli('take', '-m', 'from the command line', '--tag', 'shell');
    const row = await window.timeline.untilLabel('from the command line');
    assert.equal(row.description, 'now · HEAD · #shell · ~1');
    assert.equal(await window.timeline.icon('from the command line'), 'terminal');
    await window.timeline.untilRow('the older one', ({ label, description }) => {
      return label === 'start' && !description.includes('HEAD');
    });
    await untilText('no badge', () => window.badge(), '');
  });

  test('a restore from the command line can be undone here', async () => {
    await window.cli('restore', 'HEAD~1', '--yes');
    await window.untilOnDisk('a.txt', 'a\n');
    await window.timeline.titleAction('Undo Last Restore');
    await window.workbench.clickModalButton('Undo Restore');
    await window.notification('undone');
    assert.equal(window.onDisk('a.txt'), 'seen\n');
  });

  test('two windows on one folder see the same', async () => {
    const other = await window.openAnother();
    await other.untilLabel('from the command line');
    await window.cli('promote', 'HEAD', 'shared');
    for (const timeline of [window.timeline, other]) {
      await timeline.untilRow('the name', (row) => row.description.includes('shared'));
    }
  });
});
