import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable';
import { showStoreError } from '../remotes/storeError';
import { showError } from '../showError';
import type { Ui } from '../uiContext';
import type { CommandId, CommandTypes } from './commandTypes';
import {
  compareSelectedCommand,
  compareSnapshotsCommand,
  compareWithSelectedCommand,
  compareWithWorkspaceCommand,
  selectForCompareCommand,
} from './compare';
import {
  compareChangesWithCommand,
  compareChangesWithLastCommand,
  restoreSelectedCommand,
} from './compareChanges';
import { addTagCommand, copyIdCommand, deleteCommand, renameCommand } from './editCheckpoint';
import { bringBackCommand } from './bringBack';
import {
  clearComparisonFilterCommand,
  closeComparisonCommand,
  copyPatchCommand,
  filterComparisonCommand,
  openComparedFilesCommand,
  savePatchCommand,
  swapComparisonCommand,
} from './comparisonView';
import { addToWorkspaceCommand, deleteCopiesCommand, openInNewWindowCommand } from './openBeside';
import {
  closePlanCommand,
  exactMirrorCommand,
  keepExtraFilesCommand,
  refreshPlanCommand,
  reviewRestoreCommand,
  runPlanCommand,
  togglePlanRowCommand,
} from './planView';
import {
  compareVersionsCommand,
  compareWithFileCommand,
  compareWithPreviousCommand,
  loadMoreVersionsCommand,
  pinFileHistoryCommand,
  restoreContentsCommand,
  showFileHistoryCommand,
  showFolderHistoryCommand,
  unpinFileHistoryCommand,
} from './fileHistory';
import { forgetCommand } from './forgetPath';
import { clearTimelineFilterCommand, filterTimelineCommand } from './filterTimeline';
import { getStartedCommand, resetNotificationsCommand } from './help';
import { collectGarbageCommand, verifyStoreCommand } from './maintainStore';
import {
  compareWithParentCommand,
  openChangesCommand,
  openWorkingChangesCommand,
} from './openChanges';
import { promoteCommand } from './promote';
import {
  compareRemoteCommand,
  copyRemoteNameCommand,
  fetchCommand,
  pullCommand,
  showRemoteContentsCommand,
} from './remoteSnapshots';
import { mergeManifestsCommand } from './mergeManifests';
import { redoOperationCommand, showOperationsCommand, undoOperationCommand } from './operations';
import { openFileCommand, showContentsCommand } from './openFile';
import { adoptCommand, recoverStoreCommand, repairCommand } from './repairStore';
import { revealInTimelineCommand } from './revealInTimeline';
import { restoreCommand, restoreFileCommand, restoreFolderCommand } from './restore';
import { restoreFromLeftCommand, restoreFromRightCommand } from './restoreRows';
import { restoreToCommand } from './restoreTo';
import { showMenuCommand } from './showMenu';
import {
  addStoreCommand,
  forgetCredentialsCommand,
  refreshStoresCommand,
  removeStoreCommand,
  setCredentialsCommand,
  testStoreCommand,
} from './stores';
import { syncStoreCommand } from './syncStore';
import { takeSnapshotCommand, takeSnapshotOfFolderCommand } from './takeSnapshot';
import { recoverRestoreCommand, redoRestoreCommand, undoRestoreCommand } from './undoRestore';
import { loadMoreCommand, refreshCommand, showLogCommand } from './viewCommands';
import { openSettingsCommand, viewOptionCommand } from './viewOptions';

