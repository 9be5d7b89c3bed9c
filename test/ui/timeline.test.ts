import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointId, RecordId } from '../../src/core/ids';
import { formatRecord, recordFileName } from '../../src/core/recordFormat';
import type { TakeRecord } from '../../src/core/records';
import { blake3 } from '../../src/engine/hashing/blake3';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

const BURST = '6 automatic snapshots';

/** Writes automatic snapshots after the newest one: nothing changed in them. */
function addAutomatic(folder: string, count: number): void {
  const records = join(folder, '.snapdir', 'records');
  const name =
    readdirSync(records)
      .sort()
      .findLast((file) => file.endsWith('.json')) ?? '';
  const record = JSON.parse(readFileSync(join(records, name), 'utf8')) as TakeRecord;
  let parent = /-([0-9a-f]{64})\./u.exec(name)?.[1] as CheckpointId;
  const stats = { ...record.stats, added: 0, modified: 0, deleted: 0, renamed: 0 };
  for (let n = 1; n <= count; n++) {
    const time = record.time + n;
    const one: TakeRecord = {
      ...record,
      stats,
      time,
      parent,
      message: '',
      tags: [],
      trigger: 'auto',
    };
    const bytes = new TextEncoder().encode(formatRecord(one));
    const id = blake3(bytes) as RecordId;
    writeFileSync(join(records, recordFileName(time, id)), bytes);
    parent = id;
  }
}

