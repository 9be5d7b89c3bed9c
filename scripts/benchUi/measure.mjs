// What is measured in each window. A view or command that does not exist yet leaves its row empty.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bench/ours.mjs';
import { hasDiff, hasRow, timed } from './inPage.mjs';
import { CHANGED, LAST, STILL } from './workspace.mjs';

const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const HISTORY = Object.values(contributes.views)
  .flat()
  .find(({ id }) => /fileHistory$/i.test(id));
/** Typed sign by sign; each leaves fewer of the ten thousand. */
const FILTER_TEXT = '7391';
/** Longer than any sign takes: what is slower is no figure but a fault. */
const SLOWEST_MS = 15_000;

/** Which rows the page has, and their goals. */
export const GOALS = [
  { id: 'openFirst', title: 'timeline open to first rows, first time in a window', goal: 300 },
  { id: 'open', title: 'timeline open to first rows, later', goal: 300 },
  { id: 'filter', title: 'filter keystroke to rows', goal: 100 },
  { id: 'diff', title: 'click to diff', goal: 200 },
  { id: 'history', title: 'file history', goal: 300 },
  { id: 'block', title: 'longest block of the extension host loop', goal: 50 },
  { id: 'own', title: '… without the time in which it waited for a core' },
];

/** Where the same things are done with Snapdir and without. */
const OURS = { container: /^Snapdir/, view: 'Timeline', filter: 'Snapdir: Filter Timeline…' };
const CONTROL = { container: /^Control/, view: 'Rows', filter: 'Control: Filter Rows' };

async function openView({ page, workbench }, { container, view }) {
  const tab = (name) => page.locator('.part.activitybar').getByRole('tab', { name }).first();
  const show = async () => {
    const box = await tab(container).boundingBox();
    return timed(page, hasRow(view, LAST), () =>
      page.mouse.click(box.x + box.width / 2, box.y + box.height / 2),
    );
  };
  const openFirst = [await show()];
  const open = [];
  for (let times = 0; times < 3; times++) {
    await workbench.clickActivityBar('Explorer');
    await page.waitForTimeout(1000);
    open.push(await show());
  }
  return { openFirst, open };
}

async function clickDiffs({ page, workbench }, { view }, round) {
  await workbench.expandTreeRow(view, LAST);
  await workbench.treeRow(view, 'clicked').waitFor();
  const diff = [];
  // Another file each time and in each window: nothing of it was ever opened.
  for (const name of CHANGED.slice(round * 4, round * 4 + 4)) {
    const row = workbench.treeRow(view, name);
    await row.scrollIntoViewIfNeeded();
    const box = await row.locator('.label-name').boundingBox();
    diff.push(
      await timed(page, hasDiff(`// after ${name}`), () =>
        page.mouse.click(box.x + 10, box.y + box.height / 2),
      ),
    );
    await page.waitForTimeout(700);
  }
  // The first one also loads VS Code's diff editor, which is not ours to make faster.
  return { diff: diff.slice(1) };
}

async function typeFilter({ page, workbench }, { filter: command }) {
  await workbench.runCommandFromPalette(command);
  const input = workbench.quickInput.locator('.quick-input-box input');
  await input.waitFor();
  const filter = [];
  const before = 'globalThis.snapdirRows';
  const rows = `[...document.querySelectorAll('.part .pane .monaco-list-row')].map((row) => row.textContent).join()`;
  for (const letter of FILTER_TEXT) {
    await page.evaluate(`${before} = ${rows}`);
    const changed = `() => ${rows} !== ${before}`;
    const ms = await Promise.race([
      timed(page, changed, () => page.keyboard.type(letter)),
      page.waitForTimeout(SLOWEST_MS),
    ]);
    if (ms === undefined) throw new Error(`"${letter}" changed no row within ${SLOWEST_MS} ms.`);
    filter.push(ms);
    await page.waitForTimeout(500);
  }
  await page.keyboard.press('Escape');
  return { filter };
}

/** Opens two files by Go to File: VS Code keeps the names of all files that it found, in the extension host. */
async function openTwo({ page, workbench }, one) {
  for (const name of [one, STILL]) await workbench.openFile(name);
  await page.waitForTimeout(2000);
}

async function followHistory(session, round) {
  if (HISTORY === undefined) return {};
  const { page, workbench } = session;
  await workbench.expandView('File History');
  const one = CHANGED[round];
  // The history of the other one has no such row, so what is waited for is new.
  await openTwo(session, one);
  // Rows of the first one that are still there would be taken for those that are waited for.
  await page.waitForFunction(`!(${hasRow('File History', LAST)})()`, undefined, {
    timeout: SLOWEST_MS,
  });
  const box = await page
    .locator('.tabs-container .tab')
    .filter({ hasText: one })
    .last()
    .boundingBox();
  const history = await timed(page, hasRow('File History', LAST), () =>
    page.mouse.click(box.x + 30, box.y + box.height / 2),
  );
  return { history: [history] };
}

/** All that one window gives, in milliseconds. */
export async function measureWindow(session, round) {
  const same = await measureSame(session, OURS, round);
  return { ...same, ...(await followHistory(session, round)) };
}

/** The same in the view of the probe, in a window without Snapdir: what VS Code takes by itself. */
export async function measureControl(session, round) {
  const same = await measureSame(session, CONTROL, round);
  await openTwo(session, CHANGED[round]);
  return same;
}

async function measureSame(session, where, round) {
  const opened = await openView(session, where);
  const diffs = await clickDiffs(session, where, round);
  return { ...opened, ...diffs, ...(await typeFilter(session, where)) };
}
