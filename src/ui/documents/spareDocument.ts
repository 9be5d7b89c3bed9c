import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { EMPTY_REV, toUriParts } from './snapshotUri';

type SeenView = Pick<vscode.TreeView<unknown>, 'visible' | 'onDidChangeVisibility'>;

/** An empty text that nobody sees. */
const SPARE = vscode.Uri.from(toUriParts({ root: '', rev: EMPTY_REV, path: 'spare' }));

/**
 * Keeps one empty text open, unseen, while one of the views is visible. VS Code ends the worker that computes diffs
 * with the last open text, so where a diff takes the place of another one, and no other text is open, it ends it and
 * starts a new one at each click (`WorkerManager` in editorWorkerService.ts), for about 80 ms.
 */
export function keepSpareDocument(views: readonly SeenView[]): Disposable {
  const store = new DisposableStore();
  const open = (): void => {
    if (views.some((view) => view.visible)) {
      // Without it everything works, only slower.
      void vscode.workspace.openTextDocument(SPARE).then(undefined, () => undefined);
    }
  };
  for (const view of views) {
    store.add(view.onDidChangeVisibility(open));
  }
  // VS Code closes a text that no editor shows after some minutes.
  store.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.toString() === SPARE.toString()) {
        open();
      }
    }),
  );
  open();
  return store;
}
