import { relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { AutoSnapshots } from '../../app/autoSnapshots';
import type { Repository } from '../../app/repository';
import { DisposableStore, toDisposable, type Disposable } from '../../base/disposable';
import type { Logger } from '../../base/logger';
import type { Retention } from '../../core/records';
import { keptByItself, takesByItself } from './settings';
import type { RepositorySet } from './repositorySet';

/** Takes automatic snapshots in every folder whose setting asks for it, for as long as it does. */
export function followAutoSnapshots(repositories: RepositorySet, log: Logger): Disposable {
  const store = new DisposableStore();
  const running = new Map<Repository, Disposable>();
  const update = (): void => {
    const wanted = new Set(
      repositories.all.filter(({ root }) => takesByItself(vscode.Uri.file(root))),
    );
    for (const [repository, auto] of running) {
      if (!wanted.has(repository)) {
        running.delete(repository);
        auto.dispose();
      }
    }
    for (const repository of wanted) {
      if (!running.has(repository)) {
        running.set(repository, follow(repository, log));
      }
    }
  };
  update();
  store.add(repositories.onDidChangeFolders(update));
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('snapdir.autoSnapshots')) {
        update();
      }
    }),
  );
  store.add(toDisposable(() => running.forEach((auto) => auto.dispose())));
  return store;
}

function follow(repository: Repository, log: Logger): Disposable {
  const store = new DisposableStore();
  const schedule = (milliseconds: number, then: () => void): (() => void) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  };
  // In a window that is not trusted nothing is deleted, as by hand.
  const keep = (): Retention | undefined =>
    vscode.workspace.isTrusted ? keptByItself(vscode.Uri.file(repository.root)) : undefined;
  const auto = store.add(new AutoSnapshots(repository, { schedule, log, keep }));
  const pattern = new vscode.RelativePattern(vscode.Uri.file(repository.root), '**');
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(pattern));
  const seen = (uri: vscode.Uri): void => {
    const path = relative(repository.root, uri.fsPath).split(sep).join('/');
    if (
      path !== '' &&
      !path.startsWith('../') &&
      !/(?:^|\/)\.(?:snapdir|git)(?:\/|$)/u.test(path)
    ) {
      auto.noteChange(path);
    }
  };
  store.add(watcher.onDidCreate(seen));
  store.add(watcher.onDidChange(seen));
  store.add(watcher.onDidDelete(seen));
  return store;
}
