import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TakeRecord } from '../../src/core/records';
import { makeHistory } from '../bench/makeHistory.entry';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

const PAGE = 200;
const SNAPSHOTS = 450;

/** Copies the only record many times, in the past: it happened minute after minute. */
function lengthen(folder: string): void {
  const records = join(folder, '.snapdir', 'records');
  const [name = ''] = readdirSync(records);
  const record = JSON.parse(readFileSync(join(records, name), 'utf8')) as TakeRecord;
  const id = /-([0-9a-f]{64})\./u.exec(name)?.[1] ?? '';
  makeHistory(records, { id, record }, SNAPSHOTS - 1);
}

suite('a timeline of several hundred snapshots', () => {
  const window = useWindow({
    files: { 'a.txt': 'a\n' },
    settings: { 'snapdir.groupBy': 'none' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'the very first');
      lengthen(made.folder);
    },
  });

  /** Scrolls to the last row, as the End key does. */
  async function toTheEnd(): Promise<void> {
    await window.focusTimeline();
    await window.page.keyboard.press('End');
  }
  /** The row with the highest number on screen. */
  async function lastRow(): Promise<{ label: string; index: number; description: string }> {
    return (await window.timeline.rows()).at(-1) ?? { label: '', index: -1, description: '' };
  }

  test('shows the newest first, one page of them', async () => {
    const { timeline } = window;
    const newest = await timeline.untilLabel('Step 449: refactor the checkout');
    assert.deepEqual([newest.level, newest.index], [1, 0]); // days are switched off
    await toTheEnd();
    const last = await until('the last row', lastRow, ({ label }) => label === 'Load more');
    assert.equal(last.index, PAGE);
    assert.equal(last.description, `older snapshots: ${SNAPSHOTS - PAGE}`);
  });

  test('a click on "Load more" brings the next page, and the place is kept', async () => {
    const { timeline } = window;
    await timeline.click('Load more');
    await timeline.untilLabel('Step 250: refactor the checkout'); // the last of the first page
    await timeline.untilGone('Load more');
    await toTheEnd();
    const last = await until('the next last row', lastRow, ({ label, index }) => {
      return label === 'Load more' && index === 2 * PAGE;
    });
    assert.equal(last.description, `older snapshots: ${SNAPSHOTS - 2 * PAGE}`);
  });

  test('Enter on "Load more" brings the rest, down to the very first', async () => {
    await window.page.keyboard.press('Enter');
    await until('no further "Load more"', lastRow, ({ label }) => label !== 'Load more');
    await toTheEnd();
    const last = await until('the oldest', lastRow, ({ index }) => index === SNAPSHOTS - 1);
    assert.equal(last.label, 'the very first');
  });

  test('what was loaded stays when a snapshot is taken', async () => {
    await window.timeline.titleAction('Take Snapshot');
    await window.answer('Take Snapshot', 'one more');
    await window.focusTimeline();
    await window.page.keyboard.press('Home');
    await window.timeline.untilRow('the new one on top', ({ label, index }) => {
      return label === 'one more' && index === 0;
    });
    await toTheEnd();
    await until('the oldest, one row further', lastRow, ({ label, index }) => {
      return label === 'the very first' && index === SNAPSHOTS;
    });
  });

  test('a filter asks all of them, and comes page by page, too', async () => {
    const { timeline, workbench } = window;
    const found = Math.floor(((SNAPSHOTS - 1) * 2) / 3) + 1; // every third has no message
    await timeline.titleAction('Filter Timeline…');
    await workbench.quickInputType('Refactor', { accept: false });
    const said = `Filter: “Refactor” (${found} found)`;
    await untilText('how many', () => timeline.message(), said);
    await window.page.keyboard.press('Enter');
    await toTheEnd();
    const last = await until('the last row', lastRow, ({ label }) => label === 'Load more');
    assert.deepEqual([last.index, last.description], [PAGE, `older snapshots: ${found - PAGE}`]);
    await window.page.keyboard.press('Enter');
    await until('no further "Load more"', lastRow, ({ label }) => label !== 'Load more');
    await toTheEnd();
    await until('all that fit', lastRow, ({ index }) => index === found - 1);
    await timeline.titleAction('Clear Filter');
    await untilText('no filter', () => timeline.message(), '');
  });

  test('what was loaded is found by typing', async () => {
    await window.run('Compare with Workspace');
    await window.untilAsked('Compare with Workspace');
    await window.workbench.quickInputType('the very first', { accept: false });
    const labels = (): Promise<string[]> => window.workbench.quickInputLabels();
    await until('only that one', labels, (seen) => seen.includes('the very first'));
    await window.workbench.quickInputPick('the very first');
    await untilText(
      'the answer',
      () => window.notification('No files differ'),
      'No files differ between "the very first" and Workspace.',
    );
  });
});
