import * as vscode from 'vscode';
import { mergeManifests } from '../../app/exchangeCheckpoints';
import type { Repository } from '../../app/repository';
import { SnapdirError } from '../../core/errors';
import type { PromotedChoice } from '../../core/promotion/promotedChoice';
import type { MergedPromotedFile } from '../../core/transferData';
import { askAboutConflicts } from '../remotes/mergeQuestions';
import { visible } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;
const NAMED = 12;

/**
 * Settles the conflict that Git left in `snapdir.json`; where there is none, puts files that a person chooses into it.
 * What stands for different snapshots is asked for; no name is dropped.
 */
export function mergeManifestsCommand(ui: Ui): CommandTypes['snapdir.mergeManifests'] {
  return async (argument) => {
    requireTrust(t('Merge Promoted Manifests'));
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return undefined;
    }
    const result = await ofConflict(repository);
    if (result !== undefined && (result.written || result.conflicts.length > 0)) {
      return settle(ui, repository, [], result);
    }
    const files = await chooseFiles(ui, repository);
    return files.length === 0
      ? result
      : settle(ui, repository, files, await mergeManifests(repository, null, { files }));
  };
}

/** Undefined: there is no `snapdir.json`. */
async function ofConflict(repository: Repository): Promise<MergedPromotedFile | undefined> {
  try {
    return await mergeManifests(repository, null);
  } catch (error) {
    if (SnapdirError.is(error, 'PATH_NOT_FOUND')) {
      return undefined;
    }
    throw error;
  }
}

async function chooseFiles(ui: Ui, repository: Repository): Promise<string[]> {
  const chosen = await ui.prompts.openFiles({
    title: t('Which promoted manifests are to be merged into snapdir.json?'),
    openLabel: t('Merge'),
    defaultUri: vscode.Uri.file(repository.root),
    filters: { [t('Promoted manifests')]: ['json'] },
  });
  return (chosen ?? []).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
}

/** Asks until nothing is in conflict; what was chosen goes again with what the files say by then. */
async function settle(
  ui: Ui,
  repository: Repository,
  files: string[],
  first: MergedPromotedFile,
): Promise<MergedPromotedFile> {
  let result = first;
  let choices: PromotedChoice[] = [];
  let kept: string[] = [];
  while (!result.settled) {
    const answer = await askAboutConflicts(ui, repository, { result, files });
    if (answer === undefined) {
      const names = namesOf(result.conflicts.map(({ name }) => name));
      void ui.prompts.info(t('Nothing was written. Still in conflict: {0}.', names));
      return result;
    }
    choices = answer.choices;
    kept = files.length > 0 && answer.prefer !== null ? result.conflicts.map((c) => c.name) : [];
    result = await mergeManifests(repository, answer.prefer, { files, choices });
  }
  const left = kept.length === 0 ? '' : ` ${t('As they were before: {0}.', namesOf(kept))}`;
  void ui.prompts.info(doneWords(files, result) + left);
  return result;
}

function doneWords(files: string[], { written, names }: MergedPromotedFile): string {
  if (files.length === 0) {
    return t('snapdir.json is whole again, names: {0}.', names);
  }
  return written
    ? t('Merged into snapdir.json, names: {0}.', names)
    : t('snapdir.json is as it was, names: {0}.', names);
}

function namesOf(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map(visible).join(', ');
  const more = names.length - NAMED;
  return more > 0 ? t('{0} and {1} more', shown, more) : shown;
}
