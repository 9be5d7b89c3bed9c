import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { Fetched } from '../../app/fetchSnapshot';
import { snapshotUri } from '../documents/snapshotDocument';
import { fetchFrom, lookInto, tellFetched } from '../remotes/fetchFlow';
import { pickStore } from '../remotes/storeQuestions';
import { restoreFlow } from '../restore/restoreFlow';
import { byteSize } from '../text/amounts';
import { visible, withoutIcons } from '../text/displayText';
import { relativeTime } from '../text/times';
import { changeSetOf, workspaceSide } from '../tree/changeSets';
import { subjectOfRow, type RemoteSubject } from '../tree/remoteNodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { filesWords, locale } from '../words';
import type { CommandTypes } from './commandTypes';
import { openComparison } from './openComparison';
import { pickPart } from './restore';
import { findRepository, readArgument, targetOf } from './targets';
import { quoted } from '../text/quoted';

const { t } = vscode.l10n;

interface Chosen {
  repository: Repository;
  subject: RemoteSubject;
}

/** The promoted snapshot that is meant: the row's, the one that code names, or the one that a person picks. */
async function choose(ui: Ui, argument: unknown, title: string): Promise<Chosen | undefined> {
  requireTrust(title);
  const row = subjectOfRow(argument);
  const given = readArgument(ui, argument);
  const entry = row === undefined && (await pickStore(ui, title, { name: given.options.store }));
  // Of the folders that Git has promotions for, one is meant.
  const withGit = ui.repositories.all.filter(({ root }) => ui.remotes.foundGit.has(root));
  const only = entry && entry.kind === 'git' && withGit.length === 1 ? withGit[0] : undefined;
  const place = row?.repository ?? given.repository ?? only;
  const repository =
    entry === undefined ? undefined : await findRepository(ui, place ? { repository: place } : {});
  if (repository === undefined) {
    return undefined;
  }
  if (row !== undefined) {
    return { repository, subject: row };
  }
  const store = entry ? entry.name : '';
  const name = given.options.name ?? (await pickPromoted(ui, repository, store, title));
  return name === undefined
    ? undefined
    : { repository, subject: { store, name, words: name, repository } };
}

async function pickPromoted(
  ui: Ui,
  repository: Repository,
  store: string,
  title: string,
): Promise<string | undefined> {
  const { names } = await ui.remoteSnapshots.list(store, repository);
  if (names.length === 0) {
    void ui.prompts.info(t('Nothing was promoted to "{0}" yet.', visible(store)));
    return undefined;
  }
  const items = names.map(({ name, at, by, files, bytes }) => ({
    label: withoutIcons(visible(name)),
    description: withoutIcons(
      [
        relativeTime(at, ui.clock.now(), locale()),
        visible(by),
        files === null || bytes === null
          ? ''
          : `${filesWords(files)}, ${byteSize(bytes, locale())}`,
      ]
        .filter((part) => part !== '')
        .join(' · '),
    ),
    name,
  }));
  const placeHolder = t('Which promoted snapshot?');
  return (await ui.prompts.pick(items, { title, placeHolder }))?.name;
}

function fetchChosen(ui: Ui, { repository, subject }: Chosen): Promise<Fetched> {
  return fetchFrom(ui, repository, subject);
}

/** Fetches a promoted snapshot into the timeline. The folder stays as it is. */
export function fetchCommand(ui: Ui): CommandTypes['snapdir.fetch'] {
  return async (argument) => {
    const chosen = await choose(ui, argument, t('Fetch'));
    if (chosen === undefined) {
      return undefined;
    }
    const fetched = await fetchChosen(ui, chosen);
    tellFetched(ui, chosen.repository, chosen.subject, fetched);
    return fetched;
  };
}

/** Fetches a promoted snapshot and restores it, after the question that every restore asks. */
export function pullCommand(ui: Ui): CommandTypes['snapdir.pull'] {
  return async (argument) => {
    const chosen = await choose(ui, argument, t('Pull'));
    if (chosen === undefined) {
      return undefined;
    }
    const { checkpoint } = await fetchChosen(ui, chosen);
    return restoreFlow(ui, targetOf(chosen.repository, checkpoint));
  };
}

/** Opens what differs between a promoted snapshot and the folder as it is now. Its files come when they are looked at. */
export function compareRemoteCommand(ui: Ui): CommandTypes['snapdir.compareRemote'] {
  return async (argument) => {
    const chosen = await choose(ui, argument, t('Compare with Current'));
    if (chosen === undefined) {
      return;
    }
    const { repository, subject } = chosen;
    const rev = await lookInto(ui, repository, subject);
    const side = { rev, words: quoted(visible(subject.words)) };
    await openComparison(ui, changeSetOf(repository, side, workspaceSide()), { editor: 'few' });
  };
}

/** Opens a file of a promoted snapshot; nothing else of it is fetched. */
export function showRemoteContentsCommand(ui: Ui): CommandTypes['snapdir.showRemoteContents'] {
  return async (argument) => {
    const chosen = await choose(ui, argument, t('Show Contents'));
    if (chosen === undefined) {
      return;
    }
    const { repository, subject } = chosen;
    const rev = await lookInto(ui, repository, subject);
    const target = { repository, rev, checkpoint: null, words: visible(subject.words) };
    const path = await pickPart(ui, target, 'file', t('Show Contents'));
    if (path !== undefined && path !== '') {
      const uri = snapshotUri(repository, rev, path);
      await vscode.commands.executeCommand('vscode.open', uri);
    }
  };
}

/** Copies the name, as the command line takes it. */
export function copyRemoteNameCommand(ui: Ui): CommandTypes['snapdir.copyRemoteName'] {
  return async (argument) => {
    const chosen = await choose(ui, argument, t('Copy Name'));
    if (chosen === undefined) {
      return undefined;
    }
    await vscode.env.clipboard.writeText(chosen.subject.name);
    return chosen.subject.name;
  };
}
