import * as vscode from 'vscode';
import type { ChangeStatus } from '../../core/change';
import type { FileVersion } from '../../core/engine';
import { diffCommand } from '../documents/diffs';
import { EMPTY_REV } from '../documents/snapshotUri';
import { byteSize, changeMarks } from '../text/amounts';
import { dirName, oneLine, visible } from '../text/displayText';
import { absoluteTime, relativeTime } from '../text/times';
import { changeWords, locale, quotedName, snapshotName, statusWords } from '../words';
import type { ChangeSet } from './nodes';
import { MAX_NAME, rowKey } from './timelineItems';
import { changeOf, type VersionNode } from './versionNode';

const { t } = vscode.l10n;

const ICONS: Record<ChangeStatus, [icon: string, colour: string]> = {
  A: ['diff-added', 'gitDecoration.addedResourceForeground'],
  D: ['diff-removed', 'gitDecoration.deletedResourceForeground'],
  M: ['diff-modified', 'gitDecoration.modifiedResourceForeground'],
  R: ['diff-renamed', 'gitDecoration.renamedResourceForeground'],
};

/** A version against the snapshot before. */
export function previousSet(node: VersionNode): ChangeSet {
  const { checkpoint, previous } = node.version;
  return {
    key: '',
    repository: node.repository,
    left:
      previous === null
        ? { rev: EMPTY_REV, words: t('Empty') }
        : { rev: previous, words: t('Previous') },
    right: { rev: checkpoint.id, words: quotedName(checkpoint) },
  };
}

/** The row of a version: a click opens what it changed. */
export function versionItem(node: VersionNode, now: number): vscode.TreeItem {
  const { file, version } = node;
  const { checkpoint } = version;
  const item = new vscode.TreeItem(oneLine(snapshotName(checkpoint), MAX_NAME));
  item.id = rowKey(
    node.repository.root,
    `version/${node.subject.kind}/${node.subject.path}/${checkpoint.id}`,
  );
  item.contextValue = file === undefined ? 'folderVersion' : `version.${file.status}`;
  const parts =
    file === undefined
      ? [changeMarks('counts' in version ? version.counts : checkpoint.stats)]
      : [sizeMark(file), placeMark(node, file)];
  item.description = [relativeTime(checkpoint.time, now, locale()), ...parts]
    .filter((part) => part !== '')
    .join(' · ');
  const what =
    file === undefined
      ? changeWords('counts' in version ? version.counts : checkpoint.stats)
      : [statusWords(file.status), placeWords(node, file)].filter((part) => part !== '').join(', ');
  item.accessibilityInformation = {
    label: [
      t('Snapshot {0}', snapshotName(checkpoint)),
      what,
      relativeTime(checkpoint.time, now, locale()),
      ...(file === undefined ? [] : [sizeWords(file)]),
      absoluteTime(checkpoint.time, locale()),
    ]
      .filter((part) => part !== '')
      .join(', '),
    role: 'treeitem',
  };
  const [icon, colour] = file === undefined ? ['folder', undefined] : ICONS[file.status];
  item.iconPath =
    colour === undefined
      ? new vscode.ThemeIcon(icon)
      : new vscode.ThemeIcon(icon, new vscode.ThemeColor(colour));
  item.command = openCommand(node);
  return item;
}

function openCommand(node: VersionNode): vscode.Command {
  const change = changeOf(node);
  return change === undefined
    ? {
        command: 'snapdir.compareWithPrevious',
        title: t('Compare with Previous'),
        arguments: [node],
      }
    : diffCommand(previousSet(node), change);
}

/** `2.1 KB (+120 B)`: how large it is, and by how much it grew. */
export function sizeWords({ left, right }: FileVersion): string {
  const now = right?.size;
  if (now === undefined) {
    return '';
  }
  const grown = now - (left?.size ?? now);
  const size = byteSize(now, locale());
  const amount = byteSize(Math.abs(grown), locale());
  return grown === 0 ? size : `${size} (${grown > 0 ? '+' : '−'}${amount})`;
}

/** `+120 B`: by how much it grew; how large it is where it did not. */
function sizeMark({ left, right }: FileVersion): string {
  const now = right?.size;
  if (now === undefined) {
    return '';
  }
  const grown = now - (left?.size ?? now);
  return grown === 0
    ? byteSize(now, locale())
    : `${grown > 0 ? '+' : '−'}${byteSize(Math.abs(grown), locale())}`;
}

/** Where a version was, when that is another place. */
function placeMark({ subject }: VersionNode, file: FileVersion): string {
  const { status, path, oldPath, movedTo, movedSince } = file;
  if (movedSince !== undefined) {
    const from = oldPath === undefined ? '' : `${visible(oldPath)} → `;
    return `${from}${visible(path)} → ${visible(movedSince)}`;
  }
  if (status === 'D') {
    return movedTo === undefined ? t('deleted') : `→ ${visible(movedTo)}`;
  }
  if (oldPath !== undefined) {
    return `← ${visible(oldPath)}`;
  }
  return path === subject.path ? '' : visible(path);
}

function placeWords({ subject }: VersionNode, file: FileVersion): string {
  const { path, oldPath, movedTo, movedSince } = file;
  if (movedSince !== undefined) {
    return t('as {0}, moved to {1} since', visible(path), visible(movedSince));
  }
  if (movedTo !== undefined) {
    return t('moved to {0}', visible(movedTo));
  }
  if (oldPath !== undefined) {
    return t('moved from {0}', visible(oldPath));
  }
  return path === subject.path ? '' : t('as {0}', visible(path));
}

/** What a subject is called in the view's title: its path, the name of the folder itself for that. */
export function subjectTitle(path: string, folderName: string): string {
  if (path === '') {
    return visible(folderName);
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folder = dirName(path);
  return folder === '' ? visible(name) : `${visible(name)} · ${visible(folder)}`;
}
