import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { setContextKey, type ContextKeys } from '../contextKeys';
import { debounce } from '../scheduling/coalesce';

/** VS Code takes over rows within moments of having asked for them. */
const TAKEN_OVER_MS = 150;

/** The context keys that say whether several rows of a view are selected. */
export type ManyKey = Extract<keyof ContextKeys, `snapdir.many${string}`>;

/**
 * Makes a tree view whose rows can be selected together, and keeps `key`, where there is one, true to the selection. VS Code's own
 * `listMultiSelection` stays true where selected rows go away (deleted, filtered): a menu that asks for it
 * would then have lost its entries.
 */
export function createSelectionView<T>(
  id: string,
  key: ManyKey | undefined,
  tree: vscode.TreeDataProvider<T>,
  options: { showCollapseAll?: boolean } = {},
): Disposable & { readonly view: vscode.TreeView<T> } {
  const store = new DisposableStore();
  // Rows that are gone are gone from `selection` too, once VS Code has the new ones.
  const update = (): void => {
    if (key !== undefined) {
      setContextKey(key, view.selection.length > 1);
    }
  };
  const later = debounce(update, TAKEN_OVER_MS);
  const treeDataProvider: vscode.TreeDataProvider<T> = {
    ...(tree.onDidChangeTreeData && { onDidChangeTreeData: tree.onDidChangeTreeData }),
    ...(tree.getParent && { getParent: tree.getParent.bind(tree) }),
    ...(tree.resolveTreeItem && { resolveTreeItem: tree.resolveTreeItem.bind(tree) }),
    getTreeItem: (node) => tree.getTreeItem(node),
    getChildren: async (node) => {
      const rows = await tree.getChildren(node);
      later.call();
      return rows;
    },
  };
  const view = store.add(
    vscode.window.createTreeView(id, { ...options, treeDataProvider, canSelectMany: true }),
  );
  store.add(view.onDidChangeSelection(update));
  store.add({ dispose: () => later.cancel() });
  return { view, dispose: () => store.dispose() };
}
