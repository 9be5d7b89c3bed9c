import type {
  CheckpointInfo,
  EngineMethods,
  ForgetResult,
  GcResult,
  RecoveredStore,
  RepairResult,
  RestoreResult,
  TimelineFilter,
  UndoResult,
  VerifyResult,
} from '../../core/engine';
import type { Promotion } from '../../app/promoteSnapshot';
import type { Fetched } from '../../app/fetchSnapshot';
import type { Synced } from '../../app/syncNames';
import type { CheckpointId } from '../../core/ids';

/**
 * What a command may be given by code (tests, tasks, other extensions). Rows and URIs come from menus.
 * Everything is parsed, and nothing in it skips a confirmation.
 */
export interface CommandArgument {
  /** Absolute path of the workspace folder. */
  folder?: string;
  /** A snapshot, as a REV. */
  rev?: string;
  /** A file or folder, relative to the workspace folder. */
  path?: string;
  message?: string;
  name?: string;
  tag?: string;
  /** Verifies by reading everything; promotes by sending everything. */
  full?: boolean;
  destination?: string;
  mode?: 'at' | 'safe';
  /** A permanent store, by its name in settings. */
  store?: string;
  /** Of undo and redo: this operation and no other. */
  operation?: string;
  /** Of undo: everything that people did after this operation. */
  to?: string;
}

type Handler<T = void> = (...args: unknown[]) => Promise<T | undefined>;

/** Every command of the extension, and what it returns to code that runs it. */
export interface CommandTypes {
  'snapdir.takeSnapshot': Handler<CheckpointInfo>;
  'snapdir.takeSnapshotOfFolder': Handler<CheckpointInfo>;
  'snapdir.openChanges': Handler;
  'snapdir.openWorkingChanges': Handler;
  'snapdir.compareWithParent': Handler;
  'snapdir.compareWithWorkspace': Handler;
  'snapdir.selectForCompare': Handler;
  'snapdir.compareWithSelected': Handler;
  'snapdir.compareSnapshots': Handler;
  'snapdir.compareSelected': Handler;
  'snapdir.restore': Handler<RestoreResult>;
  'snapdir.restoreFolder': Handler<RestoreResult>;
  'snapdir.restoreFile': Handler<RestoreResult>;
  'snapdir.restoreTo': Handler<string>;
  'snapdir.swapComparison': Handler;
  'snapdir.openComparedFiles': Handler;
  'snapdir.copyPatch': Handler<string>;
  'snapdir.savePatch': Handler<string>;
  'snapdir.filterComparison': Handler;
  'snapdir.clearComparisonFilter': Handler;
  'snapdir.closeComparison': Handler;
  'snapdir.reviewRestore': Handler;
  'snapdir.runPlan': Handler<RestoreResult>;
  'snapdir.exactMirror': Handler;
  'snapdir.keepExtraFiles': Handler;
  'snapdir.refreshPlan': Handler;
  'snapdir.closePlan': Handler;
  'snapdir.togglePlanRow': Handler;
  'snapdir.restoreFromRight': Handler<RestoreResult>;
  'snapdir.restoreFromLeft': Handler<RestoreResult>;
  'snapdir.openInNewWindow': Handler<string>;
  'snapdir.addToWorkspace': Handler<string>;
  'snapdir.deleteCopies': Handler<number>;
  'snapdir.bringBack': Handler<RestoreResult>;
  'snapdir.undoRestore': Handler<RestoreResult>;
  'snapdir.redoRestore': Handler<RestoreResult>;
  'snapdir.recoverRestore': Handler<RestoreResult>;
  'snapdir.showOperations': Handler<UndoResult>;
  'snapdir.undoOperation': Handler<UndoResult>;
  'snapdir.redoOperation': Handler<UndoResult>;
  'snapdir.promote': Handler<{ changed: boolean } | Promotion>;
  'snapdir.rename': Handler<CheckpointInfo>;
  'snapdir.addTag': Handler<CheckpointInfo>;
  'snapdir.delete': Handler<CheckpointId[]>;
  'snapdir.copyId': Handler<string>;
  'snapdir.verifyStore': Handler<VerifyResult>;
  'snapdir.repair': Handler<RepairResult>;
  'snapdir.recoverStore': Handler<RecoveredStore>;
  'snapdir.adopt': Handler<EngineMethods['adopt']['result']>;
  'snapdir.collectGarbage': Handler<GcResult>;
  'snapdir.forget': Handler<ForgetResult>;
  'snapdir.openFile': Handler;
  'snapdir.showContents': Handler;
  'snapdir.refresh': Handler;
  'snapdir.viewAsTree': Handler;
  'snapdir.viewAsList': Handler;
  'snapdir.groupByDay': Handler;
  'snapdir.groupByNone': Handler;
  'snapdir.sortNewestFirst': Handler;
  'snapdir.sortOldestFirst': Handler;
  'snapdir.foldAutomatic': Handler;
  'snapdir.unfoldAutomatic': Handler;
  'snapdir.openSettings': Handler;
  'snapdir.filterTimeline': Handler<TimelineFilter>;
  'snapdir.changeTimelineFilter': Handler<TimelineFilter>;
  'snapdir.clearTimelineFilter': Handler;
  'snapdir.revealInTimeline': Handler;
  'snapdir.loadMore': Handler;
  'snapdir.compareChangesWith': Handler;
  'snapdir.compareChangesWithLast': Handler;
  'snapdir.restoreSelected': Handler<RestoreResult>;
  'snapdir.showFileHistory': Handler;
  'snapdir.showFolderHistory': Handler;
  'snapdir.pinFileHistory': Handler;
  'snapdir.unpinFileHistory': Handler;
  'snapdir.loadMoreVersions': Handler;
  'snapdir.compareWithPrevious': Handler;
  'snapdir.compareWithFile': Handler;
  'snapdir.compareVersions': Handler;
  'snapdir.restoreContents': Handler<RestoreResult>;
  /** The name of the new store. */
  'snapdir.addStore': Handler<string>;
  'snapdir.testStore': Handler<boolean>;
  'snapdir.syncStore': Handler<Synced>;
  'snapdir.setCredentials': Handler<boolean>;
  'snapdir.forgetCredentials': Handler<boolean>;
  'snapdir.removeStore': Handler<boolean>;
  'snapdir.refreshStores': Handler;
  'snapdir.fetch': Handler<Fetched>;
  'snapdir.pull': Handler<RestoreResult>;
  'snapdir.compareRemote': Handler;
  'snapdir.showRemoteContents': Handler;
  'snapdir.copyRemoteName': Handler<string>;
  'snapdir.mergeManifests': Handler<EngineMethods['mergePromotedFile']['result']>;
  'snapdir.showMenu': Handler;
  'snapdir.showLog': Handler;
  'snapdir.getStarted': Handler;
  /** How many were hidden. */
  'snapdir.resetNotifications': Handler<number>;
}

export type CommandId = keyof CommandTypes;
