import type { Disposable } from '../../base/disposable';
import type { Repository } from '../../app/repository';
import type { ComparisonModel } from '../comparison/comparisonModel';
import { setContextKey } from '../contextKeys';
import type { PlanModel } from '../restore/planModel';
import type { RepositorySet } from './repositorySet';

/** What is open, or remembered, of one folder. */
export interface OpenOfFolders {
  readonly repositories: Pick<RepositorySet, 'at' | 'onDidChangeFolders'>;
  readonly comparison: ComparisonModel;
  readonly plan: PlanModel;
  selected: { repository: Repository } | undefined;
}

/** What was opened of a folder goes with it: its engine is closed, and no button of it would do anything. */
export function closeWhatLeaves(open: OpenOfFolders): Disposable {
  const { repositories, comparison, plan } = open;
  const left = (repository: Repository | undefined): boolean =>
    repository !== undefined && repositories.at(repository.root) !== repository;
  return repositories.onDidChangeFolders(() => {
    if (left(comparison.current?.set.repository)) {
      comparison.close();
    }
    if (left(plan.current?.question.repository)) {
      plan.close();
    }
    if (left(open.selected?.repository)) {
      open.selected = undefined;
      setContextKey('snapdir.selected', '');
    }
  });
}
