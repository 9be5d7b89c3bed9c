// What the pictures show. Each scene goes on from the one before it, in the same window.
import { mkdirSync } from 'node:fs';
import { editor } from '../sample/history.mjs';
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

/** A store that a team shares, and what was promoted to it. */
async function stores(session, folder) {
  const { page, workbench } = session;
  const shared = `${folder}-shared`;
  mkdirSync(shared);
  await workbench.runCommandFromPalette('Snapdir: Close Comparison');
  await workbench.runCommandFromPalette('Snapdir: Add Store…');
  await workbench.quickInputPick('Folder');
  await page.waitForTimeout(1500); // the dialog writes its own proposal a moment after it is drawn
  await workbench.quickInputType(`${shared}/`, { accept: false });
  await workbench.quickInput.getByRole('button', { name: 'Use This Folder' }).click();
  await page.waitForTimeout(500); // the next question comes in the same box
  await workbench.quickInputType('team');
  await workbench.waitForNotification('works and was added');
  await workbench.contextMenuPick(workbench.treeRow('Timeline', CHECKPOINT), 'Promote…');
  await workbench.quickInputPick('team');
  await workbench.quickInputPick('New Name…');
  await workbench.quickInputBox();
  await workbench.quickInputType('main');
  await workbench.waitForNotification('is now "main"');
  await workbench.closeNotifications();
  await workbench.expandTreeRow('Promoted Snapshots', 'main');
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

/** The walkthrough, with room for its pictures; each in a webview that takes a moment. */
async function walkthrough(session) {
  const { page, workbench } = session;
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1600, height: 900 });
  await workbench.runCommandFromPalette('Snapdir: Get Started');
  await page.locator('.getting-started-step').first().waitFor();
  await page.locator('iframe.webview.ready').first().waitFor();
  await page.waitForTimeout(2500);
  await settle(session);
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
    { name: 'stores', play: stores },
    { name: 'filter', play: filter },
    { name: 'menu', play: menu },
    { name: 'walkthrough', play: walkthrough },
  ],
  empty: [{ name: 'welcome', play: welcome }],
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
