// Three things that people want of Snapdir, each as a script of clicks: the README tells it, a test plays it in the
// real VS Code and counts what was pressed, and the screenshots are taken on the way.
import { NAMES } from './folder.mjs';

const TIMEOUT = 20_000;

/** The part of the diff in front that is not hidden. */
const diff = (page) => page.locator('.editor-instance .monaco-diff-editor:visible').first();

async function untilDiffHas(page, side, text) {
  const line = diff(page).locator(`.editor.${side} .view-line`).filter({ hasText: text });
  await line.first().waitFor({ timeout: TIMEOUT });
}

/** A folder's or a file's row in the Explorer. */
const inExplorer = (page, name) =>
  page
    .locator('.explorer-folders-view .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: new RegExp(`^${name}$`, 'u') }) })
    .first();

/** An entry of the menu that is open. It takes no click in its first moments. */
async function clickEntry({ page, workbench }, entry) {
  const item = workbench.menuItems().filter({ hasText: entry }).last();
  await item.waitFor({ timeout: TIMEOUT });
  await page.waitForTimeout(300);
  await item.click();
}

/** @type {import('./walks.d.mts').Walk} */
const firstUse = {
  name: 'first-use',
  title: 'First use',
  from: 'A folder is open, and Snapdir was never used in it.',
  steps: [
    {
      says: 'Click **Snapdir** in the activity bar.',
      act: ({ workbench }) => workbench.clickActivityBar('Snapdir'),
      seen: ({ workbench }) =>
        workbench.view('Timeline').locator('.welcome-view-content .monaco-button').waitFor(),
    },
    {
      says: 'Click **Take Snapshot**. Then work: edit files, or let an agent do it.',
      act: ({ workbench }) => workbench.clickWelcomeButton('Timeline', 'Take Snapshot'),
      seen: ({ workbench }) =>
        workbench
          .view('Timeline')
          .getByRole('treeitem', { name: /^Snapshot /u })
          .waitFor(),
    },
    {
      says: 'Click a file in **Changes**: as it was on the left, as it is on the right.',
      meanwhile: true,
      act: async ({ workbench }) => {
        const file = workbench.view('Changes').getByRole('treeitem', { name: /, Modified$/u });
        await file.first().click();
      },
      seen: ({ page }) => diff(page).locator('.editor.modified .view-line').first().waitFor(),
    },
  ],
  picture: 3,
};

/** @type {import('./walks.d.mts').Walk} */
const lostFunction = {
  name: 'lost-function',
  title: 'Where did my function go?',
  from: 'The file is open, and the function is not in it.',
  ready: async ({ page, workbench }) => {
    await workbench.clickActivityBar('Explorer');
    if ((await inExplorer(page, NAMES.file).count()) === 0) await inExplorer(page, 'src').click();
    await inExplorer(page, NAMES.file).click();
    await workbench.tab(NAMES.file).waitFor();
  },
  steps: [
    {
      says: 'Right-click the tab of the file.',
      act: ({ workbench }) => workbench.tab(NAMES.file).click({ button: 'right' }),
      seen: ({ workbench }) => workbench.menuItems().first().waitFor(),
    },
    {
      says: 'Click **Show File History**: each version of the file, with how much it grew or shrank.',
      act: (walker) => clickEntry(walker, 'Show File History'),
      seen: ({ workbench }) => workbench.treeRow('File History', NAMES.lost).waitFor(),
    },
    {
      says: 'Click the version that shrank: there it went.',
      act: ({ workbench }) => workbench.treeRow('File History', NAMES.lost).click(),
      seen: async ({ page }) => {
        await untilDiffHas(page, 'original', 'function discounted');
        await page.waitForTimeout(700); // rows that are drawn anew run no commands
      },
    },
    {
      says: 'On the version before, click **Compare with Current**.',
      act: ({ workbench }) =>
        workbench.clickRowAction('File History', NAMES.held, 'Compare with Current'),
      seen: async ({ page, workbench }) => {
        await workbench.tab(`${NAMES.file} ("${NAMES.held}" ↔ Workspace)`).waitFor();
        await untilDiffHas(page, 'original', 'function discounted');
        await untilDiffHas(page, 'modified', 'function pieces');
      },
    },
    {
      says: 'Click the arrow beside the function. What else was changed in the file stays.',
      act: async ({ page }) => {
        const arrows = await page.getByRole('button', { name: 'Revert Block' }).all();
        const placed = await Promise.all(
          arrows.map(async (arrow) => ({ arrow, top: (await arrow.boundingBox())?.y ?? 1e6 })),
        );
        placed.sort((a, b) => a.top - b.top);
        await placed[0].arrow.click();
      },
      seen: ({ page }) => untilDiffHas(page, 'modified', 'function discounted'),
    },
    {
      says: 'Press `Ctrl+S`.',
      key: true,
      act: ({ page }) => page.keyboard.press('Control+S'),
      seen: ({ page }) =>
        page.locator('.tabs-container .tab.dirty').first().waitFor({ state: 'detached' }),
    },
  ],
  picture: 4,
};

/** @type {import('./walks.d.mts').Walk} */
const hourAgo = {
  name: 'hour-ago',
  title: 'The agent broke everything: bring back this folder as of an hour ago',
  from: 'The Explorer is open, as VS Code opens it.',
  ready: ({ workbench }) => workbench.clickActivityBar('Explorer'),
  steps: [
    {
      says: 'Right-click the folder.',
      act: ({ page }) => inExplorer(page, 'src').click({ button: 'right' }),
      seen: ({ workbench }) => workbench.menuItems().first().waitFor(),
    },
    {
      says: 'Under **Snapdir**, click **Restore Folder…**.',
      act: async (walker) => {
        await walker.workbench.menuItems().filter({ hasText: 'Snapdir' }).last().hover();
        await clickEntry(walker, 'Restore Folder…');
      },
      seen: ({ workbench }) =>
        workbench.quickInput.locator('.monaco-list-row').filter({ hasText: '1 hr. ago' }).waitFor(),
    },
    {
      says: 'Click the snapshot of an hour ago: each has its age.',
      act: ({ workbench }) => workbench.quickInputPick(NAMES.anHourAgo),
      seen: ({ workbench }) => workbench.modal.waitFor({ timeout: TIMEOUT }),
    },
    {
      says: 'It says what will be created, overwritten and deleted. Click **Restore**. (**Undo** is in the message.)',
      act: ({ workbench }) => workbench.clickModalButton('Restore'),
      seen: async ({ workbench }) => {
        await workbench.waitForNotification('restored');
      },
    },
  ],
  picture: 3,
};

/** All of them, in the order of the README. */
export const walks = { firstUse, lostFunction, hourAgo };

/** How often one presses the mouse, and keys. */
export function pressesOf({ steps }) {
  const keys = steps.filter(({ key }) => key).length;
  return { clicks: steps.length - keys, keys };
}

/** The walks as the README tells them. */
export function walksText() {
  const count = (many, one) => (many === 1 ? `1 ${one}` : `${many} ${one}s`);
  const parts = Object.values(walks).map((walk) => {
    const { clicks, keys } = pressesOf(walk);
    const presses = [count(clicks, 'click'), ...(keys > 0 ? [count(keys, 'key')] : [])];
    const steps = walk.steps.map(({ says }, at) => `${at + 1}. ${says}`);
    return [
      `### ${walk.title}`,
      `${presses.join(' and ')}. ${walk.from}`,
      steps.join('\n'),
      `![${walk.title}](docs/images/walk-${walk.name}-dark.png)`,
    ].join('\n\n');
  });
  return parts.join('\n\n');
}
