import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import {
  listOperations,
  planUndoOperations,
  undoOperations,
  type UndoRequest,
} from '../../app/undoOperations';
import type { OperationInfo, RestoreResult, UndoPlan, UndoResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RecordId } from '../../core/ids';
import { withProgress } from '../progress';
import { saveDirtyEditors } from '../restore/dirtyEditors';
import { planDetail } from '../restore/planWords';
import { wantsAnotherPlan } from '../restore/restoreFlow';
import { showFailed } from '../restore/restoreReport';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { operationWords } from './operationWords';

const { t } = vscode.l10n;
/** How many operations a question names. */
const NAMED = 10;

/**
 * Undoes or redoes operations. Where files change, or snapshots go off the list, a modal tells first; what
 * only brings back a name, a tag or a snapshot is done at once, with the way back in the message. One that is named
 * and can no longer be undone by itself is said to be so, and never another one undone in its place.
 */
export async function undoOperationsFlow(
  ui: Ui,
  repository: Repository,
  request: UndoRequest,
): Promise<UndoResult | undefined> {
  try {
    return await turnOver(ui, repository, request);
  } catch (error) {
    const instead = await askInstead(ui, repository, request, error);
    return instead && undoOperationsFlow(ui, repository, instead);
  }
}

async function turnOver(
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
      if (!(await agree(ui, plan))) {
        return undefined;
      }
    }
    try {
      return await carryOut(ui, repository, request, plan);
    } catch (error) {
      if (!(await wantsAnotherPlan(ui, error))) {
        return undefined;
      }
    }
  }
}

async function carryOut(
  ui: Ui,
  repository: Repository,
  request: UndoRequest,
  plan: UndoPlan,
): Promise<UndoResult> {
  const { fingerprint, restore } = plan;
  const title = isRedo(plan.operations) ? t('Redo') : t('Undo');
  const [newest] = (await listOperations(repository, { limit: 1 })).operations;
  const result = await withProgress(title, (context) =>
    undoOperations(repository, { ...request, fingerprint }, context),
  );
  if (restore !== null) {
    const failed = result.restores.flatMap((one) => one.failed);
    const rev = restore.checkpoint?.id ?? restore.snapshot;
    await showFailed(ui, repository, { plan: restore, rev }, failed);
  }
  report(ui, repository, result, newest?.id);
  return result;
}

/** What the list said of them before: what was undone is redone. */
function isRedo(operations: readonly OperationInfo[]): boolean {
  return operations.every(({ undone }) => undone);
}

/**
 * A named operation that cannot be turned over by itself: says why, and asks what shall be done instead. Undefined:
 * nothing. Other errors go on.
 */
async function askInstead(
  ui: Ui,
  repository: Repository,
  { what, operation }: UndoRequest,
  error: unknown,
): Promise<UndoRequest | undefined> {
  if (operation === undefined) {
    throw error;
  }
  if (SnapdirError.is(error, 'NOTHING_TO_UNDO') || SnapdirError.is(error, 'REV_NOT_FOUND')) {
    void ui.prompts.info(
      what === 'undo' ? t('This was undone already.') : t('This was redone already.'),
    );
    return undefined;
  }
  if (!SnapdirError.is(error, 'CANNOT_UNDO') || error.data.obstacle !== 'later-restore') {
    throw error;
  }
  const [before] = (await listOperations(repository, { limit: 1, before: operation })).operations;
  const since = t('Undo Everything Since…');
  const list = t('Show Operations…');
  const answer = await ui.prompts.modal(
    t('This restore cannot be undone by itself, because the same files were restored later.'),
    t('Everything since can be undone with it, after a question that names all of it.'),
    [...(before === undefined ? [] : [since]), list],
  );
  if (answer === list) {
    await vscode.commands.executeCommand('snapdir.showOperations', { folder: repository.root });
  }
  return answer === since && before !== undefined ? { what: 'undo', to: before.id } : undefined;
}

function makePlan(repository: Repository, request: UndoRequest): Promise<UndoPlan> {
  const planning = request.what === 'undo' ? t('Planning the undo') : t('Planning the redo');
  return withProgress(planning, (context) => planUndoOperations(repository, request, context));
}

async function agree(ui: Ui, plan: UndoPlan): Promise<boolean> {
  const { operations, unlisted, listed } = plan;
  const [first] = operations;
  const isUndo = !isRedo(operations);
  const one = first === undefined ? '' : operationWords(first);
  const button = isUndo ? t('Undo') : t('Redo');
  const message =
    operations.length > 1
      ? isUndo
        ? t('Undo {0} operations?', operations.length)
        : t('Redo {0} operations?', operations.length)
      : isUndo
        ? t('Undo "{0}"?', one)
        : t('Redo "{0}"?', one);
  const names = operations.slice(0, NAMED).map((info) => lineOf(info, isUndo));
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

/** Of several that are undone, one that is redone among them says so. */
function lineOf(info: OperationInfo, isUndo: boolean): string {
  const words = operationWords(info);
  return isUndo && info.undone ? t('Redone: {0}', words) : words;
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

/**
 * Tells what was done and offers the way back from it, whatever is done meanwhile. It does not wait for the answer.
 * `before`: the newest operation until then.
 */
function report(
  ui: Ui,
  repository: Repository,
  result: UndoResult,
  before: RecordId | undefined,
): void {
  const { operations, restores } = result;
  const isUndo = !isRedo(operations);
  const back = isUndo ? t('Redo') : t('Undo');
  const details = t('Show Details');
  const done = doneWords(operations);
  const count = logTrouble(ui, restores);
  const trouble = t('{0} files failed, changed meanwhile, or could not keep their owner.', count);
  const shown =
    count > 0
      ? ui.prompts.warn(`${done} ${trouble}`, back, details)
      : ui.notices.tell('undone', done, [back]);
  void shown.then((answer) => {
    if (answer === details) {
      ui.showLog();
    }
    if (answer !== back) {
      return undefined;
    }
    const folder = { folder: repository.root };
    return operations.length === 1
      ? vscode.commands.executeCommand(isUndo ? 'snapdir.redoOperation' : 'snapdir.undoOperation', {
          ...folder,
          operation: operations[0]?.id,
        })
      : vscode.commands.executeCommand('snapdir.undoOperation', { ...folder, to: before });
  });
}

function doneWords(operations: readonly OperationInfo[]): string {
  const [first] = operations;
  const isUndo = !isRedo(operations);
  if (operations.length === 1 && first !== undefined) {
    const words = operationWords(first);
    return isUndo ? t('Undone: {0}', words) : t('Redone: {0}', words);
  }
  return isUndo
    ? t('{0} operations undone.', operations.length)
    : t('{0} operations redone.', operations.length);
}

/** @returns how many files it is about */
function logTrouble(ui: Ui, restores: readonly RestoreResult[]): number {
  const failed = restores.flatMap((one) => one.failed);
  const conflicts = restores.flatMap((one) => one.conflicts);
  const owners = restores.flatMap((one) => one.changedOwner);
  failed.forEach(({ path, reason }) => ui.log.warn(`Not restored: ${path} (${reason})`));
  conflicts.forEach((path) => ui.log.warn(`Changed meanwhile, its bytes were kept at: ${path}`));
  owners.forEach((path) => ui.log.warn(`Could not keep the owner of what was there: ${path}`));
  return failed.length + conflicts.length + owners.length;
}
