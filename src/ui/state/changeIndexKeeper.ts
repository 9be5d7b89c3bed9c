import { isCancelled } from '../../base/abort';
import { DisposableStore, type Disposable } from '../../base/disposable';
import type { Logger } from '../../base/logger';
import type { Repository } from '../../app/repository';
import { debounce } from '../scheduling/coalesce';
import type { RepositorySet } from './repositorySet';

/** So long after a snapshot was taken, so that a row of them is looked at once. Milliseconds. */
const IDLE = 2_000;
/** Only what is new: whoever asks for a history has the rest looked through. */
const MOST = 32;
const SLICE = 100;

/** Looks through new snapshots while nobody waits, so that histories find them known. */
export function keepChangeIndex(repositories: RepositorySet, log: Logger): Disposable {
  const store = new DisposableStore();
  const waiting = new Set<Repository>();
  const look = async (): Promise<void> => {
    const now = [...waiting];
    waiting.clear();
    for (const repository of now.filter((one) => repositories.all.includes(one))) {
      try {
        await repository.engine.indexChanges({ ms: SLICE, most: MOST });
      } catch (error) {
        if (!isCancelled(error)) {
          log.warn(`The changes of ${repository.root} are not looked through: ${String(error)}`);
        }
      }
    }
  };
  const later = debounce(() => void look(), IDLE);
  store.add({ dispose: later.cancel });
  store.add(
    repositories.onDidChange(({ repository, change }) => {
      if (change.kind === 'taken' || change.kind === 'external') {
        waiting.add(repository);
        later.call();
      }
    }),
  );
  return store;
}
