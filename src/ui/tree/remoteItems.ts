import * as vscode from 'vscode';
import type { UnreadableName } from '../../app/listRemote';
import type { Repository } from '../../app/repository';
import { byteSize } from '../text/amounts';
import { oneLine, visible } from '../text/displayText';
import { absoluteTime, relativeTime } from '../text/times';
import { FOUND_GIT } from '../remotes/storeEntry';
import { storeIcon, storePlace, storeTitle } from '../remotes/storeWords';
import { unreadableWords } from '../promotionErrorWords';
import { filesWords, locale } from '../words';
import type { EmptyStoreNode, PromotionNode, RemoteNameNode, StoreNode } from './remoteNodes';
import { NoteNode } from './nodes';
import { rowKey } from './timelineItems';

const { t } = vscode.l10n;

const joined = (parts: readonly string[], by = ' · '): string =>
  parts.filter((part) => part !== '').join(by);

function keyOf({ entry, repository }: StoreNode, part: string): string {
  return rowKey(repository.root, `store/${entry.name}${part}`);
}

/** The row of a store. */
export function storeItem(node: StoreNode, several: boolean): vscode.TreeItem {
  const { entry, repository } = node;
  const title = storeTitle(entry);
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Expanded);
  item.id = keyOf(node, '');
  item.iconPath = new vscode.ThemeIcon(storeIcon(entry));
  const folder = entry.kind === 'git' && several ? visible(repository.name) : '';
  item.description = joined([folder, storePlace(entry), entry.isDefault ? t('default') : '']);
  // What nobody added cannot be removed.
  const kind = entry === FOUND_GIT ? 'found' : entry.kind;
  item.contextValue =
    entry.kind === 'remote' ? `store.${entry.remote.place.kind}` : `store.${kind}`;
  item.tooltip = joined([title, storePlace(entry)]);
  item.accessibilityInformation = { label: t('Store {0}, {1}', title, storePlace(entry)) };
  return item;
}

/** What the rows of promoted snapshots are shown with. */
export interface RowSetting {
  now: number;
  /** The folders of the workspace. */
  folders: number;
}

/** The row of a store that holds nothing: a click asks what to promote to it. */
export function emptyStoreItem({ parent }: EmptyStoreNode): vscode.TreeItem {
  const [label, hint] = [t('Nothing was promoted yet'), t('click to promote a snapshot')];
  const item = new vscode.TreeItem(label);
  item.id = keyOf(parent, '/none');
  item.iconPath = new vscode.ThemeIcon('info');
  item.description = hint;
  item.contextValue = 'note';
  item.tooltip = joined([label, hint]);
  item.accessibilityInformation = { label: joined([label, hint], ', ') };
  item.command = { command: 'snapdir.promote', title: t('Promote…'), arguments: [parent] };
  return item;
}

/** The row of a name that cannot be read, which says why. */
export function unreadableNode(parent: StoreNode, { name, why }: UnreadableName): NoteNode {
  const label = t('"{0}" cannot be read: {1}', visible(name), unreadableWords(why));
  return new NoteNode(undefined, keyOf(parent, `/unreadable/${name}`), label, 'warning');
}

/** The row of a promoted name. */
export function remoteNameItem(node: RemoteNameNode, setting: RowSetting): vscode.TreeItem {
  const { now } = setting;
  const { name, at, by, files, bytes, promotions, aside, message } = node.of;
  const here = node.hereIn.length > 0;
  const item = new vscode.TreeItem(
    visible(name),
    promotions > 1
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  const size =
    files === null || bytes === null ? '' : `${filesWords(files)}, ${byteSize(bytes, locale())}`;
  const others = aside.length === 0 ? '' : t('{0} lie aside', aside.length);
  const place = placeWords(node.hereIn, node.parent, setting);
  const parts = [place, relativeTime(at, now, locale()), visible(by), size, others];
  item.id = keyOf(node.parent, `/name/${name}`);
  item.iconPath = placeIcon(here, aside.length > 0);
  item.description = joined(parts);
  item.contextValue = here ? 'remoteName.here' : 'remoteName';
  item.tooltip = joined(
    [
      oneLine(message, 200),
      t('Promoted by {0}, {1}', visible(by), absoluteTime(at, locale())),
      joined([size, others]),
      placeTip(here),
    ],
    '\n',
  );
  item.accessibilityInformation = { label: joined([visible(name), ...parts], ', ') };
  return item;
}

/** The row of one promotion in the history of a name. */
export function promotionItem(node: PromotionNode, setting: RowSetting): vscode.TreeItem {
  const { nonce, at, by, message, state } = node.of;
  const { now } = setting;
  const here = node.hereIn.length > 0;
  const place = placeWords(node.hereIn, node.parent.parent, setting);
  const label = oneLine(message, 120);
  const item = new vscode.TreeItem(label === '' ? absoluteTime(at, locale()) : label);
  const states = { current: t('current'), aside: t('lies aside'), past: '' };
  const parts = [states[state], place, relativeTime(at, now, locale()), visible(by)];
  item.id = keyOf(node.parent.parent, `/name/${node.of.name}#${nonce}`);
  item.iconPath = placeIcon(here, state === 'aside');
  item.description = joined(parts);
  item.contextValue = here ? 'promotion.here' : 'promotion';
  item.tooltip = joined(
    [label, t('Promoted by {0}, {1}', visible(by), absoluteTime(at, locale())), placeTip(here)],
    '\n',
  );
  item.accessibilityInformation = { label: joined([item.label as string, ...parts], ', ') };
  return item;
}

const NAMED = 3;

/** Of several folders it has to be said in which; a Git repository's row names its folder. */
function placeWords(
  hereIn: readonly Repository[],
  { entry }: StoreNode,
  { folders }: RowSetting,
): string {
  if (hereIn.length === 0) {
    return t('not here');
  }
  if (folders === 1 || entry.kind === 'git') {
    return t('here');
  }
  return hereIn.length > NAMED
    ? t('here in {0} folders', hereIn.length)
    : t('here in {0}', hereIn.map(({ name }) => visible(name)).join(', '));
}

function placeTip(here: boolean): string {
  return here
    ? t('All of it is on this machine.')
    : t('It is not on this machine: what you open of it is fetched, and Fetch brings all.');
}

/** What is here is whole here; what lies aside asks to be looked at. */
function placeIcon(here: boolean, aside: boolean): vscode.ThemeIcon {
  return new vscode.ThemeIcon(aside ? 'git-merge' : here ? 'pass' : 'cloud');
}
