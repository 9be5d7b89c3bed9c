import * as vscode from 'vscode';
import { mergeManifests } from '../../app/exchangeCheckpoints';
import { shortId } from '../../core/ids';
import type { MergedPromotedFile } from '../../core/transferData';
import { visible } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;
const NAMED = 12;

/** Settles the conflict that Git left in `snapdir.json`. What both sides changed is asked for; no name is dropped. */
export function mergeManifestsCommand(ui: Ui): CommandTypes['snapdir.mergeManifests'] {
  return async (argument) => {
    requireTrust(t('Merge Promoted Manifests'));
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return undefined;
    }
    let result = await mergeManifests(repository, null);
    if (!result.written && result.conflicts.length > 0) {
      const prefer = await askWhose(ui, result);
      if (prefer === undefined) {
        return result;
      }
      result = await mergeManifests(repository, prefer);
    }
    void ui.prompts.info(
      result.written
        ? t('snapdir.json is whole again, names: {0}.', result.names)
        : t('There is no conflict in snapdir.json.'),
    );
    return result;
  };
}

async function askWhose(
  ui: Ui,
  { conflicts, base }: MergedPromotedFile,
): Promise<'first' | 'last' | undefined> {
  const [ours, theirs] = [t('Take Ours'), t('Take Theirs')];
  const shown = conflicts
    .slice(0, NAMED)
    .map(({ name, ids, removed }) =>
      removed
        ? t('{0}: {1}, or taken away', visible(name), ids.map(shortId).join(' ↔ '))
        : t('{0}: {1}', visible(name), ids.map(shortId).join(' ↔ ')),
    );
  const more = conflicts.length - shown.length;
  const message =
    conflicts.length === 1
      ? t('1 name stands for different snapshots in snapdir.json.')
      : t('{0} names stand for different snapshots in snapdir.json.', conflicts.length);
  const detail = [
    ...shown,
    ...(more > 0 ? [t('and {0} more', more)] : []),
    '',
    ...(base
      ? []
      : [
          t(
            'What stood there before is not known: a name that only one side changed is listed, too.',
          ),
        ]),
    t('Whose promotion goes for all of them? Nothing was written yet.'),
  ].join('\n');
  const answer = await ui.prompts.modal(message, detail, [ours, theirs]);
  return answer === ours ? 'first' : answer === theirs ? 'last' : undefined;
}
