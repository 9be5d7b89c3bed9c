import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { SnapdirError } from '../../core/errors';
import {
  checkEndpoint,
  isInsecure,
  parseRemote,
  parseRemoteUrl,
  type StoredKeys,
} from '../../core/remote';
import { GIT_STORE } from '../../core/storageMode';
import { describeError } from '../showError';
import { withoutIcons } from '../text/displayText';
import type { Ui } from '../uiContext';
import type { StoreEntry } from './remotes';
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
  const all = ui.remotes.all.filter((entry) => options.fits?.(entry) ?? true);
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

function sayNoStore(ui: Ui): Promise<void> {
  const add = t('Add Store…');
  const said = ui.prompts.info(t('There is no store for this. Add one first.'), add);
  void said.then((answer) =>
    answer === add ? vscode.commands.executeCommand('snapdir.addStore') : undefined,
  );
  return Promise.resolve();
}

/** Asks for a pair of keys; nobody can read them while they are typed. Undefined: nobody entered any. */
export async function askKeys(ui: Ui, title: string): Promise<StoredKeys | undefined> {
  const needed = (text: string): string | undefined =>
    text.trim() === '' ? t('This is needed.') : undefined;
  const ask = (prompt: string, optional = false): Promise<string | undefined> =>
    ui.prompts.input({
      ...{ title, prompt, password: true, ignoreFocusOut: true },
      ...(optional ? {} : { validateInput: needed }),
    });
  const accessKeyId = (await ask(t('Access key id')))?.trim();
  const secretAccessKey = accessKeyId && (await ask(t('Secret access key')))?.trim();
  if (!accessKeyId || !secretAccessKey) {
    return undefined;
  }
  const token = await ask(t('Session token (leave empty for keys that do not expire)'), true);
  if (token === undefined) {
    return undefined;
  }
  const sessionToken = token.trim();
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
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

/** `bucket/prefix` means `s3://bucket/prefix`. */
export function bucketUrl(text: string): string {
  const trimmed = text.trim();
  return /^[a-z0-9]+:/u.test(trimmed) ? trimmed : `s3://${trimmed}`;
}

/** Whether a text names a bucket. */
export const validBucket = saying((text) => {
  const url = bucketUrl(text);
  if (parseRemoteUrl(url).kind !== 's3') {
    const reason = t('it must look like s3://bucket/prefix');
    throw new SnapdirError('REMOTE_URL_INVALID', { url, reason });
  }
});

/** Whether a text is an endpoint; unencrypted ones are warned of, and asked about afterwards. */
export const validEndpoint: NonNullable<Invalid> = (text) => {
  const endpoint = text.trim();
  const check = saying((one) => checkEndpoint('', one, true));
  const wrong = endpoint === '' ? undefined : check(endpoint);
  if (wrong !== undefined || !isInsecure(endpoint)) {
    return wrong;
  }
  return { message: readOnTheWay(), severity: vscode.InputBoxValidationSeverity.Warning };
};

const readOnTheWay = (): string =>
  t('What is sent can be read on the way: this does not begin with https://.');

/** What settings say of an endpoint that does not encrypt; undefined where nobody wants it so. */
export async function insecureFields(
  ui: Ui,
  endpoint: string,
): Promise<{ allowInsecure?: true } | undefined> {
  if (!isInsecure(endpoint.trim())) {
    return {};
  }
  const anyway = t('Use It Anyway');
  const question = t('Use an endpoint that does not encrypt?');
  const answer = await ui.prompts.modal(question, readOnTheWay(), [anyway]);
  return answer === anyway ? { allowInsecure: true } : undefined;
}

/** Whether a store can be called that. */
export function validStoreName(ui: Ui, url: string): NonNullable<Invalid> {
  return saying((name) => {
    if (name === GIT_STORE) {
      throw new SnapdirError('INVALID_NAME', { name, reason: 'store-git' });
    }
    if (ui.remotes.all.some((one) => one.name === name)) {
      throw new SnapdirError('INVALID_NAME', { name, reason: 'store-taken' });
    }
    parseRemote(name, { url });
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
