import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { pickSearched, type SearchedItem } from '../../../src/ui/pickers/searchedPick';

/** As much of VS Code's list as a search needs: it filters by label, and Enter takes the first row that is seen. */
class List {
  items: readonly SearchedItem[] = [];
  value = '';
  private readonly listeners = new Map<string, () => void>();
  private readonly on = (name: string) => (listener: () => void) =>
    void this.listeners.set(name, listener);
  readonly onDidChangeValue = this.on('value');
  readonly onDidAccept = this.on('accept');
  readonly onDidHide = this.on('hide');
  show(): void {
    // It is always there.
  }
  dispose(): void {
    // Nothing is held.
  }
  get seen(): string[] {
    const { items, value } = this;
    return items
      .filter(({ label, alwaysShow }) => alwaysShow === true || label.includes(value))
      .map(({ label }) => label);
  }
  get selectedItems(): SearchedItem[] {
    return this.items.filter(({ label }) => label === this.seen[0]);
  }
  type(text: string): void {
    this.value = text;
    this.listeners.get('value')!();
  }
  enter(): void {
    this.listeners.get('accept')!();
  }
}

suite('a list that is searched', () => {
  test('takes no row of the text before while another one is looked for', async () => {
    const list = new List();
    const answers = new Map<string, (rows: SearchedItem[]) => void>();
    const picked = pickSearched<SearchedItem>(
      {
        ...{ title: '', placeHolder: '' },
        rows: (text) =>
          text === ''
            ? Promise.resolve([{ label: 'first' }])
            : new Promise((resolve) => answers.set(text, resolve)),
        typed: (text) => ({ label: `typed ${text}` }),
      },
      () => list as unknown as vscode.QuickPick<SearchedItem>,
    );
    const asked = async (text: string): Promise<(rows: SearchedItem[]) => void> => {
      for (const end = Date.now() + 15_000; !answers.has(text) && Date.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return answers.get(text)!;
    };
    await new Promise((resolve) => setImmediate(resolve));
    list.type('tag:x');
    // Found by something that its label does not show.
    (await asked('tag:x'))([{ label: 'found by its tag', alwaysShow: true }]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(list.seen, ['found by its tag', 'typed tag:x']);
    list.type('tag:y');
    assert.deepEqual(list.seen, ['typed tag:y']);
    list.enter();
    assert.equal((await picked)?.label, 'typed tag:y');
  });
});
