import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { openSession, projectRoot, type Session, type Workbench } from '../../harness/session';
import { runCliOk } from '../../support/cli';
import { fileTree, readTree, type TreeSpec } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';
import { Editors } from './editors';
import { TreeView } from './treeView';
import { until, untilText } from './wait';
import { SETTINGS, type WindowOptions } from './windowOptions';

/** Pictures of windows in which a test failed. */
const FAILURES = join(projectRoot, 'out', 'ui-failures');

/** What the command line says of a snapshot. */
export interface ListedCheckpoint {
  id: string;
  message: string;
  trigger: string;
  isHead: boolean;
  refs: string[];
  tags: string[];
}

/** A VS Code window on a folder of its own, shared by the tests of one file. */
export class VSCodeWindow {
  private session: Session | undefined;
  private options: WindowOptions = {};
  folder = tempDir('snapdir-ui-');
  /** Whether the test that runs was tried before, and failed. */
  isAnotherTry = false;

  get workbench(): Workbench {
    return this.opened.workbench;
  }

  get page(): Page {
    return this.opened.page;
  }

  get timeline(): TreeView {
    return new TreeView(this.workbench, 'Timeline');
  }

  get changes(): TreeView {
    return new TreeView(this.workbench, 'Changes');
  }

  get history(): TreeView {
    return new TreeView(this.workbench, 'File History');
  }

  get editors(): Editors {
    return new Editors(this.page);
  }

  /** Starts over in a folder like the first one, where a try before this one left what cannot be taken back. */
  async startOver(): Promise<void> {
    await this.close();
    this.folder = tempDir('snapdir-ui-');
    await this.open(this.options);
  }

  async open(options: WindowOptions): Promise<void> {
    this.options = options;
    fileTree(this.folder, options.files ?? {});
    await options.prepare?.(this);
    const { workspaceFile, settings = {}, workspaceTrust = false, asHome = false } = options;
    this.session = await openSession(
      {
        ...(workspaceFile === undefined
          ? { folder: this.folder }
          : { workspace: join(this.folder, workspaceFile) }),
        settings: { ...SETTINGS, ...settings },
        machineSettings: options.machineSettings?.(this.folder) ?? {},
        ...{ workspaceTrust, ...(options.language && { language: options.language }) },
        env: { ...(asHome && { HOME: this.folder, USERPROFILE: this.folder }), ...options.env },
      },
      options.extensions,
    );
    this.page.setDefaultTimeout(15_000);
    await this.workbench.clickActivityBar(options.startsIn ?? 'Snapdir');
  }

