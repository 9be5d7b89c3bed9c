import * as vscode from 'vscode';
import { takeSnapshot } from '../../app/takeSnapshot';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo, TakeResult } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { confirmFirstTake } from '../firstRun/confirmFirstTake';
import { withProgress } from '../progress';
import { changeTotal } from '../text/amounts';
import { visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { changeWords, skipWords } from '../words';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';
import { pickLiveFolder } from '../pickers/pickLiveFolder';

const { t } = vscode.l10n;
/** How long the status bar says what was taken. */
const SAID_FOR = 5_000;

/** Takes a snapshot of everything; asks for a message that may stay empty. */
export function takeSnapshotCommand(ui: Ui): CommandTypes['snapdir.takeSnapshot'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    if (repository === undefined || !(await confirmFirstTake(ui, repository, undefined))) {
      return undefined;
    }
    const message = given.options.message ?? (await askMessage(ui, t('Take Snapshot')));
    return message === undefined ? undefined : take(ui, repository, message);
  };
}

/** Takes a snapshot in which only one folder is looked at; the rest is carried over. */
export function takeSnapshotOfFolderCommand(ui: Ui): CommandTypes['snapdir.takeSnapshotOfFolder'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    const path = given.path ?? (repository && (await pickLiveFolder(ui, repository)));
    if (repository === undefined || path === undefined) {
      return undefined;
    }
    if (!(await confirmFirstTake(ui, repository, path))) {
      return undefined;
    }
    const title = t('Take Snapshot of "{0}"', path === '' ? repository.name : visible(path));
    const message = given.options.message ?? (await askMessage(ui, title));
    return message === undefined ? undefined : take(ui, repository, message, path);
  };
}

function askMessage(ui: Ui, title: string): Promise<string | undefined> {
  return ui.prompts.input({
    title,
    placeHolder: t('Message (optional)'),
    prompt: t('Press Enter to take the snapshot, Escape to leave it.'),
  });
}

async function take(
  ui: Ui,
  repository: Repository,
  message: string,
  folder?: RelPath,
): Promise<CheckpointInfo> {
  const request = {
    message: message.trim(),
    trigger: 'manual' as const,
    ...(folder === undefined ? {} : { folder }),
  };
  const result = await withProgress(t('Taking a snapshot'), (context) =>
    takeSnapshot(repository, request, context),
  );
  report(ui, result);
  return result.checkpoint;
}

function report(ui: Ui, result: TakeResult): void {
  const changed = changeTotal(result.changes) === 0;
  const words = changed
    ? t('Snapshot taken. Nothing changed since the last one.')
    : t('Snapshot taken: {0}.', changeWords(result.changes));
  vscode.window.setStatusBarMessage(`$(check) ${words}`, SAID_FOR);
  const left = result.skipped.length + result.unstable.length;
  if (left === 0) {
    return;
  }
  for (const { path, reason, detail } of result.skipped) {
    ui.log.warn(`Not captured: ${path} (${skipWords(reason)}${detail ? `, ${detail}` : ''})`);
  }
  for (const path of result.unstable) {
    ui.log.warn(`Changed while it was read: ${path}`);
  }
  const details = t('Show Details');
  const message =
    result.unstable.length === 0
      ? t('Snapshot taken, but {0} could not be captured.', itemWords(result.skipped.length))
      : t(
          'Snapshot taken, but {0} could not be captured and {1} changed while being read.',
          itemWords(result.skipped.length),
          itemWords(result.unstable.length),
        );
  void ui.notices.show('notCaptured', 'warn', message, details).then((answer) => {
    if (answer === details) {
      ui.showLog();
    }
  });
}

function itemWords(count: number): string {
  return count === 1 ? t('1 path') : t('{0} paths', count);
}
