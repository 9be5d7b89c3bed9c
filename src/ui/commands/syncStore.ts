import * as vscode from 'vscode';
import { syncNames, type Synced } from '../../app/syncNames';
import { SnapdirError } from '../../core/errors';
import { ownNames } from '../../core/promotion/ownNames';
import { withProgress } from '../progress';
import { pickStore } from '../remotes/storeQuestions';
import { storeTitle } from '../remotes/storeWords';
import { describeError } from '../showError';
import { visible } from '../text/displayText';
import { storeNodeOf } from '../tree/remoteNodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;

/** Promotes the names that were set here to a store, and fetches what others promoted there. The folder stays as it is. */
export function syncStoreCommand(ui: Ui): CommandTypes['snapdir.syncStore'] {
  return async (argument) => {
    const title = t('Sync with Store');
    requireTrust(title);
    const node = storeNodeOf(argument);
    const given = readArgument(ui, argument);
    const name = node?.entry.name ?? given.options.store;
    const entry = await pickStore(ui, title, { ...(name !== undefined && { name }) });
    const place = node?.repository ?? given.repository;
    const repository = entry && (await findRepository(ui, place ? { repository: place } : {}));
    if (entry === undefined || repository === undefined) {
      return undefined;
    }
    const store = storeTitle(entry);
    const { refs, fetched } = await repository.engine.timeline({ limit: 1 });
    const stores = ui.remotes.all.map((one) => one.name);
    const own = ownNames({ refs: Object.keys(refs), fetched, stores });
    try {
      const synced = await withProgress(t('Syncing with "{0}"', store), (context) =>
        ui.remotes.use(entry.name, repository, (target) =>
          syncNames(repository, target, { own }, { context }),
        ),
      );
      tell(ui, store, synced);
      return synced;
    } finally {
      ui.remoteSnapshots.refresh(); // Also of what was done before it was cancelled.
    }
  };
}

/** One message for all of it; a warning where somebody has to do something. */
function tell(ui: Ui, store: string, synced: Synced): void {
  const { pushed, fetched, behind, notFetched } = synced;
  const list = (names: readonly string[]): string =>
    names.map((name) => t('"{0}"', visible(name))).join(', ');
  const failed = [...pushed.failed, ...notFetched];
  const moved = pushed.failed.filter(({ error }) => SnapdirError.is(error, 'PROMOTION_CONFLICT'));
  const left = failed.filter((one) => !moved.includes(one));
  const lost = pushed.promoted.filter(({ aside }) => aside > 0).map(({ name }) => name);
  const beside = [...new Set([...synced.aside, ...lost])];
  const again = pushed.promoted.filter(({ leftOutCount }) => leftOutCount > 0);
  const withoutSome = [...again, ...synced.without].map(({ name }) => name);
  const unreadable = synced.unreadable.map(({ name }) => name);
  const isWarning = [moved, left, beside, unreadable, synced.kept].some(({ length }) => length > 0);
  const sentences = [
    pushed.promoted.length + fetched.length === 0
      ? t('Nothing new to promote to "{0}" or to fetch.', store)
      : t(
          'Synced with "{0}": {1} promoted, {2} fetched.',
          ...[store, pushed.promoted.length, fetched.length],
        ),
    ...(behind.length > 0 ? [t('Newer there than here: {0}.', list(behind))] : []),
    ...(withoutSome.length > 0
      ? [t('Without what was left out before: {0}.', list(withoutSome))]
      : []),
    ...(moved.length > 0
      ? [t('Moved by somebody else, and left as it is: {0}.', list(moved.map(({ name }) => name)))]
      : []),
    ...left.map(({ name, error }) => t('"{0}": {1}', visible(name), describeError(error).message)),
    ...(beside.length > 0
      ? [t('Others promoted at the same time lie aside: {0}.', list(beside))]
      : []),
    ...(synced.kept.length > 0
      ? [t('Not promoted, since the store is only read from: {0}.', list(synced.kept))]
      : []),
    ...(unreadable.length > 0 ? [t('Cannot be read: {0}.', list(unreadable))] : []),
    ...(pushed.untried.length > 0 ? [t('Not tried: {0}.', list(pushed.untried))] : []),
  ];
  const text = sentences.join(' ');
  void (isWarning ? ui.prompts.warn(text) : ui.prompts.info(text));
}
