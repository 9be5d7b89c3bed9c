import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { SnapdirError } from '../../core/errors';
import { isInsecure, parseRemote, type Remote, type StoredKeys } from '../../core/remote';
import { GIT_STORE } from '../../core/storageMode';
import { readStoreAddress } from '../../core/storeAddress';
import { describeError } from '../showError';
import { visible, withoutIcons } from '../text/displayText';
import type { Ui } from '../uiContext';
import { mayHaveKeys, type StoreEntry } from './storeEntry';
import { storePlace, storeTitle } from './storeWords';

const { t } = vscode.l10n;

/** The store that is meant: the one that was named, the only one, or the one that a person picks. */
export async function pickStore(
  ui: Ui,
  title: string,
  options: { name?: string | undefined; fits?: (entry: StoreEntry) => boolean } = {},
): Promise<StoreEntry | undefined> {
  if (options.name !== undefined) {
    return ui.remotes.get(options.name);
  }
  const all = ui.remotes.shown.filter((entry) => options.fits?.(entry) ?? true);
  if (all.length === 0) {
    await sayNoStore(ui);
    return undefined;
  }
  const [only] = all;
  if (all.length === 1) {
    return only;
  }
  const items = all.map((entry) => ({
    label: withoutIcons(storeTitle(entry)),
    description: withoutIcons(storePlace(entry)),
    entry,
  }));
  const picked = await ui.prompts.pick(items, { title, placeHolder: t('Which store?') });
  return picked?.entry;
}

/** Whose keys to forget; without `remote` its settings are gone, or cannot be used. */
export interface KeyHolder {
  name: string;
  remote?: Remote;
}

/**
 * The store whose keys are meant, among those that can have any and those that have some but are none of the settings
 * any more: nothing else would tell of these. @throws STORE_NAME_UNKNOWN
 */
export async function pickKeyHolder(
  ui: Ui,
  title: string,
  name: string | undefined,
): Promise<KeyHolder | undefined> {
  const left = await ui.remotes.leftWithKeys();
  if (name !== undefined) {
    const isGone = left.includes(name) && !ui.remotes.all.some((one) => one.name === name);
    return isGone ? { name } : holderOf(ui.remotes.get(name));
  }
  const items = [
    ...ui.remotes.all.filter(mayHaveKeys).map((entry) => ({
      label: withoutIcons(storeTitle(entry)),
      description: withoutIcons(storePlace(entry)),
      holder: holderOf(entry),
    })),
    ...left.map((gone) => ({
      label: withoutIcons(visible(gone)),
      description: t('keys of a store that is not in your settings any more'),
      holder: { name: gone },
    })),
  ];
  if (items.length === 0) {
    void ui.prompts.info(t('There are no keys in the secret storage.'));
    return undefined;
  }
  const placeHolder = t('Which store?');
  const picked =
    items.length === 1 ? items[0] : await ui.prompts.pick(items, { title, placeHolder });
  return picked?.holder;
}

function holderOf(entry: StoreEntry): KeyHolder {
  return entry.kind === 'remote'
    ? { name: entry.name, remote: entry.remote }
    : { name: entry.name };
}

function sayNoStore(ui: Ui): Promise<void> {
  const add = t('Add Store…');
  const said = ui.prompts.info(t('There is no store for this. Add one first.'), add);
  void said.then((answer) =>
    answer === add ? vscode.commands.executeCommand('snapdir.addStore') : undefined,
  );
  return Promise.resolve();
}

/**
 * Asks for the keys of a store in three steps; nobody can read them while they are typed.
 * @returns undefined: nobody entered any
 */
export async function askKeys(ui: Ui, store: string): Promise<StoredKeys | undefined> {
  const needed = (text: string): string | undefined =>
    text.trim() === '' ? t('This is needed.') : undefined;
  const ask = async (at: number, prompt: string): Promise<string | undefined> => {
    const title = t('Credentials for "{0}" ({1}/{2})', visible(store), at, 3);
    const validate = at === 3 ? {} : { validateInput: needed };
    const options = { title, prompt, password: true, ignoreFocusOut: true, ...validate };
    return (await ui.prompts.input(options))?.trim();
  };
  const accessKeyId = await ask(1, t('Access key id'));
  const secretAccessKey = accessKeyId && (await ask(2, t('Secret access key')));
  if (!accessKeyId || !secretAccessKey) {
    return undefined;
  }
  const token = await ask(3, t('Session token (leave empty for keys that do not expire)'));
  return token === undefined
    ? undefined
    : { accessKeyId, secretAccessKey, ...(token === '' ? {} : { sessionToken: token }) };
}

type Invalid = vscode.InputBoxOptions['validateInput'];

/** Says what is wrong with a text while it is typed. */
function saying(check: (text: string) => void): NonNullable<Invalid> {
  return (text) => {
    try {
      check(text.trim());
      return undefined;
    } catch (error) {
      return describeError(error).message;
    }
  };
}

/** Whether a text says where a bucket is; an unencrypted endpoint is warned of, and asked about afterwards. */
export const validAddress: NonNullable<Invalid> = (text) => {
  const check = saying((one) => {
    parseRemote('store', { ...readStoreAddress(one), allowInsecure: true });
  });
  const wrong = check(text);
  if (wrong !== undefined || !isInsecure(text.trim())) {
    return wrong;
  }
  return { message: readOnTheWay(), severity: vscode.InputBoxValidationSeverity.Warning };
};

const readOnTheWay = (): string =>
  t('What is sent can be read on the way: this does not begin with https://.');

/** What settings say of an endpoint that does not encrypt; undefined where nobody wants it so. */
export async function insecureFields(
  ui: Ui,
  endpoint: string | undefined,
): Promise<{ allowInsecure?: true } | undefined> {
  if (endpoint === undefined || !isInsecure(endpoint)) {
    return {};
  }
  const anyway = t('Use It Anyway');
  const question = t('Use an endpoint that does not encrypt?');
  const answer = await ui.prompts.modal(question, readOnTheWay(), [anyway]);
  return answer === anyway ? { allowInsecure: true } : undefined;
}

/** A name that no store has yet, made of a word: `acme-snaps`, `acme-snaps-2`. */
export function proposedName(ui: Ui, word: string): string {
  const taken = new Set([GIT_STORE, ...ui.remotes.all.map(({ name }) => name)]);
  const fitting = word.replace(/[^A-Za-z0-9._-]+/gu, '-').replace(/^[^A-Za-z0-9]+/u, '');
  const base = fitting.slice(0, 50) || 'store';
  let name = base;
  for (let n = 2; taken.has(name); n++) {
    name = `${base}-${n}`;
  }
  return name;
}

/** Whether a store of these settings can be called that. */
export function validStoreName(ui: Ui, fields: Record<string, unknown>): NonNullable<Invalid> {
  return saying((name) => {
    if (name === GIT_STORE) {
      throw new SnapdirError('INVALID_NAME', { name, reason: 'store-git' });
    }
    if (ui.remotes.all.some((one) => one.name === name)) {
      throw new SnapdirError('INVALID_NAME', { name, reason: 'store-taken' });
    }
    parseRemote(name, fields);
  });
}

/** The first folder that is in a Git repository. */
export async function repositoryInGit(ui: Ui): Promise<Repository | undefined> {
  for (const repository of ui.repositories.all) {
    if (await ui.remotes.ports.isGitAvailable(repository.root)) {
      return repository;
    }
  }
  return undefined;
}

/** A repository to work with; stores that are no folder of it need one all the same. */
export function anyRepository(ui: Ui): Repository | undefined {
  return ui.repositories.all[0];
}
