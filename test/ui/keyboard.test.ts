import assert from 'node:assert/strict';
import type { TreeRow } from '../harness/session';
import type { PageElement } from './support/dom';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('everything by keyboard', () => {
  const window = useWindow({
    files: { 'a.txt': 'one\n', 'b.txt': 'b\n' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'a.txt': 'two\n', 'b.txt': null });
      await made.cli('take', '-m', 'second');
    },
  });
  const press = (key: string): Promise<void> => window.page.keyboard.press(key);

  /** The row that the keyboard is on, as a screen reader is told it. */
  async function focused(): Promise<string> {
    const row = window.timeline.pane.locator(
      '.monaco-list.element-focused .monaco-list-row.focused',
    );
    const labels = await row.evaluateAll((rows: PageElement[]) =>
      rows.map((element) => element.getAttribute('aria-label')),
    );
    return labels.join();
  }
  const untilOn = (label: RegExp): Promise<string> => untilText('the focused row', focused, label);

  /** Walks from the first row down to this one, wherever a try before this one left the keyboard. */
  async function walkTo(label: RegExp): Promise<void> {
    await window.focusTimeline();
    await press('Home');
    await untilOn(/^Today, /u);
    for (let steps = 0; steps < 6 && !label.test(await focused()); steps++) {
      const before = await focused();
      await press('ArrowDown');
      await until('another row', focused, (row) => row !== '' && row !== before);
    }
    await untilOn(label);
  }

  test('the palette leads to the timeline', async () => {
    await window.timeline.untilLabel('second');
    await window.focusTimeline();
    await press('ArrowDown');
    await untilOn(/^Today, snapshots: 2$/u);
  });

  test('arrow keys walk, unfold and fold', async () => {
    const second =
      /^Snapshot second, (now|1 min\. ago), taken on the command line, 1 modified, 1 deleted, HEAD, /u;
    const { timeline } = window;
    await walkTo(second);
    await press('ArrowRight');
    await timeline.untilLabel('b.txt');
    await press('ArrowDown');
    await untilOn(/^a\.txt, Modified$/u);
    await press('ArrowDown');
    await untilOn(/^b\.txt, Deleted$/u);
    await walkTo(second);
    await press('ArrowLeft');
    await timeline.untilGone('b.txt');
    await press('ArrowRight');
    await timeline.untilLabel('b.txt');
  });

  test('Enter opens the diff of a file', async () => {
    await walkTo(/^a\.txt, Modified$/u);
    await press('Enter');
    await window.editors.untilDiff({ left: 'one', right: 'two' });
  });

  test('every row says what it is, and how deep it is', async () => {
    const rows = await window.timeline.rows();
    const told = (row: TreeRow): string => `${row.level} ${row.ariaLabel.split(',')[0]}`;
    assert.deepEqual(rows.map(told), [
      ...['1 Today', '2 Snapshot second', '3 a.txt', '3 b.txt', '2 Snapshot first'],
    ]);
    const tree = window.timeline.pane.getByRole('tree');
    assert.equal(await tree.getAttribute('aria-label'), 'Timeline');
  });

  test('the context menu opens at the row, and can be walked', async () => {
    await walkTo(/^a\.txt, Modified$/u);
    await press('ArrowLeft'); // to the parent row
    await untilOn(/^Snapshot second/u);
    await press('Shift+F10');
    const menu = window.page.locator('.monaco-menu');
    await menu.waitFor();
    const entry = menu.locator('.action-item.focused .action-label');
    for (let steps = 0; steps < 20; steps++) {
      if ((await entry.count()) > 0 && (await entry.innerText()) === 'Rename…') {
        break;
      }
      await press('ArrowDown');
    }
    await untilText('the entry', () => entry.innerText(), 'Rename…');
    await press('Enter');
    await window.answer('Rename "second"', 'renamed by keyboard');
    await window.timeline.untilLabel('renamed by keyboard');
  });

  test('a snapshot is taken by its keys', async () => {
    await press('Control+K');
    await press('Control+Alt+T');
    await window.untilAsked('Take Snapshot');
    await window.page.keyboard.type('by keys');
    await press('Enter');
    await window.timeline.untilLabel('by keys');
  });

  test('a restore is asked for, refused with Escape and agreed to with Enter', async () => {
    window.change({ 'a.txt': 'spoilt\n' });
    for (const answer of ['Escape', 'Enter']) {
      await press('F1');
      await window.workbench.quickInputType('>Snapdir: Restore…');
      await window.untilAsked('Restore…');
      await press('Enter'); // the newest
      assert.match(await window.modalText(), /Restore ".*" from "by keys"\?/u);
      await press(answer);
      await window.workbench.modal.waitFor({ state: 'detached' });
      if (answer === 'Escape') {
        assert.equal(window.onDisk('a.txt'), 'spoilt\n');
      }
    }
    await window.notification('restored');
    assert.equal(window.onDisk('a.txt'), 'two\n');
    await until(
      'the list',
      () => window.listed(),
      (seen) => seen.length === 4,
    );
  });
});
