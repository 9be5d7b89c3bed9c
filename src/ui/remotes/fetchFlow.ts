import * as vscode from 'vscode';
import { fetchSnapshot, type Fetched } from '../../app/fetchSnapshot';
import { lookAtSnapshot } from '../../app/lookAtSnapshot';
import type { Repository } from '../../app/repository';
import { withProgress } from '../progress';
import { byteSize } from '../text/amounts';
import { visible } from '../text/displayText';
import type { RemoteSubject } from '../tree/remoteNodes';
import type { Ui } from '../uiContext';
import { locale } from '../words';

const { t } = vscode.l10n;

/** Fetches a promoted snapshot into the local store, with progress. Nothing in the folder changes. */
export async function fetchFrom(
  ui: Ui,
  repository: Repository,
  { store, name, words }: Pick<RemoteSubject, 'store' | 'name' | 'words'>,
): Promise<Fetched> {
  const title = t('Fetching "{0}" from "{1}"', visible(words), visible(store));
  const fetched = await withProgress(title, (context) =>
    ui.remotes.use(store, repository, (target) =>
      fetchSnapshot(repository, target, { name }, context),
    ),
  );
  ui.remoteSnapshots.refresh();
  return fetched;
}

/**
 * Makes a promoted snapshot one that can be compared and looked into. Its files come when they are opened.
 * @returns its id, which is a REV
 */
export async function lookInto(
  ui: Ui,
  repository: Repository,
  { store, name, words }: Pick<RemoteSubject, 'store' | 'name' | 'words'>,
): Promise<string> {
  const title = t('Looking into "{0}" in "{1}"', visible(words), visible(store));
  const looked = await withProgress(title, (context) =>
    ui.remotes.use(store, repository, (target) =>
      lookAtSnapshot(repository, target, { name }, context),
    ),
  );
  const { snapshot, nonce } = looked;
  // By its nonce: the name may stand for something else by the time that somebody wants all of it.
  const exact = looked.name === null || nonce === null ? snapshot : `${looked.name}#${nonce}`;
  await ui.lookedAt.note({ root: repository.root, snapshot, store, name: exact, words });
  return snapshot;
}

/** Says what came, and offers to compare with it. */
export function tellFetched(
  ui: Ui,
  repository: Repository,
  { store, words }: Pick<RemoteSubject, 'store' | 'words'>,
  { recorded, received, checkpoint, aside, kept }: Fetched,
): void {
  const compare = t('Compare with Current');
  const size = byteSize(received.bytes, locale());
  const done = recorded
    ? t(
        '"{0}" from "{1}" is in the timeline now: {2} objects, {3} fetched.',
        visible(words),
        visible(store),
        received.objects,
        size,
      )
    : t('"{0}" from "{1}" was here already.', visible(words), visible(store));
  const others =
    aside === 0 ? '' : ` ${t('Other promotions of this name that lie aside: {0}.', aside)}`;
  const own =
    kept === null ? '' : ` ${t('"{0}" is a name that you set, and was not moved.', visible(kept))}`;
  const text = done + own + others;
  const told =
    kept === null ? ui.notices.tell('fetched', text, [compare]) : ui.prompts.info(text, compare);
  void told.then((answer) =>
    answer === compare
      ? vscode.commands.executeCommand('snapdir.compareWithWorkspace', {
          folder: repository.root,
          rev: checkpoint.id,
        })
      : undefined,
  );
}
