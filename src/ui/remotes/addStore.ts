import { basename } from 'node:path';
import * as vscode from 'vscode';
import { SnapdirError } from '../../core/errors';
import { redactUrl } from '../../core/remote';
import { GIT_STORE } from '../../core/storageMode';
import { readStoreAddress } from '../../core/storeAddress';
import type { Ui } from '../uiContext';
import { withoutIcons } from '../text/displayText';
import { folderUrl } from './folderUrl';
import { GIT_FIELDS } from './storeEntry';
import {
  askKeys,
  insecureFields,
  proposedName,
  repositoryInGit,
  validAddress,
  validStoreName,
} from './storeQuestions';
import type { Fields } from './mending';
import { tryAndAdd } from './tryNewStore';

const { t } = vscode.l10n;

/** One prompt is one step. How many there will be is only known when somebody has said what kind of store it is. */
const step = (at: number, of?: number): string =>
  of === undefined ? t('Add Store ({0})', at) : t('Add Store ({0}/{1})', at, of);

/**
 * Asks for a new store in four steps at most, tries it out, and writes it into the settings. Keys are asked for as
 * *Set Credentials…* does it, once the store has a name.
 */
export async function addStore(ui: Ui): Promise<string | undefined> {
  const kind = await pickKind(ui);
  switch (kind) {
    case 'folder':
      return addFolder(ui);
    case 's3':
      return addBucket(ui);
    case 'git':
      return addGit(ui);
    default:
      return undefined;
  }
}

type Kind = 'folder' | 's3' | 'git';

async function pickKind(ui: Ui): Promise<Kind | undefined> {
  const item = (
    kind: Kind,
    icon: string,
    label: string,
    detail: string,
  ): vscode.QuickPickItem & { kind_: Kind } => ({
    ...{ label, detail, kind_: kind },
    iconPath: new vscode.ThemeIcon(icon),
  });
  const items = [
    item('folder', 'folder-library', t('Folder'), t('On this machine or a network drive')),
    item('s3', 'cloud', t('S3 Bucket'), t('AWS, Ceph, R2, B2, MinIO and others')),
  ];
  const git = item(
    'git',
    'repo',
    t('This Git Repository'),
    t('Shared by pushing and fetching refs/snapdir'),
  );
  const known = ui.remotes.all.some(({ kind }) => kind === 'git');
  const all = repositoryInGit(ui).then((found) =>
    known || found === undefined ? items : [...items, git],
  );
  const placeHolder = t('Where should promoted snapshots be kept?');
  return (await ui.prompts.pick(all, { title: step(1), placeHolder }))?.kind_;
}

async function addFolder(ui: Ui): Promise<string | undefined> {
  const options = { title: step(2, 3), openLabel: t('Use This Folder') };
  const folder = await ui.prompts.openFolder(options);
  if (folder === undefined) {
    return undefined;
  }
  const url = folderUrl(folder);
  if (url === undefined) {
    const reason = { is: 'other-machine' } as const;
    throw new SnapdirError('REMOTE_URL_INVALID', { url: redactUrl(folder.toString(true)), reason });
  }
  const fields = { url };
  const name = await askName(ui, fields, step(3, 3), basename(folder.path));
  return name === undefined ? undefined : tryAndAdd(ui, { name, fields });
}

async function addBucket(ui: Ui): Promise<string | undefined> {
  const text = await ui.prompts.input({
    ...{ title: step(2, 4), ignoreFocusOut: true, validateInput: validAddress },
    placeHolder: t('s3://bucket/prefix, or https://host/bucket/prefix where it is not AWS'),
    prompt: t('Where is the bucket, and where in it should snapshots be kept?'),
  });
  if (text === undefined) {
    return undefined;
  }
  const address = readStoreAddress(text);
  const insecure = await insecureFields(ui, address.endpoint);
  const signIn = insecure && (await pickSignIn(ui, step(3, 4)));
  if (signIn === undefined) {
    return undefined;
  }
  const fields = { ...address, ...insecure, ...signIn };
  const bucket = /^[a-z0-9]+:\/\/([^/]+)/u.exec(address.url)?.[1] ?? '';
  const name = await askName(ui, fields, step(4, 4), bucket);
  if (name === undefined || signIn.auth !== 'stored') {
    return name === undefined ? undefined : tryAndAdd(ui, { name, fields });
  }
  const keys = await askKeys(ui, name);
  return keys && tryAndAdd(ui, { name, fields, keys });
}

/** What settings say of where keys come from. */
interface SignIn {
  auth?: string;
  profile?: string;
}
type Choice = vscode.QuickPickItem & { signIn?: SignIn };

async function pickSignIn(ui: Ui, title: string): Promise<SignIn | undefined> {
  const choices = ui.remotes.ports.profiles().then((profiles): Choice[] => [
    {
      label: t("AWS's Usual Places"),
      detail: t('The environment, then AWS_PROFILE or the default profile'),
      signIn: {},
    },
    {
      label: t('Enter Keys…'),
      detail: t(
        'Asked for when the store has a name; kept in the secret storage of this machine, never in settings',
      ),
      signIn: { auth: 'stored' },
    },
    {
      label: t('None'),
      detail: t('A bucket that everybody may read'),
      signIn: { auth: 'anonymous' },
    },
    ...(profiles.length === 0
      ? []
      : [{ label: t('AWS profiles'), kind: vscode.QuickPickItemKind.Separator }]),
    ...profiles.map((profile) => ({
      label: withoutIcons(profile),
      description: '~/.aws',
      signIn: { auth: 'profile', profile },
    })),
  ]);
  const placeHolder = t('Where do the keys come from?');
  return (await ui.prompts.pick(choices, { title, placeHolder }))?.signIn;
}

async function askName(
  ui: Ui,
  fields: Fields,
  title: string,
  word: string,
): Promise<string | undefined> {
  const name = await ui.prompts.input({
    ...{ title, value: proposedName(ui, word), ignoreFocusOut: true },
    prompt: t('A name for the store, as you and your team call it'),
    validateInput: validStoreName(ui, fields),
  });
  return name?.trim();
}

async function addGit(ui: Ui): Promise<string | undefined> {
  const repository = await repositoryInGit(ui);
  if (repository === undefined) {
    return undefined;
  }
  await (await ui.remotes.ports.openGit(repository.root)).close();
  await ui.remotes.add(GIT_STORE, { ...GIT_FIELDS });
  void ui.prompts.info(
    t(
      'Snapshots can be promoted to this Git repository. "git push origin \'refs/snapdir/*:refs/snapdir/*\'" shares them.',
    ),
  );
  return GIT_STORE;
}
