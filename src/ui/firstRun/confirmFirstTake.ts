import * as vscode from 'vscode';
import { firstTakeConcern } from '../../app/firstTake';
import type { Repository } from '../../app/repository';
import type { FolderEstimate } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { byteSize } from '../text/amounts';
import { visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { filesWords, locale } from '../words';

const { t } = vscode.l10n;

/**
 * Asks before the first snapshot of a home folder, a whole disk or very much, with an estimate.
 * @returns whether to go on; true at once for every later snapshot
 * @throws an AbortError when the count was cancelled
 */
export async function confirmFirstTake(
  ui: Ui,
  repository: Repository,
  folder: RelPath | undefined,
): Promise<boolean> {
  const concern = await withProgress(t('Counting files'), (context) =>
    firstTakeConcern(repository, folder, context),
  );
  if (concern === undefined) {
    return true;
  }
  const take = t('Take Snapshot');
  const settings = t('Open Settings');
  const name = visible(repository.name);
  const answer = await ui.prompts.modal(questionOf(concern, name), detailOf(concern), [
    take,
    settings,
  ]);
  if (answer === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'snapdir.exclude');
  }
  return answer === take;
}

function questionOf({ place }: FolderEstimate, name: string): string {
  switch (place) {
    case 'home':
      return t('Take a snapshot of your whole home folder "{0}"?', name);
    case 'desktop':
      return t('Take a snapshot of everything in "{0}"?', name);
    case 'disk':
      return t('Take a snapshot of the whole disk?');
    case null:
      return t('"{0}" is very large. Take a snapshot of it?', name);
  }
}

function detailOf({ files, bytes, complete }: FolderEstimate): string {
  const size = byteSize(bytes, locale());
  const amount = complete
    ? t('It holds about {0} ({1}).', filesWords(files), size)
    : t('It holds more than {0} ({1}).', filesWords(files), size);
  const advice = t(
    'The first snapshot reads all of it, and .snapdir will need that much space. What snapshots leave out is up to the settings and to .snapdirignore files. Later snapshots are not asked about.',
  );
  return `${amount} ${advice}`;
}
