// What can be set right about a store that does not work, as buttons: in the wizard, and at errors of stores in the settings.
import * as vscode from 'vscode';
import { SnapdirError } from '../../core/errors';
import type { StoredKeys } from '../../core/remote';
import { visible, withoutIcons } from '../text/displayText';
import type { Ui } from '../uiContext';
import { remediesFor, signInCommand, type Remedy } from './remedies';
import { askKeys } from './storeQuestions';
import { makeFolderLabel } from './testStore';

const { t } = vscode.l10n;

export type Fields = Readonly<Record<string, unknown>>;

/** A store as its settings are, or will be. */
export interface StoreDraft {
  name: string;
  fields: Fields;
  /** Where somebody typed them in. */
  keys?: StoredKeys;
  /** Its folder is made where it is missing. */
  make?: boolean;
}

/** What can be done about an error, as a button; `mend` gives undefined where somebody thought better of it. */
export interface RemedyButton {
  remedy: Remedy;
  label: string;
  mend(): Promise<StoreDraft | undefined>;
}

/** The buttons for an error of a store, the main one first. */
export async function remedyButtons(
  ui: Ui,
  store: StoreDraft,
  error: unknown,
  configured: boolean,
): Promise<RemedyButton[]> {
  const profiles = await ui.remotes.ports.profiles().catch(() => []);
  const of = { profiles: profiles.length > 0, configured };
  return remediesFor(error, of).map((remedy) => ({
    remedy,
    label: labelOf(remedy, error, configured),
    mend: () => mend(ui, store, { remedy, error, profiles }),
  }));
}

function labelOf(remedy: Remedy, error: unknown, configured: boolean): string {
  const region = SnapdirError.is(error, 'REMOTE_WRONG_REGION') ? error.data.region : undefined;
  const labels: Record<Remedy, string> = {
    keys: configured ? t('Set Credentials…') : t('Enter Keys…'),
    profile: t('Pick AWS Profile…'),
    signIn: t('Copy "aws sso login"'),
    region: t('Use the Region "{0}"', visible(region ?? '')),
    askRegion: t('Enter the Region…'),
    certificate: t('Choose a Certificate File…'),
    make: makeFolderLabel(),
    again: t('Try Again'),
  };
  return labels[remedy];
}

async function mend(
  ui: Ui,
  store: StoreDraft,
  of: { remedy: Remedy; error: unknown; profiles: readonly string[] },
): Promise<StoreDraft | undefined> {
  const { error } = of;
  const withField = (key: string, value: string | undefined): StoreDraft | undefined =>
    value === undefined ? undefined : { ...store, fields: { ...store.fields, [key]: value } };
  switch (of.remedy) {
    case 'keys':
      return withNewKeys(ui, store);
    case 'profile': {
      const profile = await pickProfile(ui, of.profiles);
      return profile === undefined
        ? undefined
        : { name: store.name, fields: { ...store.fields, auth: 'profile', profile } };
    }
    case 'signIn':
      await copySignIn(ui, SnapdirError.is(error, 'REMOTE_SIGN_IN') ? error.data.profile : '');
      return undefined;
    case 'region':
      return withField(
        'region',
        SnapdirError.is(error, 'REMOTE_WRONG_REGION') ? error.data.region : undefined,
      );
    case 'askRegion':
      return withField('region', await askRegion(ui, store.name));
    case 'certificate':
      return withField('caFile', await askCertificates(ui));
    case 'make':
      return { ...store, make: true };
    case 'again':
      return store;
  }
}

async function copySignIn(ui: Ui, profile: string): Promise<void> {
  const command = signInCommand(profile);
  await vscode.env.clipboard.writeText(command);
  ui.prompts.status(t('"{0}" was copied: run it in a terminal, then try again.', command), 10_000);
}

async function withNewKeys(ui: Ui, store: StoreDraft): Promise<StoreDraft | undefined> {
  const keys = await askKeys(ui, store.name);
  const fields: Record<string, unknown> = { ...store.fields, auth: 'stored' };
  delete fields['profile'];
  return keys && { ...store, fields, keys };
}

async function pickProfile(ui: Ui, profiles: readonly string[]): Promise<string | undefined> {
  const items = profiles.map((profile) => ({
    ...{ label: withoutIcons(profile), description: '~/.aws', profile },
  }));
  const title = t('AWS profiles');
  const placeHolder = t('Where do the keys come from?');
  return (await ui.prompts.pick(items, { title, placeHolder }))?.profile;
}

async function askRegion(ui: Ui, store: string): Promise<string | undefined> {
  const region = await ui.prompts.input({
    title: t('The Region of "{0}"', visible(store)),
    ...{ placeHolder: 'eu-west-3', ignoreFocusOut: true },
    prompt: t('Where the bucket is, as whoever runs it calls it'),
    validateInput: (text) =>
      /^[A-Za-z0-9-]+$/u.test(text.trim())
        ? undefined
        : t('A region has letters, digits and hyphens only.'),
  });
  return region?.trim();
}

async function askCertificates(ui: Ui): Promise<string | undefined> {
  const file = await ui.prompts.openFile({
    title: t('Certificates of Your Own Authority (PEM)'),
    openLabel: t('Trust These'),
    filters: { PEM: ['pem', 'crt', 'cer'], '*': ['*'] },
  });
  return file?.fsPath;
}
