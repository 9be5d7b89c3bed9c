import assert from 'node:assert/strict';
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCliOk } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { tempDir } from '../support/tempDir';
import { useWindow, type VSCodeWindow } from './support/vscodeWindow';
import { until } from './support/wait';

/** The session's VS Code inherits this process's environment. */
const HOME = process.env['SNAPDIR_HOME'];

function objectWith(folder: string, content: string): string {
  const below = join(folder, '.snapdir', '.objects');
  const name = Object.keys(readTree(below)).find(
    (one) => !one.endsWith('/') && readFileSync(join(below, one), 'utf8') === content,
  );
  assert.ok(name !== undefined);
  return join(below, name);
}

suite('damage is shown, and mended by a click', () => {
  /** A flipped bit, as a full look found it in another process. */
  const damage = async (made: VSCodeWindow): Promise<void> => {
    const path = objectWith(made.folder, 'newer content of b\n');
    chmodSync(path, 0o600);
    writeFileSync(path, 'nEwer content of b\n');
    await made.cli('verify', '--full').catch(() => undefined);
  };
  const window = useWindow({
    startsOver: true,
    files: { 'a.txt': 'content of a\n', 'b.txt': 'content of b\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'whole');
      made.change({ 'b.txt': 'newer content of b\n' });
      await made.cli('take', '-m', 'damaged later');
      await damage(made);
    },
  });

  test('the start says so, and marks the snapshot', async () => {
    const toast = await window.notification('1 snapshot cannot be restored whole');
    assert.ok(toast);
    const row = await window.timeline.untilRow('the mark', ({ description }) =>
      description.startsWith('damaged'),
    );
    assert.equal(row.label, 'damaged later');
    assert.equal(await window.timeline.icon('damaged later'), 'warning');
    assert.equal(await window.timeline.icon('whole'), 'terminal');
  });

  test('Repair… finds the content in the folder', async () => {
    if (window.isAnotherTry) {
      await window.startOver();
      await window.notification('1 snapshot cannot be restored whole');
    }
    await window.timeline.menu('damaged later', 'Repair…');
    await window.pick('Repair Store', 'Here');
    await window.notification('Repaired: 1 piece of content is whole again');
    await window.timeline.untilRow('no mark', ({ label, description }) => {
      return label === 'damaged later' && !description.includes('damaged');
    });
    await window.cli('verify', '--full');
  });
});

suite('a store that "git clean" took comes back', () => {
  const window = useWindow({
    startsOver: true,
    files: { 'a.txt': 'content of a\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'kept in the vault');
      await made.cli('vault');
      rmSync(join(made.folder, '.snapdir'), { recursive: true });
    },
  });

  test('the start misses it and offers to bring it back', async () => {
    await window.workbench.clickNotificationButton('The vault has them', 'Recover Snapshots…');
    await window.timeline.untilLabel('kept in the vault');
    await window.cli('verify', '--full');
  });
});

suite('snapshots that came with a folder', () => {
  const window = useWindow({
    startsOver: true,
    files: { 'a.txt': 'content of a\n' },
    prepare: async (made) => {
      const maker = tempDir('snapdir-maker-');
      fileTree(maker, {
        'a.txt': 'content of a\n',
        '.vscode/tasks.json': '{ "version": "2.0.0" }\n',
      });
      const env = { SNAPDIR_HOME: tempDir('snapdir-home-') };
      await runCliOk(['take', '-m', 'theirs'], { cwd: maker, env });
      cpSync(join(maker, '.snapdir'), join(made.folder, '.snapdir'), { recursive: true });
    },
  });

  test('are listed, and nothing is written until they are adopted', async () => {
    assert.ok(HOME === undefined || HOME !== '');
    await window.timeline.untilLabel('theirs');
    const note = 'These snapshots came with the folder. Click to adopt them.';
    await window.timeline.untilLabel(note);
    await window.run('Take Snapshot');
    await window.answer('Take Snapshot', 'mine');
    await window.notification('nothing is written until you adopt them');
    await window.timeline.click(note);
    await window.workbench.clickModalButton('Adopt');
    await until(
      'the note to go',
      () => window.timeline.labels(),
      (labels) => labels.includes('theirs') && !labels.includes(note),
    );
    await window.take('mine');
    await window.timeline.untilLabel('mine');
  });

  test('a restore leaves out what the editor would run, names it, and brings it when asked', async () => {
    window.change({ 'a.txt': 'mine\n' });
    const ask = (): Promise<void> => window.timeline.menu('theirs', 'Restore…');
    await ask();
    const left = /Left out, because this snapshot came from elsewhere .*: \.vscode\/tasks\.json/u;
    assert.match(await window.modalText(), left);
    assert.deepEqual(await window.modalButtons(), [
      'Bring It Too…',
      'Cancel',
      'Restore',
      'Review…',
    ]);
    await window.picture('restore of a foreign snapshot');
    await window.workbench.clickModalButton('Restore');
    await window.untilOnDisk('a.txt', 'content of a\n');
    assert.equal(window.onDisk('.vscode/tasks.json'), undefined);
    await ask();
    assert.match(await window.modalText(), left);
    // The same question comes again, with another plan.
    await window.workbench.modal.getByRole('button', { name: 'Bring It Too…' }).click();
    await until(
      'the plan with it',
      () => window.modalText(),
      (text) => /Created: (?:\.vscode )?\.vscode\/tasks\.json/u.test(text) && !left.test(text),
    );
    await window.workbench.clickModalButton('Restore');
    await window.untilOnDisk('.vscode/tasks.json', '{ "version": "2.0.0" }\n');
  });
});
