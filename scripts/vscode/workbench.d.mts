import type { Locator, Page } from 'playwright-core';

/** A row of a tree view, as it is drawn. */
export interface TreeRow {
  label: string;
  description: string;
  ariaLabel: string;
  level: number;
  expanded: string | null;
  selected: boolean;
  index: number;
}

/** A window of VS Code, as a person uses it. Texts match whole labels unless they are patterns. */
export declare class Workbench {
  constructor(page: Page);
  readonly page: Page;
  readonly quickInput: Locator;
  readonly notifications: Locator;
  readonly modal: Locator;
  ready(): Promise<void>;
  clickActivityBar(name: string | RegExp): Promise<void>;
  runCommandFromPalette(text: string): Promise<void>;
  quickInputLabels(): Promise<string[]>;
  quickInputPick(label: string | RegExp): Promise<void>;
  toFront(): Promise<void>;
  quickInputBox(): Promise<void>;
  quickInputType(text: string, options?: { accept?: boolean }): Promise<void>;
  waitForNotification(text: string | RegExp, options?: { timeout?: number }): Promise<Locator>;
  clickNotificationButton(text: string | RegExp, button: string | RegExp): Promise<void>;
  closeNotifications(): Promise<void>;
  modalText(): Promise<string>;
  clickModalButton(name: string | RegExp): Promise<void>;
  view(viewName: string | RegExp): Locator;
  expandView(viewName: string | RegExp): Promise<void>;
  treeRows(viewName: string | RegExp): Promise<TreeRow[]>;
  treeRow(viewName: string | RegExp, label: string | RegExp): Locator;
  expandTreeRow(viewName: string | RegExp, label: string | RegExp): Promise<void>;
  clickRowAction(
    viewName: string | RegExp,
    label: string | RegExp,
    action: string | RegExp,
  ): Promise<void>;
  clickViewAction(viewName: string | RegExp, action: string | RegExp): Promise<void>;
  clickWelcomeButton(viewName: string | RegExp, button: string | RegExp): Promise<void>;
  /** "A > B" walks into a submenu. */
  contextMenuPick(target: Locator, entry: string | RegExp): Promise<void>;
  menuItems(): Locator;
  openFile(name: string): Promise<void>;
  tab(label: string | RegExp): Locator;
  statusBarTexts(): Promise<string[]>;
  screenshot(path: string): Promise<void>;
}
