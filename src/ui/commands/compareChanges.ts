import * as vscode from 'vscode';
import { pickSnapshot } from '../pickers/pickSnapshot';
import { restoreFlow } from '../restore/restoreFlow';
import { ChangeFolderNode, ChangeNode } from '../tree/nodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument, resolveTarget } from './targets';

const { t } = vscode.l10n;

/** Shows the changes since a chosen snapshot instead of since the last one. */
export function compareChangesWithCommand(ui: Ui): CommandTypes['snapdir.compareChangesWith'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    if (repository === undefined) {
      return;
    }
    const title = t('Compare Changes With…');
    const chosen =
      given.rev === undefined
        ? await pickSnapshot(ui, repository, { title })
        : (await resolveTarget(repository, given.rev)).checkpoint;
    if (chosen !== undefined && chosen !== null) {
      ui.changes.of(repository)?.setBase(chosen.id);
      await vscode.commands.executeCommand('snapdir.changes.focus');
    }
  };
}

/** Shows the changes since the last snapshot again. */
export function compareChangesWithLastCommand(
  ui: Ui,
): CommandTypes['snapdir.compareChangesWithLast'] {
  return () => {
    ui.changes.all.forEach((model) => model.setBase(undefined));
    return Promise.resolve(undefined);
  };
}

/** Restores the selected changes: each file as it was. Added files stay. */
export function restoreSelectedCommand(ui: Ui): CommandTypes['snapdir.restoreSelected'] {
  return async (argument, selection) => {
    requireTrust(t('Restore Selected'));
    const chosen = Array.isArray(selection) ? (selection as unknown[]) : [argument];
    const rows = chosen.filter(
      (one): one is ChangeNode | ChangeFolderNode =>
        (one instanceof ChangeNode && one.change.status !== 'A') || one instanceof ChangeFolderNode,
    );
    const first = rows[0];
    if (first === undefined) {
      void ui.prompts.info(t('Nothing that is selected was in the snapshot.'));
      return undefined;
    }
    const { repository, set } = first;
    if (rows.some((row) => row.repository !== repository || row.set.left.rev !== set.left.rev)) {
      void ui.prompts.info(t('Files of different folders cannot be restored together.'));
      return undefined;
    }
    const paths = rows.map((row) =>
      row instanceof ChangeNode ? (row.change.oldPath ?? row.path) : row.path,
    );
    const target = await resolveTarget(repository, set.left.rev);
    return restoreFlow(ui, { ...target, paths: [...new Set(paths)] });
  };
}
