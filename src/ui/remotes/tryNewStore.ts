// A store that was asked for is tried out before it is added. What keeps it from working can be set right on the spot.
import * as vscode from 'vscode';
import { isCancelled } from '../../base/abort';
import { SnapdirError, type ErrorCode } from '../../core/errors';
import { parseRemote, type Remote, type StoredKeys } from '../../core/remote';
import type { StoreProbe } from '../../core/storePieces';
import { describeError } from '../showError';
import { visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { askKeys } from './storeQuestions';
import { makeFolderLabel, testRemote } from './testStore';

const { t } = vscode.l10n;

export type Fields = Readonly<Record<string, unknown>>;

/** A store that settings do not have yet. */
export interface NewStore {
  name: string;
  fields: Fields;
  /** Where somebody typed them in. */
  keys?: StoredKeys;
  /** Its folder is made where it is missing. */
  make?: boolean;
}

/**
 * Tries a store out and adds it. What does not work can be mended and tried again, or be added all the same: perhaps it
 * is only out of reach today.
 * @returns its name; undefined: it was not added, and its keys are forgotten
 */
export async function tryAndAdd(ui: Ui, asked: NewStore): Promise<string | undefined> {
  const { keys } = ui.remotes.ports;
  for (let store = asked; ;) {
    const { name, fields } = store;
    const remote = parseRemote(name, fields);
    if (store.keys !== undefined) {
      await keys.set(remote, store.keys);
    }
    const tried = await trial(ui, remote, store.make);
    const next = 'error' in tried ? await askWhatNow(ui, store, tried.error) : 'add';
    if (next === undefined) {
      await keys.forget(name, remote);
      return undefined;
    }
    if (next === 'add') {
      await ui.remotes.add(name, fields);
      if ('error' in tried) {
        tellAdded(ui, name);
      } else {
        tellWorks(ui, name, tried.probe);
      }
      return name;
    }
    store = next;
  }
}

async function trial(
  ui: Ui,
  remote: Remote,
  make?: boolean,
): Promise<{ probe: StoreProbe | undefined } | { error: unknown }> {
  try {
    return { probe: await testRemote(ui, remote, make) };
  } catch (error) {
    return { error };
  }
}

/** What can be done about an error, as a button; undefined where somebody thought better of it. */
interface Remedy {
  label: string;
  mend(): Promise<NewStore | undefined>;
}

async function askWhatNow(
  ui: Ui,
  store: NewStore,
  error: unknown,
): Promise<NewStore | 'add' | undefined> {
  if (isCancelled(error)) {
    return undefined;
  }
  const remedies = remediesFor(ui, store, error);
  const anyway = t('Add Anyway');
  for (;;) {
    const labels = [...remedies.map(({ label }) => label), anyway];
    const words = describeError(error).message;
    const answer = await ui.prompts.modal(t('The store does not work yet.'), words, labels);
    const remedy = remedies.find(({ label }) => label === answer);
    if (remedy === undefined) {
      return answer === anyway ? 'add' : undefined;
    }
    const mended = await remedy.mend();
    if (mended !== undefined) {
      return mended;
    }
  }
}

/** Other keys may help. */
const KEYS: readonly ErrorCode[] = [
  'REMOTE_NO_CREDENTIALS',
  'REMOTE_PROFILE_NOT_FOUND',
  'REMOTE_CREDENTIALS_FAILED',
  'REMOTE_SESSION_EXPIRED',
  'REMOTE_WRONG_SECRET',
  'REMOTE_UNKNOWN_KEY',
  'REMOTE_DENIED',
];

/** It may work when something elsewhere was set right. */
const AGAIN: readonly ErrorCode[] = [
  'REMOTE_SIGN_IN',
  'REMOTE_BUCKET_NOT_FOUND',
  'REMOTE_CLOCK_SKEW',
  'REMOTE_UNREACHABLE',
  'REMOTE_TIMEOUT',
  'REMOTE_CONNECTION_LOST',
  'REMOTE_SLOW_DOWN',
  'REMOTE_PROXY',
  'REMOTE_NOT_S3',
];

function remediesFor(ui: Ui, store: NewStore, error: unknown): Remedy[] {
  if (!SnapdirError.is(error)) {
    return [];
  }
  const withField = (key: string, value: string | undefined): NewStore | undefined =>
    value === undefined ? undefined : { ...store, fields: { ...store.fields, [key]: value } };
  if (SnapdirError.is(error, 'REMOTE_WRONG_REGION')) {
    const { region } = error.data;
    return region === undefined
      ? [
          {
            label: t('Enter the Region…'),
            mend: async () => withField('region', await askRegion(ui, store.name)),
          },
        ]
      : [
          {
            label: t('Use the Region "{0}"', visible(region)),
            mend: () => Promise.resolve(withField('region', region)),
          },
        ];
  }
  if (SnapdirError.is(error, 'REMOTE_CERTIFICATE') || SnapdirError.is(error, 'REMOTE_CA_FILE')) {
    const label = t('Choose a Certificate File…');
    return [{ label, mend: async () => withField('caFile', await askCertificates(ui)) }];
  }
  if (SnapdirError.is(error, 'REMOTE_FOLDER_NOT_FOUND')) {
    const make = { ...store, make: true };
    return [{ label: makeFolderLabel(), mend: () => Promise.resolve(make) }];
  }
  if (KEYS.includes(error.code)) {
    return [{ label: t('Enter Keys…'), mend: () => withNewKeys(ui, store) }];
  }
  return AGAIN.includes(error.code)
    ? [{ label: t('Try Again'), mend: () => Promise.resolve(store) }]
    : [];
}

async function withNewKeys(ui: Ui, store: NewStore): Promise<NewStore | undefined> {
  const keys = await askKeys(ui, store.name);
  const fields: Record<string, unknown> = { ...store.fields, auth: 'stored' };
  delete fields['profile'];
  return keys && { ...store, fields, keys };
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

function tellWorks(ui: Ui, name: string, probe: StoreProbe | undefined): void {
  const promote = t('Promote…');
  const words =
    probe?.conditional === false
      ? t(
          'The store "{0}" works and was added. It keeps no conditions on writes: of two who promote one name at once, both are told. Next, promote a snapshot to it.',
          visible(name),
        )
      : t('The store "{0}" works and was added. Next, promote a snapshot to it.', visible(name));
  offer(ui, words, promote, 'snapdir.promote');
}

function tellAdded(ui: Ui, name: string): void {
  const words = t(
    'The store "{0}" was added. It was not reached yet: test it when that may have changed.',
    visible(name),
  );
  offer(ui, words, t('Test Store'), 'snapdir.testStore', { store: name });
}

function offer(ui: Ui, words: string, button: string, command: string, ...args: object[]): void {
  void ui.prompts.info(words, button).then((answer) => {
    if (answer === button) {
      void vscode.commands.executeCommand(command, ...args);
    }
  });
}
