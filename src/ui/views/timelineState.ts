import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposable';
import { setContextKey } from '../contextKeys';
import { emptyReason } from './emptyReason';
import type { Notices } from '../notices';
import type { RepositorySet } from '../state/repositorySet';

/** Keeps the context keys that depend on what the timelines hold. */
export function followTimelines(repositories: RepositorySet): Disposable {
  const update = (): void => {
    const states = repositories.timelines.map((timeline) => timeline.current);
    setContextKey('snapdir.repositoryCount', states.length);
    setContextKey(
      'snapdir.hasCheckpoints',
      states.some((state) => (state?.total ?? 0) > 0),
    );
    setContextKey('snapdir.empty', emptyReason(states) ?? '');
    setContextKey(
      'snapdir.canUndo',
      states.some((state) => state?.canUndo === true),
    );
    setContextKey(
      'snapdir.canRedo',
      states.some((state) => state?.canRedo === true),
    );
    setContextKey(
      'snapdir.canUndoOperation',
      states.some((state) => state?.canUndoOperation === true),
    );
    setContextKey(
      'snapdir.canRedoOperation',
      states.some((state) => state?.canRedoOperation === true),
    );
    setContextKey(
      'snapdir.restorePending',
      states.some((state) => (state?.pendingRestore ?? null) !== null),
    );
    setContextKey(
      'snapdir.foreign',
      states.some((state) => state?.foreign === true),
    );
  };
  update();
  return repositories.onDidChangeTimelines(update);
}

/** Offers, once a window, to finish or undo a restore that a crash interrupted. */
export function offerRecovery(repositories: RepositorySet, notices: Notices): Disposable {
  const { t } = vscode.l10n;
  const offered = new Set<string>();
  const check = async (): Promise<void> => {
    for (const { repository, current } of repositories.timelines) {
      const journal = current?.pendingRestore?.journal;
      if (journal === undefined || offered.has(journal)) {
        continue;
      }
      offered.add(journal);
      const review = t('Finish or Undo…');
      const message = t('A restore of "{0}" was interrupted.', repository.name);
      const answer = await notices.show('restoreInterrupted', 'warn', message, review);
      if (answer === review) {
        const folder = repository.root;
        await vscode.commands.executeCommand('snapdir.recoverRestore', { folder });
      }
    }
  };
  return repositories.onDidChangeTimelines(() => void check());
}
