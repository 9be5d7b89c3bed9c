import * as vscode from 'vscode';
import type { RemoteName } from '../../app/listRemote';
import { SnapdirError } from '../../core/errors';
import { checkStoredName } from '../../core/promotion/refEntry';
import { checkName } from '../../core/refName';
import type { Target } from '../commands/targets';
import { visible, withoutIcons } from '../text/displayText';
import { relativeTime } from '../text/times';
import type { Ui } from '../uiContext';
import { addStore } from './addStore';
import { nameWords } from '../reasonWords';
import { locale } from '../words';
import { knownNames, storesInOrder } from './promoteChoices';
import { FOUND_GIT, type StoreEntry } from './storeEntry';
import { storeIcon, storePlace, storeTitle } from './storeWords';

const { t } = vscode.l10n;

type Place = vscode.QuickPickItem & { store?: string; found?: boolean; adds?: true };
type Name = vscode.QuickPickItem & { ref?: string };

/**
 * Where to promote to. Without any store or Git there is nothing to ask, and code that names a name but no store means
 * here. The store that is meant by the environment or the settings comes first; that of Git only where there is Git, and
 * there also where no store is configured. Who wants another store adds it, and goes on with that one.
 * @throws STORE_NAME_UNKNOWN
 */
export async function pickPlace(
  ui: Ui,
  target: Target,
  options: { name?: string; store?: string },
): Promise<{ store?: string; found?: boolean } | undefined> {
  if (options.store !== undefined) {
    return { store: ui.remotes.get(options.store).name };
  }
  const { all, shown, ports } = ui.remotes;
  if (options.name !== undefined) {
    return {};
  }
  const isGit = await ports.isGitAvailable(target.repository.root);
  const stores = storesInOrder(shown, { variable: ports.storeVariable(), isGit });
  if (stores.length === 0) {
    return {};
  }
  const here: Place = {
    label: t('This Workspace Only'),
    description: t('kept for good on this machine'),
    iconPath: new vscode.ThemeIcon('device-desktop'),
  };
  const title = t('Promote {0}', target.words);
  const placeHolder = t('Promote to where?');
  const add: Place = {
    label: t('Add Store…'),
    description: t('a folder or an S3 bucket'),
    iconPath: new vscode.ThemeIcon('add'),
    adds: true,
  };
  const items = [...stores.map(placeOf), here, ...(all.length === 0 ? [add] : [])];
  const picked = await ui.prompts.pick(items, { title, placeHolder });
  if (picked?.adds !== true) {
    return picked;
  }
  const store = await addStore(ui);
  return store === undefined ? undefined : { store };
}

const placeOf = (entry: StoreEntry): Place => ({
  label: withoutIcons(storeTitle(entry)),
  description: withoutIcons(storePlace(entry)),
  iconPath: new vscode.ThemeIcon(storeIcon(entry)),
  store: entry.name,
  found: entry === FOUND_GIT,
});

/**
 * A new name, or one that is used again: here, or in the store as far as somebody looked.
 * @param store undefined: here only
 */
export async function pickName(
  ui: Ui,
  target: Target,
  store: string | undefined,
): Promise<string | undefined> {
  const { repository } = target;
  const { refs, fetched } = await ui.repositories.timelineOf(repository).get();
  const seen = store === undefined ? [] : ui.remoteSnapshots.seenNames(store, repository);
  const there = seen.map(({ name }) => name);
  const stores = ui.remotes.all.map(({ name }) => name);
  const known = knownNames({ refs: Object.keys(refs), fetched, stores }, there);
  if (known.length === 0) {
    return askName(ui, target, store);
  }
  const items: Name[] = [
    { label: t('New Name…'), iconPath: new vscode.ThemeIcon('add') },
    ...known.map(({ name }) => ({
      label: withoutIcons(visible(name)),
      description: withoutIcons(heldBy(ui, store, nameIn(seen, name))),
      ref: name,
    })),
  ];
  const title = t('Promote {0}', target.words);
  const placeHolder = t('A new name, or one that this snapshot is to have from now on');
  const picked = await ui.prompts.pickOrType<Name>(items, { title, placeHolder }, (text) =>
    known.some(({ name }) => name === text)
      ? undefined
      : {
          label: t('New Name: {0}', withoutIcons(visible(text))),
          iconPath: new vscode.ThemeIcon('add'),
          ref: text,
          ...problemOf(nameProblem(text, store)),
        },
  );
  return picked === undefined ? undefined : (picked.ref ?? askName(ui, target, store));
}

const nameIn = (seen: readonly RemoteName[], wanted: string): RemoteName | undefined =>
  seen.find(({ name }) => name === wanted);

/** Whose promotion has a name now, as far as somebody looked. */
function heldBy(ui: Ui, store: string | undefined, held: RemoteName | undefined): string {
  return held === undefined
    ? t('in this workspace')
    : [
        t('in "{0}"', visible(store ?? '')),
        relativeTime(held.at, ui.clock.now(), locale()),
        visible(held.by),
      ].join(' · ');
}

const problemOf = (problem: string | undefined): { description?: string } =>
  problem === undefined ? {} : { description: problem };

/** Why a text cannot be a name, here or in a store; undefined: it can. */
function nameProblem(text: string, store: string | undefined): string | undefined {
  try {
    checkName(text.trim(), 'ref');
    if (store !== undefined) {
      checkStoredName(text.trim());
    }
    return undefined;
  } catch (error) {
    return SnapdirError.is(error, 'INVALID_NAME') ? nameWords(error.data.reason) : String(error);
  }
}

function askName(ui: Ui, target: Target, store: string | undefined): Promise<string | undefined> {
  return ui.prompts.input({
    title: t('Promote {0}', target.words),
    placeHolder: t('A name, for example: release-1.0'),
    prompt: t('A promoted snapshot has a name of its own and is never pruned.'),
    validateInput: (text) =>
      text.trim() === '' ? t('A name is needed.') : nameProblem(text, store),
  });
}
