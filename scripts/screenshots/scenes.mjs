// What the pictures show. Each scene goes on from the one before it, in the same window.
import { editor } from '../sample/history.mjs';
import { Stop } from '../vscode/say.mjs';
import { breakSources } from '../walks/folder.mjs';
import { walks } from '../walks/walks.mjs';

const CHECKPOINT = 'Oolong joins the catalogue';

/** Drags from one point to another, as a hand does. */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

/** Pulls the edge of the sidebar, so that whole rows can be read. */
async function widenSidebar({ page }) {
  const { x, y, width, height } = await page.locator('.part.sidebar').boundingBox();
  await drag(page, { x: x + width, y: y + height / 2 }, { x: x + 400, y: y + height / 2 });
}

/** The edge of the timeline, too. */
async function makeRoom(session) {
  const { page, workbench } = session;
  await widenSidebar(session);
  const changes = await workbench.view('Changes').boundingBox();
  const middle = changes.x + changes.width / 2;
  await drag(page, { x: middle, y: changes.y }, { x: middle, y: changes.y + 140 });
}

/** Away from everything that changes under the mouse; long enough for colours and letters to come. */
async function settle({ page }) {
  const { x, y, width, height } = await page.locator('.part.statusbar').boundingBox();
  await page.mouse.move(x + width * 0.6, y + height / 2);
  const busy = page.locator('.part.statusbar .codicon-loading');
  await busy.first().waitFor({ state: 'hidden', timeout: 30_000 });
  await page.waitForTimeout(1500);
}

async function timeline(session) {
  const { workbench } = session;
  await workbench.treeRow('Timeline', CHECKPOINT).waitFor();
  await makeRoom(session);
  await workbench.expandTreeRow('Timeline', CHECKPOINT);
  await workbench.treeRow('Timeline', 'products.json').click();
  await workbench.tab('products.json').waitFor();
  await settle(session);
}

async function multiDiff(session) {
  await session.workbench.clickRowAction('Timeline', 'Discount codes in the cart', 'Open Changes');
  await session.page.locator('.multiDiffEntry').nth(1).waitFor();
  await settle(session);
}

async function contextMenu(session) {
  const { page, workbench } = session;
  await page.keyboard.press('Escape');
  await workbench.treeRow('Timeline', CHECKPOINT).click({ button: 'right' });
  await workbench.menuItems().first().waitFor();
  await page.waitForTimeout(800);
}

async function restoreModal(session) {
  const { page, workbench } = session;
  await page.keyboard.press('Escape');
  await workbench.menuItems().first().waitFor({ state: 'hidden' });
  await workbench.openFile('layout.ts');
  await workbench.runCommandFromPalette('Snapdir: Restore Folder…');
  await workbench.quickInputPick('Tidy up: old checkout gone, money moves to format');
  await workbench.quickInputPick('docs');
  await workbench.quickInputPick('This folder: docs');
  await workbench.modalText();
  await page.waitForTimeout(800);
}

async function restored(session) {
  const { page, workbench } = session;
  await workbench.clickModalButton('Restore');
  const message = await workbench.waitForNotification('restored');
  await message.hover(); // it stays while the mouse is there
  await page.waitForTimeout(1500);
}

async function operations(session) {
  const { page, workbench } = session;
  await workbench.runCommandFromPalette('Snapdir: Show Operations…');
  const row = workbench.quickInput.locator('.monaco-list-row').first();
  await row.hover();
  await page.waitForTimeout(800);
}

async function restorePlan(session) {
  const { page, workbench } = session;
  await page.keyboard.press('Escape');
  await workbench.closeNotifications();
  await workbench.runCommandFromPalette('Snapdir: Review Restore…');
  await workbench.quickInputPick('Tidy up: old checkout gone, money moves to format');
  await workbench.view('Restore Plan').locator('.monaco-list-row').nth(2).waitFor();
  await settle(session);
}

async function fileHistory(session) {
  const { workbench } = session;
  await workbench.clickViewAction('Restore Plan', 'Close Plan');
  await workbench.openFile('cart.ts');
  await workbench.expandView('File History');
  await workbench.view('File History').locator('.monaco-list-row').nth(1).waitFor();
  await settle(session);
}

async function comparison(session) {
  const { workbench } = session;
  await workbench.runCommandFromPalette('Snapdir: Compare…');
  await workbench.quickInputPick(CHECKPOINT);
  await workbench.quickInput.getByText('Compare (2/2)').waitFor();
  await workbench.quickInputPick('Workspace');
  // One of the rows that are in sight.
  await workbench.treeRow('Comparison', 'style.css').click();
  await workbench.tab('style.css (').waitFor();
  await settle(session);
}