/** Every command on one screen; one that is missing does not compile. */
const commands: { readonly [K in CommandId]: (ui: Ui) => CommandTypes[K] } = {
  'snapdir.takeSnapshot': takeSnapshotCommand,
  'snapdir.takeSnapshotOfFolder': takeSnapshotOfFolderCommand,
  'snapdir.openChanges': openChangesCommand,
  'snapdir.openWorkingChanges': openWorkingChangesCommand,
  'snapdir.compareWithParent': compareWithParentCommand,
  'snapdir.compareWithWorkspace': compareWithWorkspaceCommand,
  'snapdir.selectForCompare': selectForCompareCommand,
  'snapdir.compareWithSelected': compareWithSelectedCommand,
  'snapdir.compareSnapshots': compareSnapshotsCommand,
  'snapdir.compareSelected': compareSelectedCommand,
  'snapdir.restore': restoreCommand,
  'snapdir.restoreFolder': restoreFolderCommand,
  'snapdir.restoreFile': restoreFileCommand,
  'snapdir.restoreTo': restoreToCommand,
  'snapdir.swapComparison': swapComparisonCommand,
  'snapdir.openComparedFiles': openComparedFilesCommand,
  'snapdir.copyPatch': copyPatchCommand,
  'snapdir.savePatch': savePatchCommand,
  'snapdir.filterComparison': filterComparisonCommand,
  'snapdir.clearComparisonFilter': clearComparisonFilterCommand,
  'snapdir.closeComparison': closeComparisonCommand,
  'snapdir.reviewRestore': reviewRestoreCommand,
  'snapdir.runPlan': runPlanCommand,
  'snapdir.exactMirror': exactMirrorCommand,
  'snapdir.keepExtraFiles': keepExtraFilesCommand,
  'snapdir.refreshPlan': refreshPlanCommand,
  'snapdir.closePlan': closePlanCommand,
  'snapdir.togglePlanRow': togglePlanRowCommand,
  'snapdir.restoreFromRight': restoreFromRightCommand,
  'snapdir.restoreFromLeft': restoreFromLeftCommand,
  'snapdir.openInNewWindow': openInNewWindowCommand,
  'snapdir.addToWorkspace': addToWorkspaceCommand,
  'snapdir.deleteCopies': deleteCopiesCommand,
  'snapdir.bringBack': bringBackCommand,
  'snapdir.undoRestore': undoRestoreCommand,
  'snapdir.redoRestore': redoRestoreCommand,
  'snapdir.recoverRestore': recoverRestoreCommand,
  'snapdir.showOperations': showOperationsCommand,
  'snapdir.undoOperation': undoOperationCommand,
  'snapdir.redoOperation': redoOperationCommand,
  'snapdir.promote': promoteCommand,
  'snapdir.rename': renameCommand,
  'snapdir.addTag': addTagCommand,
  'snapdir.delete': deleteCommand,
  'snapdir.copyId': copyIdCommand,
  'snapdir.verifyStore': verifyStoreCommand,
  'snapdir.repair': repairCommand,
  'snapdir.recoverStore': recoverStoreCommand,
  'snapdir.adopt': adoptCommand,
  'snapdir.collectGarbage': collectGarbageCommand,
  'snapdir.forget': forgetCommand,
  'snapdir.openFile': openFileCommand,
  'snapdir.showContents': showContentsCommand,
  'snapdir.refresh': refreshCommand,
  'snapdir.viewAsTree': viewOptionCommand('snapdir.viewAsTree'),
  'snapdir.viewAsList': viewOptionCommand('snapdir.viewAsList'),
  'snapdir.groupByDay': viewOptionCommand('snapdir.groupByDay'),
  'snapdir.groupByNone': viewOptionCommand('snapdir.groupByNone'),
  'snapdir.sortNewestFirst': viewOptionCommand('snapdir.sortNewestFirst'),
  'snapdir.sortOldestFirst': viewOptionCommand('snapdir.sortOldestFirst'),
  'snapdir.foldAutomatic': viewOptionCommand('snapdir.foldAutomatic'),
  'snapdir.unfoldAutomatic': viewOptionCommand('snapdir.unfoldAutomatic'),
  'snapdir.openSettings': openSettingsCommand,
  'snapdir.filterTimeline': filterTimelineCommand,
  'snapdir.changeTimelineFilter': filterTimelineCommand,
  'snapdir.clearTimelineFilter': clearTimelineFilterCommand,
  'snapdir.revealInTimeline': revealInTimelineCommand,
  'snapdir.loadMore': loadMoreCommand,
  'snapdir.compareChangesWith': compareChangesWithCommand,
  'snapdir.compareChangesWithLast': compareChangesWithLastCommand,
  'snapdir.restoreSelected': restoreSelectedCommand,
  'snapdir.showFileHistory': showFileHistoryCommand,
  'snapdir.showFolderHistory': showFolderHistoryCommand,
  'snapdir.pinFileHistory': pinFileHistoryCommand,
  'snapdir.unpinFileHistory': unpinFileHistoryCommand,
  'snapdir.loadMoreVersions': loadMoreVersionsCommand,
  'snapdir.compareWithPrevious': compareWithPreviousCommand,
  'snapdir.compareWithFile': compareWithFileCommand,
  'snapdir.compareVersions': compareVersionsCommand,
  'snapdir.restoreContents': restoreContentsCommand,
  'snapdir.addStore': addStoreCommand,
  'snapdir.testStore': testStoreCommand,
  'snapdir.syncStore': syncStoreCommand,
  'snapdir.setCredentials': setCredentialsCommand,
  'snapdir.forgetCredentials': forgetCredentialsCommand,
  'snapdir.removeStore': removeStoreCommand,
  'snapdir.refreshStores': refreshStoresCommand,
  'snapdir.fetch': fetchCommand,
  'snapdir.pull': pullCommand,
  'snapdir.compareRemote': compareRemoteCommand,
  'snapdir.showRemoteContents': showRemoteContentsCommand,
  'snapdir.copyRemoteName': copyRemoteNameCommand,
  'snapdir.mergeManifests': mergeManifestsCommand,
  'snapdir.showMenu': showMenuCommand,
  'snapdir.showLog': showLogCommand,
  'snapdir.getStarted': getStartedCommand,
  'snapdir.resetNotifications': resetNotificationsCommand,
};

/** Registers every command, wrapped once: errors become words, cancellation stays silent. */
export function registerCommands(ui: Ui): Disposable {
  const store = new DisposableStore();
  for (const [id, create] of Object.entries(commands)) {
    store.add(register(ui, id, create(ui)));
  }
  return store;
}

/** What fails while something is set right about a failure is told as well. */
async function showFailure(ui: Ui, id: string, args: unknown[], error: unknown): Promise<void> {
  const what = `${id} failed`;
  const again = (): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
  try {
    await showStoreError(ui, error, { what, again });
  } catch (more) {
    await showError(ui.prompts, ui.log, what, more);
  }
}

function register(
  ui: Ui,
  id: string,
  run: (...args: unknown[]) => Promise<unknown>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      return await run(...args);
    } catch (error) {
      // Not awaited: whoever runs a command waits for its end, not for somebody to close a message.
      void showFailure(ui, id, args, error);
      return undefined;
    }
  });
}
