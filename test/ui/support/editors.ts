import type { Locator, Page } from 'playwright-core';
import type { PageElement } from './dom';
import { until } from './wait';

/** Both sides of a diff, as text. */
export interface Sides {
  left: string;
  right: string;
}

/** The editor area, as a person sees it. */
export class Editors {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The labels of the tabs. */
  tabs(): Promise<string[]> {
    return labelsOf(this.page.locator('.tabs-container .tab'));
  }

  /** Waits for a tab with this label in front. */
  async untilInFront(label: string): Promise<void> {
    await until(
      `the tab ${label}`,
      () => labelsOf(this.page.locator('.tabs-container .tab.active')),
      (seen) => seen.includes(label),
    );
  }

  /** Waits until the side-by-side diff in front shows these texts. */
  async untilDiff(wanted: Sides): Promise<void> {
    const editor = this.page.locator('.editor-instance .monaco-diff-editor:visible').first();
    await until(
      `a diff of ${JSON.stringify(wanted)}`,
      () => sidesOf(editor),
      (seen) => seen.left === wanted.left && seen.right === wanted.right,
    );
  }

  /** Waits until the multi-file diff in front shows these files, by name, and returns the sides. */
  async untilMultiDiff(wanted: Record<string, Sides>): Promise<void> {
    await until(
      `a multi-file diff of ${JSON.stringify(wanted)}`,
      () => this.multiDiff(),
      (seen) => JSON.stringify(seen) === JSON.stringify(wanted),
    );
  }

  /** The text of the editor in front, as far as it is on screen. */
  text(): Promise<string> {
    return linesOf(this.page.locator('.editor-instance .monaco-editor:visible').first());
  }

  /** Closes every editor, as Ctrl+K Ctrl+W does. */
  async closeAll(): Promise<void> {
    await this.page.keyboard.press('Control+K');
    await this.page.keyboard.press('Control+W');
    await until(
      'no editor',
      () => this.tabs(),
      (seen) => seen.length === 0,
    );
  }

  private async multiDiff(): Promise<Record<string, Sides>> {
    const entries = await this.page.locator('.multiDiffEntry:visible').all();
    const found = await Promise.all(
      entries.map(async (entry) => {
        const name = await entry
          .locator('.title.modified .label-name')
          .innerText({ timeout: 1_000 });
        return { name, top: (await entry.boundingBox())?.y ?? 0, sides: await sidesOf(entry) };
      }),
    );
    found.sort((a, b) => a.top - b.top);
    return Object.fromEntries(found.map(({ name, sides }) => [name, sides]));
  }
}

/** Newer versions draw the ending of a file's name apart from the rest. */
function labelsOf(tabs: Locator): Promise<string[]> {
  return tabs.evaluateAll((elements: PageElement[]) =>
    elements.map((tab) =>
      ['.label-name', '.label-suffix']
        .map((part) => tab.querySelector(part)?.textContent ?? '')
        .join(''),
    ),
  );
}

async function sidesOf(editor: Locator): Promise<Sides> {
  const [left, right] = await Promise.all([
    linesOf(editor.locator('.editor.original')),
    linesOf(editor.locator('.editor.modified')),
  ]);
  return { left, right };
}

/** Lines are drawn in any order; their place on screen tells which comes first. */
async function linesOf(editor: Locator): Promise<string> {
  const lines = await editor
    .locator('.view-lines .view-line')
    .evaluateAll((elements: PageElement[]) =>
      elements
        .map((line) => ({ top: parseFloat(line.style.top), text: line.textContent }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text.replaceAll('\u00a0', ' ')),
    );
  return lines.join('\n').trimEnd();
}
