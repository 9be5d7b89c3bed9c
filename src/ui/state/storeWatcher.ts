import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Repository } from '../../app/repository';
import { throttle } from '../scheduling/coalesce';
import { FolderWatcher } from './folderWatcher';

const STORE_DELAY = 200;
/** A look begins at most so long after the first of a row of events, however many there are. */
const FILES_DELAY = 300;

/**
 * Tells a repository when another process added a record, so views follow the command line and other
 * windows. Our own records are seen as well: reading the timeline once more is cheap.
 */
export function watchStore(repository: Repository): Disposable {
  const owned = new DisposableStore();
  const { root, store: elsewhere } = repository.engine.location;
  const store = vscode.Uri.file(elsewhere ?? join(root, '.snapdir'));
  const tell = throttle(() => repository.didChange({ kind: 'external' }), STORE_DELAY);
  owned.add({ dispose: tell.cancel });
  const records = new FolderWatcher(join(store.fsPath, 'records'), () => changed());
  const folders = [
    // Whatever VS Code's watcher overlooks: that a store is made.
    new FolderWatcher(dirname(store.fsPath), () => begin(), basename(store.fsPath)),
    new FolderWatcher(store.fsPath, (gone) => {
      if (gone) {
        // They went with it; those of the next store are others.
        records.dispose();
      }
      begin();
    }),
    records,
  ].map((watcher) => owned.add(watcher));
  // What came before a folder was watched is looked for once.
  const begin = (): void => {
    if (folders.map((folder) => folder.start()).includes(true)) {
      tell.call();
    }
  };
  const changed = (): void => {
    begin();
    tell.call();
  };
  const pattern =
    elsewhere === undefined
      ? new vscode.RelativePattern(vscode.Uri.file(root), '{.snapdir,.snapdir/records/**}')
      : // Its objects are nobody's business: only what is below this folder is watched.
        new vscode.RelativePattern(vscode.Uri.joinPath(store, 'records'), '**');
  const watcher = owned.add(vscode.workspace.createFileSystemWatcher(pattern));
  owned.add(watcher.onDidCreate(changed));
  owned.add(watcher.onDidChange(changed));
  owned.add(watcher.onDidDelete(changed));
  folders.forEach((folder) => folder.start());
  return owned;
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
