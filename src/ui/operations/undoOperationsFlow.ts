import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { planUndoOperations, undoOperations, type UndoRequest } from '../../app/undoOperations';
import type { UndoPlan, UndoResult } from '../../core/engine';
import { withProgress } from '../progress';
import { saveDirtyEditors } from '../restore/dirtyEditors';
import { planDetail } from '../restore/planWords';
import { wantsAnotherPlan } from '../restore/restoreFlow';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { operationWords } from './operationWords';

const { t } = vscode.l10n;
/** How many operations a question names. */
const NAMED = 10;

/**
 * Undoes or redoes operations. Where files change, or snapshots go off the list, a modal tells first; what
 * only brings back a name, a tag or a snapshot is done at once, with the way back in the message.
 */
export async function undoOperationsFlow(
  ui: Ui,
  repository: Repository,
  request: UndoRequest,
): Promise<UndoResult | undefined> {
  const title = request.what === 'undo' ? t('Undo') : t('Redo');
  for (;;) {
    let plan = await makePlan(repository, request);
    if (plan.restore !== null) {
      requireTrust(title);
      // The plan and the safety snapshot are to hold what the person sees.
      if (!(await saveDirtyEditors(ui, repository, plan.restore.paths ?? undefined))) {
        return undefined;
      }
      plan = await makePlan(repository, request);
    }
    if (plan.restore !== null || plan.unlisted > 0 || plan.operations.length > 1) {
      requireTrust(title);
      if (!(await agree(ui, plan, request))) {
        return undefined;
      }
    }
    const { fingerprint } = plan;
    try {
      const result = await withProgress(title, (context) =>
        undoOperations(repository, { ...request, fingerprint }, context),
      );
      report(ui, repository, request, result);
      return result;
    } catch (error) {
      if (!(await wantsAnotherPlan(ui, error))) {
        return undefined;
      }
    }
  }
}

function makePlan(repository: Repository, request: UndoRequest): Promise<UndoPlan> {
  const planning = request.what === 'undo' ? t('Planning the undo') : t('Planning the redo');
  return withProgress(planning, (context) => planUndoOperations(repository, request, context));
}

async function agree(ui: Ui, plan: UndoPlan, request: UndoRequest): Promise<boolean> {
  const { operations, unlisted, listed } = plan;
  const [first] = operations;
  const isUndo = request.what === 'undo';
  const one = first === undefined ? '' : operationWords(first);
  const button = isUndo ? t('Undo') : t('Redo');
  const message =
    operations.length > 1
      ? t('Undo {0} operations?', operations.length)
      : isUndo
        ? t('Undo "{0}"?', one)
        : t('Redo "{0}"?', one);
  const names = operations.slice(0, NAMED).map(operationWords);
  const more = operations.length - names.length;
  const detail = [
    ...(operations.length > 1
      ? [...names, ...(more > 0 ? [t('and {0} more', more)] : []), '']
      : []),
    ...(plan.restore === null ? [t('Files in your folder stay as they are.')] : []),
    ...(unlisted > 0 ? [countWords(unlisted, 'off')] : []),
    ...(listed > 0 ? [countWords(listed, 'on')] : []),
    ...(plan.restore === null ? [] : [planDetail(plan.restore)]),
  ].join('\n');
  return (await ui.prompts.modal(message, detail, [button])) === button;
}

function countWords(count: number, way: 'on' | 'off'): string {
  if (way === 'off') {
    return count === 1
      ? t('1 snapshot goes off the list; its content stays until garbage is collected.')
      : t('{0} snapshots go off the list; their content stays until garbage is collected.', count);
  }
  return count === 1
    ? t('1 snapshot comes back to the list.')
    : t('{0} snapshots come back to the list.', count);
}

/** Tells what was done and offers the way back. It does not wait for the answer. */
function report(ui: Ui, repository: Repository, request: UndoRequest, result: UndoResult): void {
  const { operations, restores } = result;
  const isUndo = request.what === 'undo';
  const [first] = operations;
  const words =
    operations.length === 1 && first !== undefined ? operationWords(first) : `${operations.length}`;
  const back = isUndo ? t('Redo') : t('Undo');
  const details = t('Show Details');
  const failed = restores.flatMap((one) => one.failed);
  const conflicts = restores.flatMap((one) => one.conflicts);
  failed.forEach(({ path, reason }) => ui.log.warn(`Not restored: ${path} (${reason})`));
  conflicts.forEach((path) => ui.log.warn(`Changed meanwhile, its bytes were kept at: ${path}`));
  const owners = restores.flatMap((one) => one.changedOwner);
  owners.forEach((path) => ui.log.warn(`Could not keep the owner of what was there: ${path}`));
  const count = failed.length + conflicts.length + owners.length;
  const troubled = count > 0;
  const done =
    operations.length > 1
      ? t('{0} operations undone.', words)
      : isUndo
        ? t('Undone: {0}', words)
        : t('Redone: {0}', words);
  const trouble = t('{0} files failed, changed meanwhile, or could not keep their owner.', count);
  const shown = troubled
    ? ui.prompts.warn(`${done} ${trouble}`, back, details)
    : ui.prompts.info(done, back);
  void shown.then((answer) => {
    if (answer === details) {
      ui.showLog();
    }
    if (answer === back) {
      const command = isUndo ? 'snapdir.redoOperation' : 'snapdir.undoOperation';
      return vscode.commands.executeCommand(command, { folder: repository.root });
    }
    return undefined;
  });
}
