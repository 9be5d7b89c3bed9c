import type { Locator } from 'playwright-core';
import type { TreeRow, Workbench } from '../../harness/session';
import type { PageElement } from './dom';
import { until } from './wait';

/** The store's watcher makes a view follow a little later than what was done in this window. */
const PAUSE = 700;

/** The letter that a row carries, and in which colour its name is. */
export interface Decoration {
  letter: string;
  colour: string;
}

/** A view's part of the page, with when it was drawn last. */
interface WatchedPane extends PageElement {
  snapdirChanged?: number;
}

/** One of Snapdir's views in the sidebar, as a person sees and clicks it. */
export class TreeView {
  readonly workbench: Workbench;
  readonly name: string;

  constructor(workbench: Workbench, name: string) {
    this.workbench = workbench;
    this.name = name;
  }

  /** Everything inside the view. */
  get pane(): Locator {
    return this.workbench.view(this.name);
  }

  rows(): Promise<TreeRow[]> {
    return this.workbench.treeRows(this.name);
  }

  async labels(): Promise<string[]> {
    return (await this.rows()).map((row) => row.label);
  }

  row(label: string | RegExp): Locator {
    return this.workbench.treeRow(this.name, label);
  }

  /** Waits until exactly these rows are on screen, from top to bottom. */
  async untilLabels(wanted: string[]): Promise<void> {
    await until(
      `the rows of ${this.name}`,
      () => this.labels(),
      (seen) => JSON.stringify(seen) === JSON.stringify(wanted),
    );
  }

  /** Waits for a row that is as wanted, and returns it. */
  async untilRow(what: string, wanted: (row: TreeRow) => boolean): Promise<TreeRow> {
    const rows = await until(
      `${what} in ${this.name}`,
      () => this.rows(),
      (seen) => seen.some(wanted),
    );
    return rows.find(wanted)!;
  }

  /** Waits for a row with this label. */
  untilLabel(label: string): Promise<TreeRow> {
    return this.untilRow(`"${label}"`, (row) => row.label === label);
  }

  /** Waits until no row has this label. */
  async untilGone(label: string): Promise<void> {
    await until(
      `no "${label}" in ${this.name}`,
      () => this.labels(),
      (seen) => !seen.includes(label),
    );
  }

  /** Unfolds a row and waits for what is below it. */
  async expand(label: string): Promise<void> {
    await this.workbench.expandTreeRow(this.name, label);
    await this.untilRow(`"${label}" unfolded`, (row) => {
      return row.label === label && row.expanded === 'true';
    });
  }

  async click(label: string): Promise<void> {
    await this.row(label).click();
  }

  /** Clicks an icon in the view's title. */
  titleAction(action: string): Promise<void> {
    return this.workbench.clickViewAction(this.name, action);
  }

  /** Picks an entry of the menu behind the dots in the view's title. */
  async titleMenu(entry: string): Promise<void> {
    const dots = this.pane.locator('.pane-header .codicon-toolbar-more');
    const item = this.workbench.menuItems().filter({ hasText: entry });
    const open = async (): Promise<boolean> => {
      await this.pane.locator('.pane-header').hover();
      await dots.click();
      await item.waitFor({ timeout: 2_000 });
      await this.workbench.page.waitForTimeout(300); // the menu ignores clicks in its first moments
      return item.click({ timeout: 2_000 }).then(() => true);
    };
    // A menu closes at once where VS Code draws the title anew: then all of it is done once more.
    await this.untilQuiet();
    await until(`"${entry}" behind the dots`, open, (opened) => opened);
  }

  /** Adds a row to the selection. */
  async addToSelection(label: string): Promise<void> {
    const isSelected = async (): Promise<boolean> =>
      (await this.rows()).some((row) => row.label === label && row.selected);
    // A tree that VS Code draws anew just then loses the click.
    for (let tries = 0; tries < 3 && !(await isSelected()); tries++) {
      await this.row(label).click({ modifiers: ['Control'] });
      await this.untilQuiet();
    }
    await this.untilRow(`"${label}" selected`, (row) => row.label === label && row.selected);
  }

