import * as vscode from 'vscode';
import { burstChangeSet, parentChangeSet, workingChangeSet } from '../tree/changeSets';
import { openDiff } from '../documents/diffs';
import { BurstNode, ChangeNode } from '../tree/nodes';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { openChangedFiles, openFileComparison } from './openComparison';
import { findRepository, findTarget, readArgument, type Given } from './targets';

const { t } = vscode.l10n;

/** Opens what a snapshot changed, as one multi-file diff. */
export function openChangesCommand(ui: Ui): CommandTypes['snapdir.openChanges'] {
  return (argument) => openAgainstParent(ui, argument, t('Open Changes'));
}

/** The same for a snapshot, or one file's diff for a file. */
export function compareWithParentCommand(ui: Ui): CommandTypes['snapdir.compareWithParent'] {
  return (argument) => openAgainstParent(ui, argument, t('Compare with Previous'));
}

async function openAgainstParent(ui: Ui, argument: unknown, title: string): Promise<undefined> {
  if (argument instanceof ChangeNode) {
    await openDiff(argument.set, argument.change);
    return;
  }
  if (argument instanceof BurstNode) {
    await openChangedFiles(ui, burstChangeSet(argument));
    return;
  }
  const given = withoutActivePath(readArgument(ui, argument));
  const target = await findTarget(ui, given, title);
  const checkpoint = target?.checkpoint;
  if (target === undefined || checkpoint === undefined || checkpoint === null) {
    return;
  }
  const set = parentChangeSet(target.repository, checkpoint);
  if (given.path === undefined || given.path === '') {
    await openChangedFiles(ui, set);
  } else {
    await openFileComparison(ui, set, given.path);
  }
}

/** A file without a snapshot (from the explorer) says nothing about which change is meant. */
function withoutActivePath(given: Given): Given {
  if (given.rev !== undefined) {
    return given;
  }
  return { ...(given.repository && { repository: given.repository }), options: given.options };
}

/** Opens what the Changes view lists, as one multi-file diff: since the chosen snapshot, or since the last one. */
export function openWorkingChangesCommand(ui: Ui): CommandTypes['snapdir.openWorkingChanges'] {
  return async (argument) => {
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return;
    }
    const base = await ui.changes.of(repository)?.findBase();
    if (base === undefined) {
      void ui.prompts.info(t('There are no snapshots yet. Take one first.'));
      return;
    }
    await openChangedFiles(ui, workingChangeSet(repository, base));
  };
}
