import * as vscode from 'vscode';
import { restoreTo } from '../../app/restore';
import type { CheckpointInfo } from '../../core/engine';
import { parentOf } from '../../core/paths';
import type { RelPath } from '../../core/tree';
import { openDiff } from '../documents/diffs';
import { liveUri } from '../documents/snapshotDocument';
import { withProgress } from '../progress';
import { mayBeForeign } from '../restore/askRunnable';
import { captureFrom, placeBelow, restoreCaptured } from '../restore/captured';
import { restoreFlow } from '../restore/restoreFlow';
import { visible } from '../text/displayText';
import { changeSetOf, workspaceSide } from '../tree/changeSets';
import type { Side } from '../tree/nodes';
import { previousSet } from '../tree/versionItems';
import { changeOf, sameSubject, sideOf, VersionNode } from '../tree/versionNode';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { activeResource } from '../views/activeResource';
import { subjectOf } from '../views/fileHistoryView';
import { quotedName } from '../words';
import type { CommandTypes } from './commandTypes';
import { openComparison } from './openComparison';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;

/** Shows the versions of a file: of the row, of what the explorer or a tab names, or of the active editor. */
export function showFileHistoryCommand(ui: Ui): CommandTypes['snapdir.showFileHistory'] {
  return async (argument) => {
    const active = activeResource();
    const given = readArgument(ui, argument ?? active);
    const { repository, path } = given;
    if (repository === undefined || path === undefined || path === '') {
      void ui.prompts.info(t('Open a file of the folder first, or choose one in the explorer.'));
      return;
    }
    const subject = { repository, path, kind: 'file' as const };
    const followed = active && subjectOf(ui.repositories, active);
    // What no editor shows would be gone at the next click on one.
    ui.fileHistory.show(subject, !sameSubject(followed, subject));
    await vscode.commands.executeCommand('snapdir.fileHistory.focus');
  };
}

/** Shows the snapshots in which anything below a folder differs. */
export function showFolderHistoryCommand(ui: Ui): CommandTypes['snapdir.showFolderHistory'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    if (repository === undefined) {
      return;
    }
    ui.fileHistory.show({ repository, path: given.path ?? '', kind: 'folder' }, true);
    await vscode.commands.executeCommand('snapdir.fileHistory.focus');
  };
}

/** Keeps the history that is shown, whatever editor comes to the front. */
export function pinFileHistoryCommand(ui: Ui): CommandTypes['snapdir.pinFileHistory'] {
  return () => Promise.resolve(ui.fileHistory.setPinned(true) as undefined);
}

/** Follows the active editor again. */
export function unpinFileHistoryCommand(ui: Ui): CommandTypes['snapdir.unpinFileHistory'] {
  return () => {
    ui.fileHistory.setPinned(false);
    const active = activeResource();
    const subject = active && subjectOf(ui.repositories, active);
    if (subject !== undefined) {
      ui.fileHistory.follow(subject);
    }
    return Promise.resolve(undefined);
  };
}

/** Adds older versions to the history. */
export function loadMoreVersionsCommand(ui: Ui): CommandTypes['snapdir.loadMoreVersions'] {
  return async () => {
    await ui.fileHistory.loadMore();
    return undefined;
  };
}

/** A version against the one before. */
export function compareWithPreviousCommand(ui: Ui): CommandTypes['snapdir.compareWithPrevious'] {
  return async (argument) => {
    const node = versionOf(ui, argument);
    if (node === undefined) {
      return;
    }
    const change = changeOf(node);
    if (change === undefined) {
      await openFolder(ui, node, previousSet(node));
    } else {
      await openDiff(previousSet(node), change);
    }
  };
}

/** A version against the file, or the folder, as it is now. */
export function compareWithFileCommand(ui: Ui): CommandTypes['snapdir.compareWithFile'] {
  return async (argument) => {
    const node = versionOf(ui, argument);
    if (node === undefined) {
      return;
    }
    const { repository, subject } = node;
    const set = changeSetOf(repository, sideOf(node, wordsOf(node)), workspaceSide());
    if (node.file === undefined) {
      await openFolder(ui, node, set);
      return;
    }
    const isThere = await exists(liveUri(repository, subject.path));
    const file = { kind: node.file.right?.kind ?? node.file.left?.kind ?? ('file' as const) };
    await openDiff(set, {
      status: isThere ? 'M' : 'D',
      path: subject.path,
      oldPath: node.path,
      left: file,
      ...(isThere ? { right: file } : {}),
    });
  };
}

