import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { shortId } from '../../core/ids';
import type { PromotedChoice } from '../../core/promotion/promotedChoice';
import type { Preferred, PromotedConflict } from '../../core/promotion/promotedManifest';
import type { MergedPromotedFile, PromotedClaim } from '../../core/transferData';
import { visible, withoutIcons } from '../text/displayText';
import { relativeTime } from '../text/times';
import type { Ui } from '../uiContext';
import { locale, snapshotName } from '../words';

const { t } = vscode.l10n;
const NAMED = 12;

/** Whose goes for all, or what was chosen for each. */
export interface MergeAnswer {
  prefer: Preferred;
  choices: PromotedChoice[];
}

/**
 * Lists the names that stand for different snapshots, and asks what goes. Undefined: nothing is to be written.
 * @param of.files what is put into `snapdir.json`; none: the conflict is Git's
 */
export async function askAboutConflicts(
  ui: Ui,
  repository: Repository,
  { result, files }: { result: MergedPromotedFile; files: readonly string[] },
): Promise<MergeAnswer | undefined> {
  const { conflicts, base } = result;
  const each = t('Choose One by One…');
  const [first, last] =
    files.length === 0 ? [t('Take Ours'), t('Take Theirs')] : [t('Keep What Is Here'), undefined];
  const detail = [
    ...listed(conflicts),
    '',
    ...(base
      ? []
      : [
          t(
            'What stood there before is not known: a name that only one side changed is listed, too.',
          ),
        ]),
    files.length === 0
      ? t('Whose promotion goes for all of them? Nothing was written yet.')
      : t(
          'Nothing was written yet. What is here is what snapdir.json says; where it has no such name, what the first file says.',
        ),
  ].join('\n');
  const buttons = last === undefined ? [each, first] : [first, last, each];
  const answer = await ui.prompts.modal(headline(conflicts.length, files), detail, buttons);
  if (answer === undefined) {
    return undefined;
  }
  if (answer !== each) {
    return { prefer: answer === first ? 'first' : 'last', choices: [] };
  }
  const choices = await askEach(ui, repository, result);
  return choices && { prefer: null, choices };
}

function headline(count: number, files: readonly string[]): string {
  if (files.length === 0) {
    return count === 1
      ? t('1 name stands for different snapshots in snapdir.json.')
      : t('{0} names stand for different snapshots in snapdir.json.', count);
  }
  return count === 1
    ? t('1 name stands for different snapshots in these manifests.')
    : t('{0} names stand for different snapshots in these manifests.', count);
}

function listed(conflicts: readonly PromotedConflict[]): string[] {
  const shown = conflicts
    .slice(0, NAMED)
    .map(({ name, ids, removed }) =>
      removed
        ? t('{0}: {1}, or taken away', visible(name), ids.map(shortId).join(' ↔ '))
        : t('{0}: {1}', visible(name), ids.map(shortId).join(' ↔ ')),
    );
  const more = conflicts.length - shown.length;
  return more > 0 ? [...shown, t('and {0} more', more)] : shown;
}

/** One question a name; leaving one leaves all. */
async function askEach(
  ui: Ui,
  repository: Repository,
  { conflicts, claims }: MergedPromotedFile,
): Promise<PromotedChoice[] | undefined> {
  const { checkpoints } = await ui.repositories.timelineOf(repository).get();
  const known = new Map<string, string>();
  for (const checkpoint of checkpoints) {
    const when = relativeTime(checkpoint.time, ui.clock.now(), locale());
    known.set(checkpoint.snapshot, `${snapshotName(checkpoint)}, ${when}`);
  }
  const choices: PromotedChoice[] = [];
  for (const [at, { name, ids, removed }] of conflicts.entries()) {
    const items: (vscode.QuickPickItem & { choice: PromotedChoice })[] = ids.map((snapshot) => ({
      label: shortId(snapshot),
      description: withoutIcons(sourcesOf(claims, { name, snapshot })),
      ...(known.has(snapshot) ? { detail: withoutIcons(known.get(snapshot)!) } : {}),
      choice: { name, snapshot },
    }));
    if (removed) {
      items.push({ label: t('Take the Name Away'), choice: { name, snapshot: null } });
    }
    const title = t('Merge Promoted Manifests ({0}/{1})', at + 1, conflicts.length);
    const placeHolder = t('Which snapshot is "{0}" to stand for?', visible(name));
    const picked = await ui.prompts.pick(items, { title, placeHolder, ignoreFocusOut: true });
    if (picked === undefined) {
      return undefined;
    }
    choices.push(picked.choice);
  }
  return choices;
}

/** The files that say so, each once. */
function sourcesOf(
  claims: readonly PromotedClaim[],
  of: Pick<PromotedClaim, 'name' | 'snapshot'>,
): string {
  const words = claims
    .filter(({ name, snapshot }) => name === of.name && snapshot === of.snapshot)
    .map(({ path, side }) => {
      const file = visible(basename(path));
      return side === null ? file : side === 'ours' ? t('{0}, ours', file) : t('{0}, theirs', file);
    });
  return [...new Set(words)].join(' · ');
}