/** The question for the name, once the store is known to hold some. */
async function promote(session) {
  const { page, workbench } = session;
  await workbench.treeRow('Promoted Snapshots', 'gift-cards').waitFor();
  await widenSidebar(session);
  await workbench.view('Changes').locator('.pane-header').click();
  await page.waitForTimeout(500); // the views below it move
  await workbench.contextMenuPick(workbench.treeRow('Timeline', CHECKPOINT), 'Promote…');
  await workbench.quickInputPick('team');
  await workbench.quickInput.getByPlaceholder('A new name, or one').waitFor();
  await workbench.quickInput.locator('.monaco-list-row').nth(2).waitFor();
  await page.waitForTimeout(800);
}

/** What the store holds then, and what the name stood for before. */
async function promoted(session) {
  const { workbench } = session;
  await workbench.quickInputPick('main');
  const message = await workbench.waitForNotification('is now "main"');
  await workbench.expandTreeRow('Promoted Snapshots', 'main');
  // All of its words, not what fits into a line.
  await message.hover();
  await message.locator('.codicon-notifications-expand').click();
  await settle(session);
}

async function filter(session) {
  const { workbench } = session;
  await workbench.runCommandFromPalette('Snapdir: Filter Timeline…');
  await workbench.quickInputType('cart', { accept: false });
  await workbench
    .view('Timeline')
    .getByText(/^Filter: /u)
    .waitFor();
  await settle(session);
}

/** The one question about what cannot be undone. */
async function forget(session) {
  const { page, workbench } = session;
  await workbench.treeRow('Timeline', 'Payments are described').waitFor();
  await widenSidebar(session);
  await workbench.openFile('payments.json');
  await workbench.runCommandFromPalette('Snapdir: Forget in All Snapshots…');
  await workbench.modalText();
  await page.waitForTimeout(800);
}

/** The walkthrough, with room for its pictures. */
async function walkthrough(session) {
  const { page, workbench } = session;
  await page.setViewportSize({ width: 1600, height: 900 });
  await workbench.runCommandFromPalette('Snapdir: Get Started');
  await page.locator('.getting-started-step').first().waitFor();
  await untilPainted(page);
  await settle(session);
}

/** Waits for the colours of a drawing that is in a frame of its own. */
async function untilPainted(page) {
  const script = `(() => {
    const area = document.querySelector('svg rect');
    return area !== null && getComputedStyle(area).fill !== 'none';
  })()`;
  for (let tries = 100; tries > 0; tries--) {
    const seen = page.frames().map((frame) => frame.evaluate(script).catch(() => false));
    if ((await Promise.all(seen)).includes(true)) return;
    await page.waitForTimeout(200);
  }
  throw new Stop('The picture of the walkthrough stays blank.');
}

async function menu(session) {
  const { page, workbench } = session;
  await page.keyboard.press('Escape');
  await page.locator('#snapdir\\.snapdir\\.snapdir\\.status').click();
  await workbench.quickInput.locator('.monaco-list-row').first().waitFor();
  await page.waitForTimeout(800);
}

/** A store that cannot be read. */
async function damaged(session) {
  const { workbench } = session;
  await workbench.view('Timeline').locator('.welcome-view-content .monaco-button').waitFor();
  await settle(session);
}

async function welcome(session) {
  const { workbench } = session;
  await workbench.view('Timeline').locator('.welcome-view-content .monaco-button').waitFor();
  await workbench.openFile('cart.ts');
  await settle(session);
}

/** A walk of the README, up to its picture. */
function walkScene(walk, prepare = () => {}, meanwhile = () => {}) {
  const play = async (session, folder) => {
    prepare(folder);
    await walk.ready?.(session);
    await widenSidebar(session);
    for (const step of walk.steps.slice(0, walk.picture)) {
      if (step.meanwhile) meanwhile(folder);
      await step.act(session);
      await step.seen(session);
    }
    await settle(session);
  };
  return { name: `walk-${walk.name}`, play, startsIn: 'Explorer' };
}

/** By the state of the folder that they need. */
export const scenes = {
  history: [
    { name: 'timeline', play: timeline },
    { name: 'multi-diff', play: multiDiff },
    { name: 'context-menu', play: contextMenu },
    { name: 'restore-modal', play: restoreModal },
    { name: 'restored', play: restored },
    { name: 'operations', play: operations },
    { name: 'restore-plan', play: restorePlan },
    { name: 'file-history', play: fileHistory },
    { name: 'comparison', play: comparison },
    { name: 'filter', play: filter },
    { name: 'menu', play: menu },
  ],
  team: [
    { name: 'promote', play: promote },
    { name: 'promoted', play: promoted },
  ],
  secret: [{ name: 'forget', play: forget }],
  empty: [
    { name: 'welcome', play: welcome },
    { name: 'walkthrough', play: walkthrough },
  ],
  firstUse: [
    walkScene(
      walks.firstUse,
      () => {},
      (folder) => editor(folder).replace('src/layout.ts', 'Tea since 2019', 'Tea for everybody'),
    ),
  ],
  walks: [walkScene(walks.lostFunction), walkScene(walks.hourAgo, breakSources)],
  damaged: [{ name: 'welcome-damaged', play: damaged }],
};
