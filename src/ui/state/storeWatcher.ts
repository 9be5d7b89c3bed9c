import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Repository } from '../../app/repository';
import { debounce, throttle } from '../scheduling/coalesce';

const STORE_DELAY = 200;
/** A look begins at most so long after the first of a row of events, however many there are. */
const FILES_DELAY = 300;

/**
 * Tells a repository when another process added a record, so views follow the command line and other
 * windows. Our own records are seen as well: reading the timeline once more is cheap.
 */
export function watchStore(repository: Repository): Disposable {
  const store = new DisposableStore();
  const tell = debounce(() => repository.didChange({ kind: 'external' }), STORE_DELAY);
  store.add({ dispose: tell.cancel });
  const { root, store: elsewhere } = repository.engine.location;
  const pattern =
    elsewhere === undefined
      ? new vscode.RelativePattern(vscode.Uri.file(root), '.snapdir/records/**')
      : // Its objects are nobody's business: only what is below this folder is watched.
        new vscode.RelativePattern(
          vscode.Uri.joinPath(vscode.Uri.file(elsewhere), 'records'),
          '**',
        );
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
  store.add(watcher.onDidCreate(tell.call));
  store.add(watcher.onDidChange(tell.call));
  store.add(watcher.onDidDelete(tell.call));
  return store;
}

/** Calls `changed` some time after files of the folder changed (its store does not count). */
export function watchFiles(repository: Repository, changed: () => void): Disposable {
  const store = new DisposableStore();
  const later = throttle(changed, FILES_DELAY);
  store.add({ dispose: later.cancel });
  const pattern = new vscode.RelativePattern(vscode.Uri.file(repository.root), '**');
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
  const seen = (uri: vscode.Uri): void => {
    if (!/\/\.(?:snapdir|git)(?:\/|$)/u.test(uri.path)) {
      later.call();
    }
  };
  store.add(watcher.onDidCreate(seen));
  store.add(watcher.onDidChange(seen));
  store.add(watcher.onDidDelete(seen));
  return store;
}
