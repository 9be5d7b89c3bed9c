// What the pictures show. Each scene goes on from the one before it, in the same window.

const CHECKPOINT = 'Oolong joins the catalogue';

/** Drags from one point to another, as a hand does. */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

/** Pulls the edges of the sidebar and of the timeline, so that whole rows can be read. */
async function makeRoom({ page, workbench }) {
  const { x, y, width, height } = await page.locator('.part.sidebar').boundingBox();
  await drag(page, { x: x + width, y: y + height / 2 }, { x: x + 400, y: y + height / 2 });
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
    { name: 'filter', play: filter },
    { name: 'menu', play: menu },
    { name: 'walkthrough', play: walkthrough },
  ],
  empty: [{ name: 'welcome', play: welcome }],
  damaged: [{ name: 'welcome-damaged', play: damaged }],
};
