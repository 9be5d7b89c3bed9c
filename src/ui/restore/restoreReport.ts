import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { RestorePlan, RestoreResult } from '../../core/engine';
import { shortId } from '../../core/ids';
import type { PathFailure } from '../../core/records';
import { filesWords, quotedName } from '../words';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/** Tells what a restore did and offers the way back. It does not wait for the answer. */
export function reportRestore(
  ui: Ui,
  repository: Repository,
  result: RestoreResult,
  options: { done: string; back: 'undoRestore' | 'redoRestore' },
): void {
  const { operation, counts, failed, conflicts, changedOwner } = result;
  const troubled = failed.length + conflicts.length + changedOwner.length > 0;
  if (operation === null && !troubled && counts.written + counts.deleted === 0) {
    void ui.prompts.info(t('Nothing had to be restored.'));
    return;
  }
  const back = options.back === 'undoRestore' ? t('Undo') : t('Redo');
  const details = t('Show Details');
  const words = [options.done, countWords(result)].join(' ');
  // An interrupted restore that was undone leaves no record, so there is no way back.
  const ways = operation === null ? [] : [back];
  const shown = troubled
    ? ui.prompts.warn(words, ...ways, details)
    : ui.notices.tell('restored', words, ways, ways.length === 0 ? '' : wayBackWords(options.back));
  if (troubled) {
    logTrouble(ui, result);
  }
  void shown.then((answer) => {
    if (answer === details) {
      ui.showLog();
    }
    if (answer === back && operation !== null) {
      // By its name: another one may be the last by the time of the click.
      const argument = { folder: repository.root, operation };
      return vscode.commands.executeCommand(`snapdir.${options.back}`, argument);
    }
    return undefined;
  });
}

/** Without a button the way back is a command. */
function wayBackWords(back: 'undoRestore' | 'redoRestore'): string {
  return back === 'undoRestore'
    ? t('The command "Undo Last Restore" takes it back.')
    : t('The command "Redo Last Restore" does it again.');
}

/** Opens the list of what could not be restored, where there is any. `rev`: what was to come back. */
export async function showFailed(
  ui: Ui,
  repository: Repository,
  { plan, rev }: { plan: RestorePlan; rev: string },
  failed: readonly PathFailure[],
): Promise<void> {
  if (failed.length === 0) {
    return;
  }
  const { paths } = plan;
  const words = plan.checkpoint === null ? shortId(plan.snapshot) : quotedName(plan.checkpoint);
  const question = { repository, rev, words, ...(paths === null ? {} : { paths }) };
  ui.plan.showFailed(question, plan, failed);
  await ui.showPlan();
}

function countWords({ counts, failed, conflicts, changedOwner }: RestoreResult): string {
  const parts = [
    t('{0} written', filesWords(counts.written)),
    t('{0} deleted', counts.deleted),
    ...(counts.left > 0 ? [t('{0} left alone', counts.left)] : []),
    ...(failed.length > 0 ? [t('{0} failed', failed.length)] : []),
    ...(conflicts.length > 0
      ? [t('{0} changed during the restore and were kept beside', conflicts.length)]
      : []),
    ...(changedOwner.length > 0
      ? [t('{0} could not keep the owner of what was there', changedOwner.length)]
      : []),
  ];
  return `${parts.join(', ')}.`;
}

function logTrouble(ui: Ui, result: RestoreResult): void {
  for (const { path, reason } of result.failed) {
    ui.log.warn(`Not restored: ${path} (${reason})`);
  }
  for (const path of result.conflicts) {
    ui.log.warn(`Changed during the restore, its bytes were kept at: ${path}`);
  }
  for (const path of result.changedOwner) {
    ui.log.warn(
      `Could not keep the owner or the special permission bits of what was there: ${path}`,
    );
  }
}
