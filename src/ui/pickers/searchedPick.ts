import type * as vscode from 'vscode';

/** A row of a list that is searched; `more`: taking it makes the list longer. */
export interface SearchedItem extends vscode.QuickPickItem {
  more?: true;
}

/** A list that is looked for while a person types. */
export interface SearchedList<T extends SearchedItem> {
  title: string;
  placeHolder: string;
  /** The rows for a text, `''` at first; one page of them, and one more each time that "more" is taken. */
  rows(text: string, pages: number, signal: AbortSignal): Promise<T[]>;
  /** What is typed as a row of its own, the last one. */
  typed(text: string): T;
}

/** How long nothing is typed before it is looked for. */
const DEBOUNCE_MS = 120;

/** Shows such a list. What VS Code finds in the rows that are there stands until the search is done. */
export async function pickSearched<T extends SearchedItem>(
  list: SearchedList<T>,
  create: () => vscode.QuickPick<T>,
): Promise<T | undefined> {
  const first = await list.rows('', 1, new AbortController().signal);
  const picker = create();
  picker.title = list.title;
  picker.placeholder = list.placeHolder;
  picker.matchOnDescription = true;
  picker.items = first;
  const search = new Search(picker, list, first);
  try {
    return await new Promise((resolve, reject) => {
      picker.onDidChangeValue(() => search.typed().catch(reject));
      picker.onDidAccept(() => {
        const [item] = picker.selectedItems;
        if (item?.more === true) {
          search.more().catch(reject);
        } else {
          resolve(item);
        }
      });
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    search.stop();
    picker.dispose();
  }
}

/** One look at a time: a newer one cancels the one before. */
class Search<T extends SearchedItem> {
  private readonly picker: vscode.QuickPick<T>;
  private readonly list: SearchedList<T>;
  private rows: readonly T[];
  private pages = 1;
  private running = new AbortController();

  constructor(picker: vscode.QuickPick<T>, list: SearchedList<T>, rows: readonly T[]) {
    this.picker = picker;
    this.list = list;
    this.rows = rows;
  }

  /** Another text is there. */
  async typed(): Promise<void> {
    this.pages = 1;
    const signal = this.anew();
    // Until the answer is there VS Code looks in the rows that are: those of another text are none of this one.
    this.rows = this.rows.map((row) => ({ ...row, alwaysShow: false }));
    this.show();
    await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
    await this.look(signal);
  }

  /** The list becomes longer; what was typed stays. */
  more(): Promise<void> {
    this.pages += 1;
    this.picker.keepScrollPosition = true;
    return this.look(this.anew());
  }

  stop(): void {
    this.running.abort();
  }

  private anew(): AbortSignal {
    this.running.abort();
    this.running = new AbortController();
    return this.running.signal;
  }

  private async look(signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    this.picker.busy = true;
    try {
      const rows = await this.list.rows(this.text, this.pages, signal);
      if (!signal.aborted) {
        this.rows = rows;
        this.show();
        this.picker.busy = false;
      }
    } catch (error) {
      // Nobody waits for a look that was called off.
      if (!signal.aborted) {
        throw error;
      }
    }
  }

  private get text(): string {
    return this.picker.value.trim();
  }

  private show(): void {
    const { text } = this;
    this.picker.items =
      text === '' ? this.rows : [...this.rows, { ...this.list.typed(text), alwaysShow: true }];
  }
}
