import type { Disposable } from '../base/disposable';
import type { Repository } from '../app/repository';
import type { HistoryPage } from '../core/engine';

/** So long is one look, since diffs wait for it. Milliseconds. */
const SLICE = 200;

/** Looks through older snapshots that an answer of the built-in Timeline did not come to. */
export interface LookOn extends Disposable {
  /** Goes on where a page is not all there is to know, once for each repository. */
  after(repository: Repository, page: Pick<HistoryPage, 'pending' | 'full' | 'next'>): void;
}

/**
 * The built-in Timeline takes an answer without a cursor as the end, so what comes later has to be said.
 * @param isOpen whether a repository is still there
 * @param onKnown told once everything was looked through
 */
export function goOnLooking(
  isOpen: (repository: Repository) => boolean,
  onKnown: () => void,
): LookOn {
  const abort = new AbortController();
  const { signal } = abort;
  const looking = new Set<Repository>();
  const look = async (repository: Repository): Promise<void> => {
    let pending = Infinity;
    while (pending > 0 && !signal.aborted && isOpen(repository)) {
      ({ pending } = await repository.engine.indexChanges({ ms: SLICE }, { signal }));
    }
    if (pending === 0 && !signal.aborted) {
      looking.delete(repository);
      onKnown();
    }
  };
  return {
    after(repository, { pending, full, next }) {
      if (pending === 0 || full || next !== undefined || looking.has(repository)) {
        return;
      }
      looking.add(repository);
      // Whoever asks next meets the failure and tells of it.
      look(repository)
        .catch(() => undefined)
        .finally(() => looking.delete(repository));
    },
    dispose: () => abort.abort(),
  };
}
