// What a person does in a VS Code window, for UI tests and screenshots: every step is a click or a
// key press on what is visible, and waits until the window has followed.

const TIMEOUT = 20_000;

/** A text as a pattern: strings match whole labels, so that "Take" never clicks "Take All". */
function exactly(text) {
  if (text instanceof RegExp) return text;
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

/** A text as the beginning of an accessible name, which VS Code extends with key bindings and hints. */
function beginning(text) {
  if (text instanceof RegExp) return text;
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

const gone = () => undefined;

/** A window of VS Code, as a person uses it. */
export class Workbench {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.quickInput = page.locator('.quick-input-widget:visible');
    this.notifications = page.locator('.notification-list-item:visible');
    this.modal = page.locator('.monaco-dialog-box');
  }

  /** Waits until the window is usable: the parts are drawn and extensions have started. */
  async ready() {
    const timeout = 60_000;
    // The colour theme comes from an extension: once it is on, the remote side is connected. What
    // can wait is drawn last, and the count of problems is of that kind.
    await this.page.locator('.monaco-workbench[class*="vscode-theme-"]').waitFor({ timeout });
    await this.page.locator('.part.activitybar .action-item').first().waitFor({ timeout });
    await this.page.locator('#status\\.problems').waitFor({ timeout });
  }

  /** Opens a view container by its icon; does nothing where it is open already. */
  async clickActivityBar(name) {
    const icon = this.page.locator('.part.activitybar').getByRole('tab', { name: beginning(name) });
    await icon.first().waitFor({ timeout: TIMEOUT });
    if ((await icon.first().getAttribute('aria-selected')) !== 'true') await icon.first().click();
    await this.page.locator('.part.sidebar .composite.title').waitFor({ timeout: TIMEOUT });
  }

  /** Runs a command as a person would: F1, type, click the entry with exactly this label. */
  async runCommandFromPalette(text) {
    const input = this.quickInput.locator('.quick-input-box input');
    // An editor that is still opening takes the focus, which closes the palette: one presses F1 again.
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('F1');
      try {
        await input.fill(`>${text}`, { timeout: tries < 4 ? TIMEOUT / 4 : TIMEOUT });
        break;
      } catch (error) {
        if (tries === 4 || (await this.quickInput.count()) > 0) throw error;
      }
    }
    await this.quickInputPick(text);
  }

  /** Shows this window above others: a browser draws one that is behind about once a second. */
  async toFront() {
    await this.page.bringToFront();
  }

  /** The labels that the open pick list shows. */
  async quickInputLabels() {
    await this.quickInput.waitFor({ timeout: TIMEOUT });
    return this.quickInput.locator('.monaco-list-row .label-name').allInnerTexts();
  }

  /** Clicks the entry with this label in the open pick list. */
  async quickInputPick(label) {
    const row = this.quickInput
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.label-name').filter({ hasText: exactly(label) }) });
    await row.first().click({ timeout: TIMEOUT });
  }

  /** Waits until what is asked for is a text: the pick list before it may have had the same title. */
  async quickInputBox() {
    await this.quickInput
      .locator('.quick-input-list')
      .waitFor({ state: 'hidden', timeout: TIMEOUT });
  }

  /** Types into the open input box or pick list, and accepts with Enter unless told otherwise. */
  async quickInputType(text, { accept = true } = {}) {
    const input = this.quickInput.locator('.quick-input-box input');
    await input.waitFor({ timeout: TIMEOUT });
    await input.fill(text);
    if (accept) await input.press('Enter');
  }

  /** Waits for a notification that contains this text; returns its locator. */
  async waitForNotification(text, { timeout = TIMEOUT } = {}) {
    const item = this.notifications.filter({ hasText: text }).first();
    await item.waitFor({ timeout });
    return item;
  }

  /** Clicks a button of the notification that contains `text`. */
  async clickNotificationButton(text, button) {
    const item = await this.waitForNotification(text);
    await item.hover(); // a person's mouse is there: it keeps the notification from leaving
    await item
      .locator('.monaco-button')
      .filter({ hasText: exactly(button) })
      .click();
  }

  /** Closes every notification that is on screen. */
  async closeNotifications() {
    for (let left = await this.notifications.count(); left > 0; left--) {
      const item = await this.notifications.first().elementHandle({ timeout: 1_000 }).catch(gone);
      if (!item) return; // they leave by themselves, too
      const close = async () => {
        await item.hover();
        // Its buttons are drawn anew while it changes.
        await (
          await item.waitForSelector('.codicon-notifications-clear', { timeout: 1_000 })
        ).click();
      };
      await close().catch(async (error) => {
        if (await item.isVisible()) throw error;
      });
      await item.waitForElementState('hidden'); // it fades out, and its buttons do nothing by then
    }
  }

  /** Waits for a modal dialog and returns all its text. */
  async modalText() {
    await this.modal.waitFor({ timeout: TIMEOUT });
    return this.modal.innerText();
  }

  /** Clicks a button of the modal dialog and waits until the dialog is gone. */
  async clickModalButton(name) {
    await this.modal.waitFor({ timeout: TIMEOUT });
    const buttons = this.modal.locator('.dialog-buttons .monaco-button');
    await buttons.filter({ hasText: exactly(name) }).click({ timeout: TIMEOUT });
    await this.modal.waitFor({ state: 'detached', timeout: TIMEOUT });
  }

  /** The pane of a view, by the name in its header. */
  view(viewName) {
    const header = this.page.locator('.pane-header').filter({
      has: this.page.locator('h3.title').filter({ hasText: exactly(viewName) }),
    });
    // A container with a single view merges the view's header away and shows the name on top.
    return this.page.locator('.part .pane').filter({ has: header });
  }

  /** Unfolds a view whose header is folded. */
  async expandView(viewName) {
    const header = this.view(viewName).locator('.pane-header');
    await header.waitFor({ state: 'attached', timeout: TIMEOUT });
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /**
   * The rows of a tree view that are on screen (VS Code draws no others), from top to bottom.
   * @param {string} viewName
   */
  async treeRows(viewName) {
    return this.view(viewName)
      .locator('.monaco-list-row')
      .evaluateAll((rows) =>
        rows
          .map((row) => ({
            label: row.querySelector('.label-name')?.textContent ?? '',
            description: row.querySelector('.label-description')?.textContent ?? '',
            ariaLabel: row.getAttribute('aria-label') ?? '',
            level: Number(row.getAttribute('aria-level') ?? 1),
            expanded: row.getAttribute('aria-expanded'),
            selected: row.getAttribute('aria-selected') === 'true',
            index: Number(row.getAttribute('data-index') ?? 0),
          }))
          .sort((a, b) => a.index - b.index),
      );
  }

  /** One row of a tree view, by its label. */
  treeRow(viewName, label) {
    const name = this.page.locator('.label-name').filter({ hasText: exactly(label) });
    return this.view(viewName).locator('.monaco-list-row').filter({ has: name }).first();
  }

  /** Unfolds a row of a tree view. */
  async expandTreeRow(viewName, label) {
    const row = this.treeRow(viewName, label);
    await row.waitFor({ timeout: TIMEOUT });
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Clicks an icon that a row of a tree view shows under the mouse. */
  async clickRowAction(viewName, label, action) {
    const row = this.treeRow(viewName, label);
    await row.hover({ timeout: TIMEOUT });
    await row.getByRole('button', { name: beginning(action) }).click({ timeout: TIMEOUT });
  }

  /** Clicks an icon in a view's title bar. */
  async clickViewAction(viewName, action) {
    const header = this.view(viewName).locator('.pane-header');
    if (await header.isVisible()) await header.hover();
    const own = header.getByRole('button', { name: beginning(action) });
    const merged = this.page
      .locator('.composite.title')
      .getByRole('button', { name: beginning(action) });
    await own.or(merged).first().click({ timeout: TIMEOUT });
  }

  /** Clicks a button of a view's welcome text. */
  async clickWelcomeButton(viewName, button) {
    const buttons = this.view(viewName).locator('.welcome-view-content .monaco-button');
    await buttons.filter({ hasText: exactly(button) }).click({ timeout: TIMEOUT });
  }

  /** Opens the context menu of a locator and clicks an entry; "A > B" walks into a submenu. */
  async contextMenuPick(target, entry) {
    await target.click({ button: 'right', timeout: TIMEOUT });
    const steps = entry instanceof RegExp ? [entry] : entry.split(' > ');
    for (const [at, step] of steps.entries()) {
      const item = this.menuItems()
        .filter({ hasText: exactly(step) })
        .last();
      await item.waitFor({ timeout: TIMEOUT });
      // A menu, one below another too, ignores clicks in its first moments, so that opening it never picks something.
      await this.page.waitForTimeout(300);
      if (at < steps.length - 1) await item.hover();
      else await item.click();
    }
  }

  /** The entries of the menu that is open now. */
  menuItems() {
    return this.page.locator('.monaco-menu .action-menu-item .action-label:visible');
  }

  /** Opens a file by name through Quick Open. */
  async openFile(name) {
    const found = this.quickInput.locator('.monaco-list-row').filter({ hasText: name }).first();
    // A busy window sometimes says that nothing matches, and stays with it: then it is asked once more.
    for (let tries = 3, clicked = false; !clicked; tries--) {
      await this.page.keyboard.press('Control+P');
      await this.quickInputType(name, { accept: false });
      clicked = await found.click({ timeout: TIMEOUT / 2 }).then(
        () => true,
        (error) => (tries > 1 ? this.page.keyboard.press('Escape') : Promise.reject(error)),
      );
    }
    await this.tab(name.split('/').at(-1)).waitFor({ timeout: TIMEOUT });
  }

  /** An editor tab, by (the beginning of) its label. */
  tab(label) {
    return this.page.locator('.tabs-container .tab').filter({ hasText: label }).first();
  }

  /** The text of the status bar's entries. */
  async statusBarTexts() {
    return this.page.locator('.part.statusbar .statusbar-item:visible').allInnerTexts();
  }

  /** Saves a picture of the window. */
  async screenshot(path) {
    await this.page.screenshot({ path });
  }
}
