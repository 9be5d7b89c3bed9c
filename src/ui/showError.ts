import * as vscode from 'vscode';
import { isCancelled } from '../base/abort';
import type { Logger } from '../base/logger';
import { SnapdirError, type ErrorCode, type ErrorData } from '../core/errors';
import type { ErrorAction, ErrorWords } from './errorAction';
import { errorWords } from './errorWords';
import type { Prompts } from './prompts';

const { t } = vscode.l10n;

/** An error in words for people, whoever threw it. */
export function describeError(error: unknown): ErrorWords {
  if (SnapdirError.is(error)) {
    return wordsOf(error.code, error.data);
  }
  return {
    message: t('Internal error: {0}', error instanceof Error ? error.message : String(error)),
    actions: ['showLog'],
  };
}

function wordsOf<C extends ErrorCode>(code: C, data: ErrorData[C]): ErrorWords {
  return errorWords[code](data);
}

/** A button of an error. */
export interface ErrorButton {
  label: string;
  run(): Thenable<void>;
}

/**
 * Logs an error in full and shows it in short. Cancellation is neither.
 * @param first what may help, before what is offered with every error of the kind; the first one is the main button
 */
export async function showError(
  prompts: Prompts,
  log: Logger,
  what: string,
  error: unknown,
  first: readonly ErrorButton[] = [],
): Promise<void> {
  if (isCancelled(error)) {
    return;
  }
  log.error(what, error);
  const { message, actions = [] } = describeError(error);
  const own = actions.map((action) => ({
    label: actionLabel(action),
    run: () => runAction(action),
  }));
  const buttons = [...first, ...own];
  const answer = await prompts.error(message, ...buttons.map((button) => button.label));
  await buttons.find((button) => button.label === answer)?.run();
}

function actionLabel(action: ErrorAction): string {
  const labels: Record<ErrorAction, string> = {
    showLog: t('Show Log'),
    verifyStore: t('Verify Store'),
    repair: t('Repair…'),
    adopt: t('Adopt…'),
    refresh: t('Refresh'),
    recover: t('Finish or Undo…'),
    manageTrust: t('Manage Workspace Trust'),
    settings: t('Open Settings'),
    collectGarbage: t('Collect Garbage…'),
  };
  return labels[action];
}

async function runAction(action: ErrorAction): Promise<void> {
  const commands: Record<ErrorAction, [string, ...unknown[]]> = {
    showLog: ['snapdir.showLog'],
    verifyStore: ['snapdir.verifyStore'],
    repair: ['snapdir.repair'],
    adopt: ['snapdir.adopt'],
    refresh: ['snapdir.refresh'],
    recover: ['snapdir.recoverRestore'],
    manageTrust: ['workbench.trust.manage'],
    settings: ['workbench.action.openSettings', 'snapdir'],
    collectGarbage: ['snapdir.collectGarbage'],
  };
  const [command, ...args] = commands[action];
  await vscode.commands.executeCommand(command, ...args);
}
