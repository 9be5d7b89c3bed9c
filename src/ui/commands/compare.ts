import * as vscode from 'vscode';
import type { RelPath } from '../../core/tree';
import { setContextKey } from '../contextKeys';
import { openDiff } from '../documents/diffs';
import { pickSide } from '../pickers/pickSide';
import { changeSetOf, workspaceSide } from '../tree/changeSets';
import { ChangeNode, CheckpointNode, type ChangeSet } from '../tree/nodes';
import { VersionNode } from '../tree/versionNode';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { openComparison, openFileComparison } from './openComparison';
import { findRepository, findTarget, readArgument, readSelection, targetOf } from './targets';

const { t } = vscode.l10n;

/** A snapshot, or the files and folders of it that are named, against the folder as it is now. */
export function compareWithWorkspaceCommand(ui: Ui): CommandTypes['snapdir.compareWithWorkspace'] {
  return async (argument, selection) => {
    const isWorking = argument instanceof ChangeNode && argument.set.checkpoint === undefined;
    if (isWorking && argument.set.view === undefined) {
      await openDiff(argument.set, argument.change);
      return;
    }
    const given = readSelection(ui, [argument, selection]);
    const target = given && (await findTarget(ui, given, t('Compare with Workspace')));
    if (given === undefined || target === undefined) {
      return;
    }
    const set = changeSetOf(target.repository, target, workspaceSide());
    await openSides(ui, set, given.paths, argument instanceof ChangeNode);
  };
}

/** Remembers a snapshot or a file of one. */
export function selectForCompareCommand(ui: Ui): CommandTypes['snapdir.selectForCompare'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const target = await findTarget(ui, given, t('Select for Compare'));
    if (target === undefined) {
      return;
    }
    const { repository, rev, words } = target;
    const isFile = isFileRow(argument);
    const path = isFile ? given.path : undefined;
    ui.selected = { repository, side: { rev, words }, ...(path !== undefined && { path }) };
    setContextKey('snapdir.selected', isFile ? 'file' : 'snapshot');
  };
}

/** Compares with what was remembered: files with files, snapshots with snapshots. */
export function compareWithSelectedCommand(ui: Ui): CommandTypes['snapdir.compareWithSelected'] {
  return async (argument) => {
    const { selected } = ui;
    if (selected === undefined) {
      void ui.prompts.info(t('Select a snapshot for compare first.'));
      return;
    }
    const given = { repository: selected.repository, ...readArgument(ui, argument) };
    const target = await findTarget(ui, given, t('Compare with Selected'));
    if (target === undefined) {
      return;
    }
    if (target.repository !== selected.repository) {
      void ui.prompts.info(t('Snapshots of different folders cannot be compared.'));
      return;
    }
    const set = changeSetOf(selected.repository, selected.side, target);
    const path = isFileRow(argument) ? given.path : undefined;
    if (selected.path !== undefined && path !== undefined && selected.path !== path) {
      await openTwoFiles(set, selected.path, path);
      return;
    }
    const either = path ?? selected.path;
    await openSides(ui, set, either === undefined ? undefined : [either], path !== undefined);
  };
}

/** Asks for both sides, then compares. */
export function compareSnapshotsCommand(ui: Ui): CommandTypes['snapdir.compareSnapshots'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return;
    }
    const left = await pickSide(ui, repository, {
      title: t('Compare (1/2)'),
      placeHolder: t('The left side, the older one as a rule. Type a name, a revision or a time'),
    });
    const right =
      left &&
      (await pickSide(ui, repository, {
        title: t('Compare (2/2)'),
        placeHolder: t('Compare {0} with what?', left.words),
        except: left.rev,
      }));
    if (left !== undefined && right !== undefined) {
      await openComparison(ui, changeSetOf(repository, left, right));
    }
  };
}

/** A file of a snapshot: of its changes, or of the file's own history. */
function isFileRow(argument: unknown): boolean {
  return (
    argument instanceof ChangeNode ||
    (argument instanceof VersionNode && argument.file !== undefined)
  );
}

/** Two selected rows with each other, the older one on the left; also where another row was clicked. */
export function compareSelectedCommand(ui: Ui): CommandTypes['snapdir.compareSelected'] {
  return async (_, selection) => {
    const rows: readonly unknown[] = Array.isArray(selection)
      ? selection
      : ui.timeline.view.selection;
    const chosen = rows
      .filter((row) => row instanceof CheckpointNode)
      .sort((a, b) => a.checkpoint.time - b.checkpoint.time);
    const [left, right] = chosen;
    if (chosen.length !== 2 || left === undefined || right === undefined) {
      void ui.prompts.info(t('Select two snapshots to compare.'));
      return;
    }
    const { repository } = left;
    if (right.repository !== repository) {
      void ui.prompts.info(t('Snapshots of different folders cannot be compared.'));
      return;
    }
    const sides = [left, right].map((row) => targetOf(repository, row.checkpoint));
    await openComparison(ui, changeSetOf(repository, sides[0]!, sides[1]!));
  };
}

function openSides(
  ui: Ui,
  set: ChangeSet,
  paths: RelPath[] | undefined,
  isFile: boolean,
): Promise<void> {
  const [first = ''] = paths ?? [];
  if (paths === undefined || first === '' || paths.includes('')) {
    return openComparison(ui, set);
  }
  return isFile ? openFileComparison(ui, set, first) : openComparison(ui, set, { paths });
}

/** Two files with different names have nothing to do with each other for a comparison of trees. */
async function openTwoFiles(set: ChangeSet, left: RelPath, right: RelPath): Promise<void> {
  const file = { kind: 'file' as const };
  await openDiff(set, { status: 'M', oldPath: left, path: right, left: file, right: file });
}