/** Two versions that are selected, the older one on the left; also where another row was clicked. */
export function compareVersionsCommand(ui: Ui): CommandTypes['snapdir.compareVersions'] {
  return async (_, selection) => {
    const chosen: readonly unknown[] = Array.isArray(selection) ? selection : ui.selectedVersions();
    const versions = chosen.filter((one) => one instanceof VersionNode);
    const [left, right] = versions.sort(
      (a, b) => a.version.checkpoint.time - b.version.checkpoint.time,
    );
    if (versions.length !== 2 || left === undefined || right === undefined) {
      void ui.prompts.info(t('Select two versions to compare them.'));
      return;
    }
    await openTwo(ui, left, right);
  };
}

async function openTwo(ui: Ui, left: VersionNode, right: VersionNode): Promise<void> {
  const side = (node: VersionNode): Side => sideOf(node, wordsOf(node));
  const [a, b] = [left.file, right.file];
  const name = quotedName(right.version.checkpoint);
  const newer =
    b?.status === 'D'
      ? { rev: right.version.checkpoint.id, words: t('deleted in {0}', visible(name)) }
      : side(right);
  const set = changeSetOf(left.repository, side(left), newer);
  if (a === undefined || b === undefined) {
    await openFolder(ui, left, set);
    return;
  }
  const before = a.status === 'D' ? a.left : a.right;
  const after = b.status === 'D' ? undefined : b.right;
  await openDiff(set, {
    status: 'M',
    path: right.path,
    oldPath: left.path,
    ...(before === undefined ? {} : { left: before }),
    ...(after === undefined ? {} : { right: after }),
  });
}

/**
 * Puts a file, or a folder, back to what it was in a version. A file that had another name then keeps the one
 * that it has: its contents come back, as the words say.
 */
export function restoreContentsCommand(ui: Ui): CommandTypes['snapdir.restoreContents'] {
  return async (argument) => {
    requireTrust(t('Restore Contents'));
    const node = versionOf(ui, argument);
    if (node === undefined) {
      return undefined;
    }
    const { repository, path, rev, subject } = node;
    const words = wordsOf(node);
    if (path !== subject.path) {
      const checkpoint = await withProgress(t('Capturing the files'), () => underNewName(ui, node));
      return restoreCaptured(ui, repository, { checkpoint, paths: [subject.path], words });
    }
    const paths = path === '' ? {} : { paths: [path] };
    return restoreFlow(ui, { repository, rev, words, ...paths });
  };
}

/** A snapshot that holds the file of a version under the name that it has now. @throws TARGET_EXISTS, IO, … */
async function underNewName(ui: Ui, node: VersionNode): Promise<CheckpointInfo> {
  const { fs } = vscode.workspace;
  const { repository, path, rev, subject } = node;
  const safePlace = vscode.Uri.file(ui.safePlace);
  const staging = vscode.Uri.joinPath(safePlace, `.snapdir-back-${ui.clock.now()}`);
  const message = t('"{0}" from {1}', visible(path), wordsOf(node));
  const foreign = await mayBeForeign(repository, rev);
  const of = { staging, paths: [subject.path], message, foreign };
  return captureFrom(ui, repository, of, async () => {
    // Beside its place, under the name that it had: that one may be of a folder by now.
    const beside = vscode.Uri.joinPath(staging, `.snapdir-${ui.clock.now()}`);
    await fs.createDirectory(beside);
    const destination = beside.fsPath;
    // Nothing is left out here: the restore that follows does that, under the names that the files get.
    const whole = { rev, paths: [path], includeRunnable: true };
    const restored = await restoreTo(repository, { ...whole, mode: 'at', destination });
    await fs.createDirectory(placeBelow(staging, parentOf(subject.path)));
    await fs.rename(vscode.Uri.file(restored.path), placeBelow(staging, subject.path));
  });
}

function versionOf(ui: Ui, argument: unknown): VersionNode | undefined {
  if (argument instanceof VersionNode) {
    return argument;
  }
  void ui.prompts.info(t('Choose a version in the file history first.'));
  return undefined;
}

function openFolder(
  ui: Ui,
  { path }: { path: RelPath },
  set: ReturnType<typeof previousSet>,
): Promise<void> {
  return path === '' ? openComparison(ui, set) : openComparison(ui, set, { paths: [path] });
}

/** What people call what a version holds: of a deleted file that is what was there before. */
function wordsOf({ file, version }: VersionNode): string {
  const name = quotedName(version.checkpoint);
  return file?.status === 'D' ? t('before {0}', visible(name)) : name;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
