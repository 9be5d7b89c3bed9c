import * as vscode from 'vscode';
import { pickSearched, type SearchedItem, type SearchedList } from './pickers/searchedPick';
import { withoutIcons, withoutLinks } from './text/displayText';

/** Of a quick pick that tells what is typed. */
export interface LiveOptions {
  title: string;
  placeHolder: string;
  /** What stands there at first. */
  value: string;
  onType(text: string): void;
}

/** Every question and message goes through here: one place that escapes, one seam for tests. */
export interface Prompts {
  /** A modal question; the answer is one of `buttons`, or undefined for Cancel. */
  modal(message: string, detail: string, buttons: string[]): Promise<string | undefined>;
  info(message: string, ...buttons: string[]): Promise<string | undefined>;
  warn(message: string, ...buttons: string[]): Promise<string | undefined>;
  error(message: string, ...buttons: string[]): Promise<string | undefined>;
  /** A line in the status bar that goes by itself. */
  status(message: string, ms: number): void;
  pick<T extends vscode.QuickPickItem>(
    items: T[] | Promise<T[]>,
    options: vscode.QuickPickOptions,
  ): Promise<T | undefined>;
  /** A quick pick whose rows have buttons: the row, and the button where one was pressed. */
  pickRow<T extends vscode.QuickPickItem>(
    items: T[],
    options: { title: string; placeHolder: string },
  ): Promise<{ item: T; button: vscode.QuickInputButton | undefined } | undefined>;
  /** A quick pick whose rows are looked for while a person types; it takes what is typed as well. */
  pickSearched<T extends SearchedItem>(list: SearchedList<T>): Promise<T | undefined>;
  /** A quick pick that takes what is typed as well: `typed` makes a row of it, if it is one, the last of the list. */
  pickOrType<T extends vscode.QuickPickItem>(
    items: T[],
    options: { title: string; placeHolder: string },
    typed: (text: string) => T | undefined,
  ): Promise<T | undefined>;
  /** Any number of rows; undefined: it was left. */
  pickMany<T extends vscode.QuickPickItem>(
    items: T[],
    options: { title: string; placeHolder: string },
  ): Promise<T[] | undefined>;
  /** A quick pick that tells what is typed; `typed` is the text when a row was taken. */
  pickLive<T extends vscode.QuickPickItem>(
    items: T[],
    options: LiveOptions,
  ): Promise<{ item: T; typed: string } | undefined>;
  input(options: vscode.InputBoxOptions): Promise<string | undefined>;
  openFolder(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined>;
  /** Files that are there, several where the dialog lets choose several. */
  openFiles(options: vscode.OpenDialogOptions): Promise<vscode.Uri[] | undefined>;
  openFile(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined>;
  saveAs(options: vscode.SaveDialogOptions): Promise<vscode.Uri | undefined>;
}

/** Prompts as a person sees them. */
export function createPrompts(): Prompts {
  const { window } = vscode;
  return {
    modal: async (message, detail, buttons) =>
      window.showWarningMessage(message, { modal: true, detail }, ...buttons),
    info: async (message, ...buttons) =>
      window.showInformationMessage(withoutLinks(message), ...buttons),
    warn: async (message, ...buttons) =>
      window.showWarningMessage(withoutLinks(message), ...buttons),
    error: async (message, ...buttons) =>
      window.showErrorMessage(withoutLinks(message), ...buttons),
    status: (message, ms) => void window.setStatusBarMessage(withoutIcons(message), ms),
    pick: async (items, options) => window.showQuickPick(items, options),
    pickRow,
    pickOrType,
    pickSearched: (list) => pickSearched(list, () => window.createQuickPick()),
    pickMany: async (items, options) =>
      window.showQuickPick(items, { ...options, canPickMany: true, matchOnDescription: true }),
    pickLive,
    input: async (options) => window.showInputBox(options),
    openFolder: async (options) =>
      openOne({ ...options, canSelectFiles: false, canSelectFolders: true }),
    openFile: async (options) =>
      openOne({ ...options, canSelectFiles: true, canSelectFolders: false }),
    openFiles: async (options) =>
      window.showOpenDialog({ ...options, canSelectFiles: true, canSelectMany: true }),
    saveAs: async (options) => window.showSaveDialog(options),
  };
}

async function openOne(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog({ ...options, canSelectMany: false }))?.[0];
}

async function pickRow<T extends vscode.QuickPickItem>(
  items: T[],
  options: { title: string; placeHolder: string },
): Promise<{ item: T; button: vscode.QuickInputButton | undefined } | undefined> {
  const picker = vscode.window.createQuickPick<T>();
  picker.title = options.title;
  picker.placeholder = options.placeHolder;
  picker.matchOnDescription = true;
  picker.items = items;
  try {
    return await new Promise((resolve) => {
      picker.onDidTriggerItemButton(({ item, button }) => resolve({ item, button }));
      picker.onDidAccept(() => {
        const [item] = picker.selectedItems;
        resolve(item && { item, button: undefined });
      });
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

async function pickOrType<T extends vscode.QuickPickItem>(
  items: T[],
  options: { title: string; placeHolder: string },
  typed: (text: string) => T | undefined,
): Promise<T | undefined> {
  const picker = vscode.window.createQuickPick<T>();
  picker.title = options.title;
  picker.placeholder = options.placeHolder;
  picker.matchOnDescription = true;
  picker.items = items;
  picker.onDidChangeValue((value) => {
    const text = value.trim();
    const row = text === '' ? undefined : typed(text);
    picker.items = row === undefined ? items : [...items, { ...row, alwaysShow: true }];
  });
  try {
    return await new Promise((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}

async function pickLive<T extends vscode.QuickPickItem>(
  items: T[],
  options: LiveOptions,
): Promise<{ item: T; typed: string } | undefined> {
  const picker = vscode.window.createQuickPick<T>();
  picker.title = options.title;
  picker.placeholder = options.placeHolder;
  picker.value = options.value;
  picker.items = items;
  picker.onDidChangeValue((text) => options.onType(text));
  try {
    return await new Promise((resolve) => {
      picker.onDidAccept(() => {
        const [item] = picker.selectedItems;
        resolve(item && { item, typed: picker.value });
      });
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    picker.dispose();
  }
}