  /** Switches the colour theme by its name in VS Code's list, and waits for it; `kind` is VS Code's class for it. */
  async setTheme(label: string, kind: string): Promise<void> {
    await this.workbench.runCommandFromPalette('Preferences: Color Theme');
    await this.workbench.quickInputType(label, { accept: false });
    await this.workbench.quickInputPick(label);
    await this.workbench.quickInput.waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Opens one more window, on the same folder where nothing else is said; returns its timeline. */
  async openAnother(where?: { folder?: string; workspace?: string }): Promise<TreeView> {
    const { workbench } = await this.opened.openWindow(where);
    await workbench.clickActivityBar('Snapdir');
    return new TreeView(workbench, 'Timeline');
  }

  async close(): Promise<void> {
    await this.session?.close();
  }

  /** Writes and removes files from outside VS Code, as another program does. */
  change(files: TreeSpec): void {
    fileTree(this.folder, files);
  }

  /** The text of a file on disk; undefined where there is none. */
  onDisk(path: string): string | undefined {
    const file = join(this.folder, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** Everything on disk, without the store. */
  allOnDisk(): Record<string, string> {
    return readTree(this.folder);
  }

  /** Waits until a file on disk holds this text; undefined: until it is gone. */
  async untilOnDisk(path: string, text: string | undefined): Promise<void> {
    await until(
      `${path} with ${JSON.stringify(text)}`,
      () => this.onDisk(path),
      (seen) => seen === text,
    );
  }

  /** Runs the command line in the folder, in another process. */
  async cli(...args: string[]): Promise<string> {
    return (await runCliOk(args, { cwd: this.folder })).stdout;
  }

  /** The snapshots as the command line lists them, newest first. */
  async listed(): Promise<ListedCheckpoint[]> {
    const { checkpoints } = JSON.parse(await this.cli('list', '--json')) as {
      checkpoints: ListedCheckpoint[];
    };
    return checkpoints;
  }

  /** Runs a command of ours from the palette. */
  run(title: string): Promise<void> {
    return this.workbench.runCommandFromPalette(`Snapdir: ${title}`);
  }

  /** Brings the keyboard to the timeline, by keys alone. */
  async focusTimeline(): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.workbench.quickInputType('>Snapdir: Focus on Timeline View');
    await this.timeline.pane.locator('.monaco-list:focus').waitFor();
  }

  /** Waits for the question and types an answer. */
  async answer(question: string | RegExp, text: string): Promise<void> {
    await this.untilAsked(question);
    await this.workbench.quickInputBox();
    await this.workbench.quickInputType(text);
    await this.workbench.quickInput.waitFor({ state: 'hidden' });
  }

  /** Waits until a question with this title is open. */
  async untilAsked(question: string | RegExp): Promise<void> {
    const title = this.workbench.quickInput.locator('.quick-input-title');
    await untilText('the question', () => title.innerText({ timeout: 1_000 }), question);
  }

  /** Waits for the question and picks one of the answers. */
  async pick(question: string | RegExp, label: string | RegExp): Promise<void> {
    await this.untilAsked(question);
    await this.workbench.quickInputPick(label);
  }

  /** Takes a snapshot by the icon over the timeline. */
  async take(message: string): Promise<void> {
    await this.timeline.titleAction('Take Snapshot');
    await this.answer('Take Snapshot', message);
    await this.timeline.untilLabel(message);
  }

  /** Waits for the modal question and returns its words, one space between them. */
  async modalText(): Promise<string> {
    return (await this.workbench.modalText()).replace(/\s+/gu, ' ').trim();
  }

  /** The buttons of the modal question, in alphabetical order: their order is the system's. */
  async modalButtons(): Promise<string[]> {
    const buttons = this.workbench.modal.locator('.dialog-buttons .monaco-button');
    return (await buttons.allInnerTexts()).sort();
  }

  /** The words of the notification that contains `text`. */
  async notification(text: string | RegExp): Promise<string> {
    const item = await this.workbench.waitForNotification(text);
    return item.locator('.notification-list-item-message').innerText();
  }

  /** What the status bar says of the last snapshot. */
  get status(): Locator {
    return this.page.locator('#snapdir\\.snapdir\\.snapdir\\.status');
  }

  /** The number beside the icon in the activity bar; an empty text without one. */
  async badge(): Promise<string> {
    const badge = this.page
      .locator('.part.activitybar .action-item')
      .and(this.page.getByRole('tab', { name: /^Snapdir/u }))
      .locator('.badge .badge-content:visible');
    return (await badge.allInnerTexts()).join();
  }

  /** Types at the very start of a file and saves it, in the editor. */
  async editAndSave(path: string, text: string): Promise<void> {
    await this.typeAtStart(path, text);
    await this.page.keyboard.press('Control+S');
    const tab = this.workbench.tab(path.split('/').at(-1)!);
    await until(
      'the file is saved',
      () => tab.getAttribute('class'),
      (seen) => seen !== null && !/\bdirty\b/u.test(seen),
    );
  }

  /** Opens a file and types at its very start. */
  async typeAtStart(path: string, text: string): Promise<void> {
    const name = path.split('/').at(-1)!;
    await this.workbench.openFile(name);
    await this.editors.untilInFront(name);
    await this.page.locator('.editor-instance .monaco-editor:visible .view-lines').first().click();
    await this.page.keyboard.press('Control+Home');
    await this.page.keyboard.type(text);
    const dirty = this.page.locator('.tabs-container .tab.dirty').filter({ hasText: name });
    await dirty.waitFor();
  }

  /** Leaves nothing open that the next test could stumble over. */
  async tidy(): Promise<void> {
    const { modal, quickInput } = this.workbench;
    for (const open of [this.workbench.menuItems().first(), modal, quickInput]) {
      // What is fading away needs no Escape, and in a list Escape would take the selection away.
      await open.waitFor({ state: 'hidden', timeout: 500 }).catch(async () => {
        await this.page.keyboard.press('Escape');
      });
    }
    await this.workbench.closeNotifications();
  }

  /** Saves a picture for a person who looks into a failure. */
  async picture(title: string): Promise<void> {
    if (this.session !== undefined) {
      mkdirSync(FAILURES, { recursive: true });
      const name = `${this.session.server.version} ${title}`.replace(/[^\w.-]+/gu, '-');
      // Of its other windows, too: what went wrong may have been there.
      for (const [at, page] of this.page.context().pages().entries()) {
        const path = join(FAILURES, `${name.slice(0, 150)}${at === 0 ? '' : `-${at + 1}`}`);
        await page.screenshot({ path: `${path}.png` });
        writeFileSync(`${path}.txt`, await page.locator('body').ariaSnapshot());
      }
    }
  }

  private get opened(): Session {
    if (this.session === undefined) {
      throw new Error('The window is not open yet.');
    }
    return this.session;
  }
}

/** Opens a window for the tests of this suite, and closes it behind them. */
export function useWindow(options: WindowOptions = {}): VSCodeWindow {
  const window = new VSCodeWindow();
  suiteSetup('open VS Code', async function () {
    try {
      await window.open(options);
    } catch (error) {
      await window.picture(this.test?.parent?.fullTitle() ?? 'opening').catch(() => undefined);
      throw error;
    }
  });
  const begun: string[] = [];
  setup('start over', async function () {
    const title = this.currentTest?.fullTitle() ?? '';
    window.isAnotherTry = begun.includes(title);
    begun.push(title);
    if (options.startsOver === true && window.isAnotherTry && title === begun[0]) {
      await window.startOver();
    }
  });
  teardown('tidy up', async function () {
    if (this.currentTest?.state === 'failed') {
      await window.picture(this.currentTest.fullTitle()).catch(() => undefined);
    }
    await window.tidy().catch(() => undefined);
  });
  suiteTeardown('close VS Code', () => window.close());
  return window;
}
