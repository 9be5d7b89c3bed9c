import assert from 'node:assert/strict';
import { bitmap } from './support/picture';
import { useWindow } from './support/vscodeWindow';
import { until, untilText } from './support/wait';

suite('looking at what a snapshot holds', () => {
  const window = useWindow({
    files: {
      'pictures/cup.bmp': bitmap(64, [10, 120, 200]),
      'src/deep/er/one.ts': 'one\n',
      'src/deep/er/two.ts': 'two\n',
      'src/moved.ts': 'this file only moves\n',
      'top.txt': 'top\n',
    },
    prepare: async (made) => {
      await made.cli('take', '-m', 'start');
      made.change({
        'pictures/cup.bmp': bitmap(32, [200, 120, 10]),
        'src/deep/er/one.ts': 'one, edited\n',
        'src/deep/er/two.ts': 'two, edited\n',
        'src/moved.ts': null,
        'lib/moved.ts': 'this file only moves\n',
        'top.txt': 'top, edited\n',
      });
      await made.cli('take', '-m', 'edits');
    },
  });

  test('folders with nothing else in them are one row', async () => {
    const { timeline } = window;
    await timeline.untilLabel('edits');
    await timeline.expand('edits');
    await timeline.untilLabels([
      ...['Today', 'edits', 'lib', 'moved.ts', 'pictures', 'cup.bmp', 'src/deep/er'],
      ...['one.ts', 'two.ts', 'top.txt', 'start'],
    ]);
    const moved = await timeline.untilLabel('moved.ts');
    assert.equal(moved.description, '← src/moved.ts');
    assert.equal((await timeline.decoration('moved.ts')).letter, 'R');
  });

  test('becomes a list, and a tree again', async () => {
    const { timeline } = window;
    await timeline.titleMenu('View Changes as List');
    const files = ['moved.ts', 'cup.bmp', 'one.ts', 'two.ts', 'top.txt'];
    await timeline.untilLabels(['Today', 'edits', ...files, 'start']);
    assert.equal((await timeline.untilLabel('two.ts')).description, 'src/deep/er');
    await window.run('View Changes as Tree');
    await timeline.untilLabel('src/deep/er');
  });

  test('the changes view has its own icon for the same', async () => {
    const { changes, timeline } = window;
    window.change({ 'src/deep/er/one.ts': 'one, again\n' });
    await changes.untilLabels(['src/deep/er', 'one.ts']);
    await changes.titleAction('View Changes as List');
    await changes.untilLabels(['one.ts']);
    await changes.titleAction('View Changes as Tree');
    await changes.untilLabels(['src/deep/er', 'one.ts']);
    await timeline.untilLabel('src/deep/er');
  });

  test('a picture opens as a picture, with the bytes of the snapshot', async () => {
    const { timeline, editors } = window;
    await timeline.menu('cup.bmp', 'Show Contents');
    await until(
      'the tab',
      () => editors.tabs(),
      (seen) => seen.some((tab) => tab.startsWith('cup.bmp')),
    );
    await untilPictures([32]);
    await editors.closeAll();
  });

  test('a changed picture is shown as it was and as it is', async () => {
    await window.timeline.click('cup.bmp');
    await untilPictures([32, 64]);
    await window.editors.closeAll();
  });

  test('a moved file is compared with where it came from', async () => {
    await window.timeline.click('moved.ts');
    await window.editors.untilInFront('moved.ts (Parent ↔ "edits")');
    const sides = { left: 'this file only moves', right: 'this file only moves' };
    await window.editors.untilDiff(sides);
    await window.editors.closeAll();
  });

  test('a file as it is now is one click away from its diff', async () => {
    const { timeline, editors } = window;
    await timeline.rowAction('top.txt', 'Open File');
    await editors.untilInFront('top.txt');
    await untilText('the text', () => editors.text(), 'top, edited');
    await editors.closeAll();
  });

  test('a hover tells the rest', async () => {
    const { timeline, page } = window;
    await timeline.row('edits').locator('.label-name').hover();
    const hover = page.locator('.workbench-hover:visible .hover-contents').first();
    const words = await untilText(
      'the hover',
      async () => (await hover.innerText()).replace(/\s+/gu, ' '),
      /taken on the command line/u,
    );
    assert.match(words, /Holds: 5 files, .* Against its parent: 4 modified, 1 renamed/u);
  });

  /** Pictures are drawn in frames of their own; waits until ones of these widths are there. */
  async function untilPictures(widths: number[]): Promise<void> {
    const seenWidths = async (): Promise<number[]> => {
      const found: number[] = [];
      for (const frame of window.page.frames()) {
        if (frame !== window.page.mainFrame()) {
          const script = "[...document.querySelectorAll('img')].map((image) => image.naturalWidth)";
          found.push(...(await frame.evaluate<number[]>(script)));
        }
      }
      return found.sort((a, b) => a - b);
    };
    await until(
      `pictures ${widths.join(', ')} wide`,
      seenWidths,
      (seen) => JSON.stringify(seen) === JSON.stringify(widths),
    );
  }
});
