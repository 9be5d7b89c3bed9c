import * as vscode from 'vscode';
import { PromotionNode, RemoteNameNode } from '../tree/remoteNodes';
import { VersionNode } from '../tree/versionNode';
import type { Ui } from '../uiContext';
import { shownInFront } from '../views/activeResource';
import { planOf } from '../views/planNodes';
import type { CommandTypes } from './commandTypes';
import { findTarget, readArgument, type Given, type Target } from './targets';

const { t } = vscode.l10n;

/** Shows the row of a snapshot: of a row, a diff, an open document of it, or of what is asked for. */
export function revealInTimelineCommand(ui: Ui): CommandTypes['snapdir.revealInTimeline'] {
  return async (argument) => {
    const target = await findTarget(ui, snapshotOf(ui, argument), t('Reveal in Timeline'));
    if (target === undefined) {
      return;
    }
    await revealTarget(ui, target);
  };
}

/** Shows the row of a snapshot, or says that it has none. */
export async function revealTarget(ui: Ui, target: Target): Promise<void> {
  const { repository, checkpoint, words } = target;
  if (checkpoint === null || !(await ui.timeline.reveal(repository, checkpoint.id))) {
    void ui.prompts.info(t('{0} is not in the timeline.', words));
  }
}

/** What an argument names; where that is no snapshot, what the active editor shows of one. */
function snapshotOf(ui: Ui, argument: unknown): Given {
  if (argument instanceof VersionNode) {
    // Of a deleted file: where it was deleted, not where it was last.
    const { repository, version } = argument;
    return { repository, rev: version.checkpoint.id, options: {} };
  }
  if (argument instanceof RemoteNameNode || argument instanceof PromotionNode) {
    const { repository } = argument.kind === 'promotion' ? argument.parent.parent : argument.parent;
    return { repository, rev: argument.of.snapshot, options: {} };
  }
  const plan = planOf(argument);
  if (plan !== undefined) {
    const { repository, rev } = plan.question;
    return { repository, rev, options: {} };
  }
  const given = readArgument(ui, argument);
  if (given.rev !== undefined || (argument !== undefined && !(argument instanceof vscode.Uri))) {
    return given;
  }
  for (const uri of shownInFront()) {
    const shown = readArgument(ui, uri);
    if (shown.rev !== undefined) {
      return shown;
    }
  }
  return { ...(given.repository && { repository: given.repository }), options: given.options };
}