  /**
   * Waits until the view is drawn and stays so for a moment. While VS Code draws a tree anew, it runs a
   * row's commands without saying which row it was.
   */
  async untilQuiet(): Promise<void> {
    await this.pane.evaluate((pane: WatchedPane, pause: number) => {
      // Watched from the first time on: a pane that has long been quiet is waited for no more.
      if (pane.snapdirChanged === undefined) {
        pane.snapdirChanged = performance.now();
        const observer = new MutationObserver(() => {
          pane.snapdirChanged = performance.now();
        });
        observer.observe(pane, { attributes: true, childList: true, subtree: true });
      }
      return new Promise<void>((done) => {
        const look = (): void => {
          const left = (pane.snapdirChanged ?? 0) + pause - performance.now();
          if (left > 0) {
            setTimeout(look, left);
          } else {
            done();
          }
        };
        look();
      });
    }, PAUSE);
  }

  /** Clicks an icon that the row shows under the mouse. */
  async rowAction(label: string, action: string): Promise<void> {
    await this.untilQuiet();
    return this.workbench.clickRowAction(this.name, label, action);
  }

  /** Picks an entry of the row's context menu. */
  async menu(label: string, entry: string): Promise<void> {
    await this.untilQuiet();
    return this.workbench.contextMenuPick(this.row(label), entry);
  }

  /** The entries of the row's context menu, which is closed again. */
  async menuEntries(label: string): Promise<string[]> {
    await this.row(label).click({ button: 'right' });
    const items = this.workbench.menuItems();
    await items.first().waitFor();
    const entries = await items.allInnerTexts();
    await this.workbench.page.keyboard.press('Escape');
    await items.first().waitFor({ state: 'detached' });
    return entries;
  }

  /** Waits until a row's context menu offers an entry, and picks it: some follow what was done before. */
  async menuOnceOffered(label: string, entry: string): Promise<void> {
    await until(
      `"${entry}" in the menu of "${label}"`,
      () => this.menuEntries(label),
      (seen) => seen.includes(entry),
    );
    await this.menu(label, entry);
  }

  /** The icon of a row, by its name in VS Code's icon font. */
  async icon(label: string): Promise<string> {
    const icon = this.row(label).locator('.custom-view-tree-node-item-icon');
    return /codicon-(?!colored)([\w-]+)/u.exec((await icon.getAttribute('class')) ?? '')?.[1] ?? '';
  }

  /** Waits for the letter at a row's right edge; it arrives after the row. The style sheet makes it. */
  decoration(label: string): Promise<Decoration> {
    const icon = this.row(label).locator('.monaco-icon-label').first();
    const read = (): Promise<Decoration> =>
      icon.evaluate((element: PageElement) => ({
        letter: getComputedStyle(element, '::after').content.replaceAll('"', ''),
        colour: getComputedStyle(element.querySelector('.label-name')!).color,
      }));
    return until(`the letter of "${label}"`, read, ({ letter }) => letter !== 'none');
  }

  /** What stands beside the view's name. */
  async title(): Promise<string> {
    return (await this.pane.locator('.pane-header .description').allInnerTexts()).join();
  }

  /** The view as a screen reader has it. */
  aria(): Promise<string> {
    return this.pane.ariaSnapshot();
  }

  /** The line over the rows; an empty text without one. */
  async message(): Promise<string> {
    return (
      await this.pane.locator('.tree-explorer-viewlet-tree-view > .message:visible').allInnerTexts()
    )
      .join(' ')
      .trim();
  }

  /** The names of the icons in the view's title. */
  async titleActions(): Promise<string[]> {
    await this.pane.locator('.pane-header').hover();
    const icons = this.pane.locator('.pane-header .action-label[aria-label]');
    const names = await icons.evaluateAll((all: PageElement[]) =>
      all.map((icon) => icon.getAttribute('aria-label') ?? ''),
    );
    return names.filter((name) => name !== '');
  }

  /** The text that is shown while there are no rows. */
  get welcome(): Locator {
    return this.pane.locator('.welcome-view-content');
  }
}