suite('the timeline', () => {
  const window = useWindow({
    files: { 'a.txt': 'a\n', 'src/b.txt': 'b\n' },
    settings: { 'snapdir.groupBy': 'none' },
    prepare: async (made) => {
      await made.cli('take', '-m', 'first');
      made.change({ 'src/b.txt': 'bb\n' });
      await made.cli('take', '-m', 'second', '--tag', 'works');
      await made.cli('promote', 'HEAD', 'release');
      await made.cli('take', '-m', 'third');
      addAutomatic(made.folder, 6);
      await made.cli('restore', 'HEAD~8', '--yes');
      made.change({ 'a.txt': 'another a\n' });
      await made.cli('take', '-m', 'another way');
    },
  });

  const ALL = ['another way', 'Before restoring "first"', BURST, 'third', 'second', 'first'];

  /** Opens the filter by the funnel and picks a condition. */
  async function condition(funnel: string, label: string): Promise<void> {
    await window.timeline.titleAction(funnel);
    await window.pick('Filter Timeline', label);
  }
  async function clearFilter(): Promise<void> {
    await window.timeline.titleAction('Clear Filter');
    await window.timeline.untilLabels(ALL);
    // The button leaves a moment after the rows came back.
    await until(
      'no filter',
      () => window.timeline.titleActions(),
      (seen) => !seen.includes('Clear Filter'),
    );
  }
  const message = (): Promise<string> => window.timeline.message();

  setup('no filter is left over from a test that failed', async () => {
    if ((await window.timeline.titleActions()).includes('Clear Filter')) {
      await clearFilter();
    }
  });

  test('tells HEAD, names, tags and lines, in words and beside the row', async () => {
    const { timeline } = window;
    await timeline.untilLabels(ALL);
    const rows = await timeline.rows();
    const described = (label: string): string =>
      rows.find((row) => row.label === label)?.description ?? '';
    assert.match(described('another way'), /^(?:now|\d.*ago) · HEAD · branch of "first" · ~1$/u);
    assert.match(described('second'), /^(?:now|\d.*ago) · release · #works · other line · /u);
    assert.match(described(BURST), /^other line · \d/u);
    assert.doesNotMatch(described('first'), /other line/u);
    assert.equal(await timeline.icon('another way'), 'git-branch');
    assert.equal(await timeline.icon('first'), 'terminal');
    assert.equal((await timeline.decoration('another way')).letter, 'H');
    assert.equal((await timeline.decoration('second')).letter, '★#');
    // No colour says anything by itself: the same stands in the words that a screen reader reads.
    const spoken = await window.timeline.pane.locator('.monaco-list').ariaSnapshot();
    const plain = spoken
      .replace(/\w+, \w+ \d+, \d{4} at [\d: ]+[AP]M(?:\s*–\s*[\d: ]+[AP]M)?/gu, 'DATE')
      .replace(/\b(?:now|\d+ (?:sec|min)\. ago)\b/gu, 'AGE')
      .replace(/[\s\S]*?(?=- treeitem)/u, '');
    const said = [...plain.matchAll(/treeitem '?"(.*?)"'?(?: \[|:|$)/gmu)].map((match) =>
      match[1]?.replaceAll('\\"', '"'),
    );
    assert.deepEqual(said, [
      'Snapshot another way, AGE, taken on the command line, 1 modified, HEAD, branch of "first", DATE',
      'Snapshot Before restoring "first", AGE, safety snapshot, taken before a restore, no changes, DATE',
      '6 automatic snapshots, DATE, on another line than HEAD',
      'Snapshot third, AGE, taken on the command line, no changes, on another line than HEAD, DATE',
      'Snapshot second, AGE, taken on the command line, 1 modified, refs release, tags works, on another line than HEAD, DATE',
      'Snapshot first, AGE, taken on the command line, 2 added, 2 lines go on from here, DATE',
    ]);
  });

  test('a burst unfolds, and stays so when the view is read anew', async () => {
    const { timeline } = window;
    await timeline.expand(BURST);
    const inside = async (): Promise<number> =>
      (await timeline.rows()).filter(({ level }) => level === 2).length;
    await until('six rows in the burst', inside, (count) => count === 6);
    await timeline.addToSelection('third');
    await timeline.titleAction('Refresh');
    await timeline.untilQuiet();
    assert.equal(await inside(), 6);
    assert.equal((await timeline.untilLabel(BURST)).expanded, 'true');
    assert.ok((await timeline.untilLabel('third')).selected);
    await timeline.row(BURST).locator('.monaco-tl-twistie').click();
    await timeline.untilLabels(ALL);
  });

  test('what is typed filters at once; Enter keeps it, and one click clears it', async () => {
    const { timeline, workbench } = window;
    assert.ok((await timeline.titleActions()).includes('Filter Timeline…'));
    await timeline.titleAction('Filter Timeline…');
    await window.untilAsked('Filter Timeline');
    await workbench.quickInputType('second', { accept: false });
    await timeline.untilLabels(['second']);
    await workbench.quickInputType('First', { accept: false });
    await timeline.untilLabels(['Before restoring "first"', 'first']);
    await window.page.keyboard.press('Enter');
    await workbench.quickInput.waitFor({ state: 'hidden' });
    await untilText('the filter over the rows', message, 'Filter: “First” (2 found)');
    const titles = await timeline.titleActions();
    assert.ok(titles.includes('Change Filter…') && titles.includes('Clear Filter'));
    assert.ok(!titles.includes('Filter Timeline…'));
    await clearFilter();
    await untilText('no filter', message, '');
  });

  test('Escape brings back what was shown before', async () => {
    const { timeline, workbench } = window;
    await window.run('Filter Timeline…');
    await window.untilAsked('Filter Timeline');
    await workbench.quickInputType('nothing like this', { accept: false });
    await untilText('nothing', message, 'Filter: “nothing like this” (0 found)');
    await timeline.untilLabels([]);
    await window.page.keyboard.press('Escape');
    await timeline.untilLabels(ALL);
  });

  test('tag, how it was taken, and the path it touches; conditions add up', async () => {
    const { timeline } = window;
    await condition('Filter Timeline…', 'Touches a file or folder…');
    await window.pick('Touches Which File or Folder?', 'Type a Path…');
    await window.answer('Touches Which File or Folder?', 'src');
    // The restore before "another way" changed it, too.
    await timeline.untilLabels(['another way', 'second', 'first']);
    await untilText('the path', message, 'Filter: touches src (3 found)');
    await condition('Change Filter…', 'Tag…');
    await window.pick('With Which Tag?', 'works');
    await timeline.untilLabels(['second']);
    await untilText('both', message, 'Filter: #works · touches src (1 found)');
    await clearFilter();
    await condition('Filter Timeline…', 'How it was taken…');
    await window.pick('How Was It Taken?', 'Automatic');
    const rows = await until(
      'each row',
      () => timeline.rows(),
      (seen) => seen.length === 6,
    );
    assert.ok(rows.every(({ level }) => level === 1));
    await clearFilter();
  });

  test('is grouped and sorted by the menu of its title', async () => {
    const { timeline } = window;
    await timeline.titleMenu('Group by Day');
    await timeline.untilRow('a day', ({ label, level }) => label === 'Today' && level === 1);
    await timeline.untilRow('a row in it', ({ label, level }) => label === 'first' && level === 2);
    await timeline.titleMenu('Do Not Group by Day');
    await timeline.untilLabels(ALL);
    await timeline.titleMenu('Show Oldest First');
    await timeline.untilLabels(ALL.toReversed());
    await timeline.titleMenu('Show Newest First');
    await timeline.untilLabels(ALL);
  });

  test('two selected rows are compared, the older one on the left', async () => {
    const { timeline, editors } = window;
    await window.page.keyboard.press('Escape');
    await timeline.addToSelection('third');
    await timeline.addToSelection('first');
    await timeline.menuOnceOffered('first', 'Compare Selected');
    await editors.untilInFront('Snapdir: "first" ↔ "third" (1 file)');
    await editors.untilMultiDiff({ 'b.txt': { left: 'b', right: 'bb' } });
    await editors.closeAll();
  });

  test('a row that is not among the selected ones keeps its menu', async () => {
    const { timeline, editors } = window;
    const entries = await timeline.menuEntries('second');
    for (const entry of ['Compare with Workspace', 'Compare Selected', 'Restore…', 'Rename…']) {
      assert.ok(entries.includes(entry), entry);
    }
    await timeline.menu('second', 'Compare Selected');
    await editors.untilInFront('Snapdir: "first" ↔ "third" (1 file)');
    await editors.closeAll();
  });

  test('the row of what a diff shows is found, whatever the filter', async () => {
    const { timeline, editors, workbench } = window;
    await timeline.expand('second');
    await timeline.click('b.txt');
    await editors.untilDiff({ left: 'b', right: 'bb' });
    await timeline.row('second').locator('.monaco-tl-twistie').click();
    await timeline.titleAction('Filter Timeline…');
    await workbench.quickInputType('third');
    await timeline.untilLabels(['third']);
    await window.run('Reveal in Timeline');
    await timeline.untilRow('its row', ({ label, selected }) => label === 'second' && selected);
    await untilText('no filter', message, '');
    await editors.closeAll();
  });

  test("a diff in the place of another one finds VS Code's worker for diffs still there", async () => {
    const { page, timeline, workbench } = window;
    // No other text keeps that worker.
    await workbench.runCommandFromPalette('View: Close All Editors');
    const diff = async (label: string, name: string): Promise<void> => {
      await timeline.expand(label);
      await timeline.row(name).click();
      await workbench.tab(`${name} (`).waitFor();
      await page.locator('.monaco-diff-editor .editor.modified .char-insert').first().waitFor();
      await timeline.row(label).locator('.monaco-tl-twistie').click();
      await timeline.untilLabels(ALL);
    };
    await diff('another way', 'a.txt');
    const before = page.workers();
    assert.notEqual(before.length, 0);
    await diff('second', 'b.txt');
    const after = page.workers();
    const ended = before.filter((worker) => !after.includes(worker));
    assert.deepEqual(
      ended.map((worker) => worker.url()),
      [],
    );
  });

  test('a burst is deleted after one question with the count', async () => {
    const { timeline, workbench } = window;
    assert.deepEqual(await timeline.menuEntries(BURST), ['Open Changes', 'Delete']);
    await timeline.menu(BURST, 'Delete');
    assert.match(await window.modalText(), /Delete 6 snapshots\?/u);
    await workbench.clickModalButton('Delete');
    await timeline.untilLabels(ALL.filter((label) => label !== BURST));
    assert.equal((await window.listed()).length, 5);
  });
});
