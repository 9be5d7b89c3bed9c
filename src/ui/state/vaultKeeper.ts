import * as vscode from 'vscode';
import { keepVault } from '../../app/maintainStore';
import type { Repository } from '../../app/repository';
import { isCancelled } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Logger } from '../../base/logger';
import { debounce } from '../scheduling/coalesce';
import type { RepositorySet } from './repositorySet';
import { usesVault } from './settings';

/** So long after something happened: nobody waits for the vault, and it waits for everybody. */
const DELAY_MS = 2_000;
const PAUSE_MS = 200;

/** Keeps the vault of every folder up to date, as long as the setting asks for it. */
export function followVault(repositories: RepositorySet, log: Logger): Disposable {
  const store = new DisposableStore();
  const abort = new AbortController();
  store.add({ dispose: () => abort.abort() });
  const running = new Set<Repository>();
  const complete = new Set<Repository>();
  const waiting = new Set<Repository>();
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  const keep = async (repository: Repository): Promise<void> => {
    if (running.has(repository) || !usesVault() || !(await isOwn(repository))) {
      return;
    }
    running.add(repository);
    try {
      // Once a window everything is looked for, then only what is new.
      const all = !complete.has(repository);
      await keepVault(repository, { all, pause }, { signal: abort.signal });
      complete.add(repository);
    } catch (error) {
      if (!isCancelled(error)) {
        log.error(`Cannot keep the vault of ${repository.root}`, error);
      }
    } finally {
      running.delete(repository);
    }
  };
  const later = debounce(() => {
    for (const repository of [...waiting].filter((one) => !running.has(one))) {
      waiting.delete(repository);
      void keep(repository);
    }
    if (waiting.size > 0) {
      later.call();
    }
  }, DELAY_MS);
  store.add({ dispose: later.cancel });
  const note = (some: readonly Repository[]): void => {
    some.forEach((repository) => waiting.add(repository));
    later.call();
  };
  note(repositories.all);
  store.add(repositories.onDidChange(({ repository }) => note([repository])));
  store.add(repositories.onDidChangeFolders(() => note(repositories.all)));
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('snapdir.vault')) {
        note(repositories.all);
      }
    }),
  );
  return store;
}

/** Only what this person made or adopted is worth a copy. */
async function isOwn({ engine }: Repository): Promise<boolean> {
  try {
    const { exists, foreign } = await engine.status({});
    return exists && !foreign;
  } catch {
    return false; // Whatever is wrong is told where somebody uses it.
  }
}
