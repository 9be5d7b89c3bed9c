import { readdirSync } from 'node:fs';
import { runCliOk } from '../../support/cli';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';
import { Editors } from './editors';
import { TreeView } from './treeView';
import type { VSCodeWindow } from './vscodeWindow';
import { until } from './wait';

/** What the view of promoted snapshots is called. */
export const PROMOTED = 'Promoted Snapshots';

/** A second person's window, on a folder of their own, with the same store. */
export class Teammate {
  readonly folder = tempDir('snapdir-mate-');
  timeline!: TreeView;
  promoted!: TreeView;
  editors!: Editors;

  async open(window: VSCodeWindow): Promise<void> {
    fileTree(this.folder, { 'recipe.txt': 'soup\n', 'mine.txt': 'mine\n' });
    this.timeline = await window.openAnother({ folder: this.folder });
    this.promoted = new TreeView(this.timeline.workbench, PROMOTED);
    this.editors = new Editors(this.timeline.workbench.page);
    this.timeline.workbench.page.setDefaultTimeout(15_000);
  }

  async title(text: string | RegExp): Promise<void> {
    const title = this.timeline.workbench.quickInput.locator('.quick-input-title');
    await until(
      `the question ${String(text)}`,
      () => title.innerText({ timeout: 1_000 }),
      (seen) => (typeof text === 'string' ? seen === text : text.test(seen)),
    );
  }

  /** Waits for the question and picks one of the answers. */
  async pick(question: string, label: string): Promise<void> {
    await this.title(question);
    await this.timeline.workbench.quickInputPick(label);
  }

  /** To the store that both have, under a name that is known. */
  async promote(label: string, name: string): Promise<void> {
    await this.timeline.menu(label, 'Promote…');
    await this.pick(`Promote "${label}"`, 'team');
    await this.pick(`Promote "${label}"`, name);
  }

  async take(message: string): Promise<void> {
    const { workbench } = this.timeline;
    await this.timeline.titleAction('Take Snapshot');
    await this.title('Take Snapshot');
    await workbench.quickInputType(message);
    await this.timeline.untilLabel(message);
  }
}

/** Somebody else's folder, with the command line. */
export function theirs(bucket: string): {
  folder: string;
  cli: (...args: string[]) => Promise<unknown>;
} {
  const folder = tempDir('snapdir-their-');
  const env = { SNAPDIR_HOME: tempDir(), SNAPDIR_STORE: `file://${bucket}` };
  return { folder, cli: (...args) => runCliOk(args, { cwd: folder, env }) };
}

/** So many small files. */
export const numbered = (count: number, word = 'number'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}.txt`, `${word} ${n}\n`]));

/** How many files there are below a folder. */
export function filesBelow(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
