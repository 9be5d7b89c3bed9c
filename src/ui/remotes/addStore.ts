import { basename } from 'node:path';
import * as vscode from 'vscode';
import { SnapdirError } from '../../core/errors';
import { parseRemote, redactUrl, type StoredKeys } from '../../core/remote';
import { GIT_STORE } from '../../core/storageMode';
import { describeError } from '../showError';
import { isCancelled } from '../../base/abort';
import type { Ui } from '../uiContext';
import { withoutIcons } from '../text/displayText';
import { folderUrl } from './folderUrl';
import { GIT_FIELDS } from './storeEntry';
import {
  askKeys,
  bucketUrl,
  insecureFields,
  repositoryInGit,
  validBucket,
  validEndpoint,
  validStoreName,
} from './storeQuestions';
import { testRemote } from './testStore';

const { t } = vscode.l10n;

type Fields = Record<string, unknown>;
interface Credentials {
  fields: Fields;
  keys?: StoredKeys;
}

const step = (at: number, of: number): string => t('Add Store ({0}/{1})', at, of);

/** Asks for a new store in at most four steps, tries it out, and writes it into the settings. */
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

async function pickKind(ui: Ui): Promise<'folder' | 's3' | 'git' | undefined> {
  const item = (
    kind: 'folder' | 's3' | 'git',
    icon: string,
    label: string,
    detail: string,
  ): vscode.QuickPickItem & { kind_: 'folder' | 's3' | 'git' } => ({
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
  return (await ui.prompts.pick(all, { title: step(1, 4), placeHolder }))?.kind_;
}

async function addFolder(ui: Ui): Promise<string | undefined> {
  const options = { title: step(2, 3), openLabel: t('Use This Folder') };
  const folder = await ui.prompts.openFolder(options);
  if (folder === undefined) {
    return undefined;
  }
  const url = folderUrl(folder);
  if (url === undefined) {
    const reason = t(
      'it is on another machine. Give it a drive letter or mount it, then choose it there',
    );
    throw new SnapdirError('REMOTE_URL_INVALID', { url: redactUrl(folder.toString(true)), reason });
  }
  const name = await askName(ui, url, { title: step(3, 3), value: basename(folder.path) });
  return name === undefined ? undefined : finish(ui, name, { fields: { url } });
}

async function addBucket(ui: Ui): Promise<string | undefined> {
  const input = (options: vscode.InputBoxOptions): Promise<string | undefined> =>
    ui.prompts.input({ title, ignoreFocusOut: true, ...options });
  const title = step(2, 4);
  const bucket = await input({
    placeHolder: 's3://bucket/prefix',
    prompt: t('The bucket, and where in it'),
    validateInput: validBucket,
  });
  if (bucket === undefined) {
    return undefined;
  }
  const endpoint = await input({
    placeHolder: 'https://s3.example.com',
    prompt: t('The endpoint. Leave it empty for AWS.'),
    validateInput: validEndpoint,
  });
  const insecure = endpoint === undefined ? undefined : await insecureFields(ui, endpoint);
  if (endpoint === undefined || insecure === undefined) {
    return undefined;
  }
  const region =
    endpoint &&
    (await input({
      placeHolder: 'us-east-1',
      prompt: t('The region. Leave it empty where there is none to choose.'),
    }));
  const credentials = region === undefined ? undefined : await pickCredentials(ui);
  if (credentials === undefined) {
    return undefined;
  }
  const url = bucketUrl(bucket);
  const place = Object.entries({ endpoint, region })
    .map(([key, value]) => [key, value?.trim()] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const fields = { url, ...Object.fromEntries(place), ...insecure, ...credentials.fields };
  const value = /^s3:\/\/([^/]+)/u.exec(url)?.[1] ?? '';
  const name = await askName(ui, url, { title: step(4, 4), value });
  return name === undefined ? undefined : finish(ui, name, { ...credentials, fields });
}

type Choice = vscode.QuickPickItem & { fields?: Fields; ask?: true };

async function pickCredentials(ui: Ui): Promise<Credentials | undefined> {
  const title = step(3, 4);
  const choices = ui.remotes.ports.profiles().then((profiles): Choice[] => [
    {
      label: t("AWS's Usual Places"),
      detail: t('The environment, then AWS_PROFILE or the default profile'),
      fields: {},
    },
    {
      label: t('Enter Keys…'),
      detail: t('Kept in the secret storage of this machine, never in settings'),
      ask: true,
    },
    {
      label: t('None'),
      detail: t('A bucket that everybody may read'),
      fields: { auth: 'anonymous' },
    },
    ...(profiles.length === 0
      ? []
      : [{ label: t('AWS profiles'), kind: vscode.QuickPickItemKind.Separator }]),
    ...profiles.map((profile) => ({
      label: withoutIcons(profile),
      description: '~/.aws',
      fields: { auth: 'profile', profile },
    })),
  ]);
  const placeHolder = t('Where do the keys come from?');
  const picked = await ui.prompts.pick(choices, { title, placeHolder });
  if (picked?.ask !== true) {
    return picked?.fields && { fields: picked.fields };
  }
  const keys = await askKeys(ui, title);
  return keys && { fields: { auth: 'stored' }, keys };
}

function askName(
  ui: Ui,
  url: string,
  { title, value }: { title: string; value: string },
): Promise<string | undefined> {
  const fitting = value.replace(/[^A-Za-z0-9._-]+/gu, '-').replace(/^[^A-Za-z0-9]+/u, '');
  return ui.prompts.input({
    ...{ title, value: fitting.slice(0, 60), ignoreFocusOut: true },
    prompt: t('A name for the store, as you and your team call it'),
    validateInput: validStoreName(ui, url),
  });
}

/** Tries the store out. What does not work may be added all the same: perhaps it is only out of reach today. */
async function finish(ui: Ui, typed: string, made: Credentials): Promise<string | undefined> {
  const name = typed.trim();
  const { keys } = ui.remotes.ports;
  const remote = parseRemote(name, made.fields);
  if (made.keys !== undefined) {
    await keys.set(remote, made.keys);
  }
  try {
    await testRemote(ui, remote);
  } catch (error) {
    const anyway = t('Add Anyway');
    const answer = isCancelled(error)
      ? undefined
      : await ui.prompts.modal(t('The store does not work yet.'), describeError(error).message, [
          anyway,
        ]);
    if (answer !== anyway) {
      await keys.forget(name, remote);
      return undefined;
    }
    await ui.remotes.add(name, made.fields);
    void ui.prompts.info(t('The store "{0}" was added. It was not reached yet.', name));
    return name;
  }
  await ui.remotes.add(name, made.fields);
  void ui.prompts.info(t('The store "{0}" works and was added.', name));
  return name;
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
