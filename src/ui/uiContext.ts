import type { Clock } from '../base/clock';
import type { Logger } from '../base/logger';
import type { Repository } from '../app/repository';
import type { Engine, RepositoryLocation } from '../core/engine';
import type { RelPath } from '../core/tree';
import type { Notices } from './notices';
import type { Prompts } from './prompts';
import type { Remotes } from './remotes/remotes';
import type { ChangesSet } from './state/changesSet';
import type { FileHistoryModel } from './state/fileHistoryModel';
import type { LookedAt } from './state/lookedAt';
import type { RemoteSnapshots } from './state/remoteSnapshots';
import type { RepositorySet } from './state/repositorySet';
import type { ComparisonModel } from './comparison/comparisonModel';
import type { PlanModel } from './restore/planModel';
import type { Side } from './tree/nodes';
import type { HistoryRow } from './views/fileHistoryView';
import type { PlanNode } from './views/planNodes';
import type { TimelineView } from './views/timelineView';

/** What "Select for Compare" remembers. */
export interface SelectedSide {
  repository: Repository;
  side: Side;
  /** A file of it; absent: all of it. */
  path?: RelPath;
}

/** What commands work with. One is made at activation; nothing in it is global. */
export interface Ui {
  readonly repositories: RepositorySet;
  readonly changes: ChangesSet;
  readonly fileHistory: FileHistoryModel;
  readonly timeline: TimelineView;
  readonly remotes: Remotes;
  readonly remoteSnapshots: RemoteSnapshots;
  readonly lookedAt: LookedAt;
  readonly prompts: Prompts;
  readonly notices: Notices;
  readonly log: Logger;
  readonly clock: Clock;
  /** Absolute path of the folder for restores that can overwrite nothing. */
  readonly safePlace: string;
  /** The comparison and the restore plan that are open, and what brings their views up. */
  readonly comparison: ComparisonModel;
  readonly plan: PlanModel;
  showComparison(): Promise<void>;
  showPlan(): Promise<void>;
  selectedPlanRows(): readonly PlanNode[];
  /** The rows that are selected in the file history. */
  selectedVersions(): readonly HistoryRow[];
  /** For a folder outside of the workspace. */
  readonly createEngine: (location: RepositoryLocation) => Engine;
  readonly showLog: () => void;
  selected: SelectedSide | undefined;
}
