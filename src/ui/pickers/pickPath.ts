import * as vscode from 'vscode';
import type { FileInfo } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import type { Repository } from '../../app/repository';
import { baseName, dirName, visible, withoutIcons } from '../text/displayText';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

interface PathItem extends vscode.QuickPickItem {
  chosen?: RelPath;
  open?: RelPath;
}

/** What to pick, out of which snapshot. */
export interface PathQuestion {
  repository: Repository;
  rev: string;
  kind: 'folder' | 'file';
  title: string;
  /** Offered first where the snapshot holds it: the active editor's file or its folder. */
  current?: RelPath;
}

/** Lets a person walk through a snapshot's folders to a folder or a file. */
export async function pickPath(ui: Ui, question: PathQuestion): Promise<RelPath | undefined> {
  let at: RelPath = '';
  for (;;) {
    const entries = await question.repository.engine.readDir({ rev: question.rev, path: at });
    const items = await pathItems(question, at, entries);
    const picked = await ui.prompts.pick(items, {
      title: question.title,
      placeHolder: placeHolder(question, at),
    });
    if (picked?.open === undefined) {
      return picked?.chosen;
    }
    at = picked.open;
  }
}

function placeHolder({ kind }: PathQuestion, at: RelPath): string {
  const place = at === '' ? t('the top folder') : visible(at);
  return kind === 'folder'
    ? t('Which folder? You are in {0}', place)
    : t('Which file? You are in {0}', place);
}

async function pathItems(
  question: PathQuestion,
  at: RelPath,
  entries: readonly FileInfo[],
): Promise<PathItem[]> {
  const items: PathItem[] = [];
  const { kind, current } = question;
  if (at === '' && current !== undefined && (await holds(question, current))) {
    const description = t('of the active editor');
    items.push({ iconPath: icon(kind), label: plain(current), description, chosen: current });
  }
  if (kind === 'folder') {
    const label = at === '' ? t('The whole folder') : t('This folder: {0}', plain(at));
    items.push({ iconPath: icon('check'), label, chosen: at });
  }
  if (at !== '') {
    items.push({ iconPath: icon('arrow-up'), label: '..', open: dirName(at) });
  }
  const folders = entries.filter((entry) => entry.kind === 'dir');
  for (const { path } of folders) {
    items.push({ iconPath: icon('folder'), label: plain(baseName(path)), open: path });
  }
  if (kind === 'file') {
    for (const { path } of entries.filter((entry) => entry.kind !== 'dir')) {
      items.push({ iconPath: icon('file'), label: plain(baseName(path)), chosen: path });
    }
  }
  return items;
}

async function holds({ repository, rev, kind }: PathQuestion, path: RelPath): Promise<boolean> {
  try {
    const info = await repository.engine.stat({ rev, path });
    return (info.kind === 'dir') === (kind === 'folder');
  } catch {
    return false;
  }
}

/** Beside the label, not in it: a screen reader would read it. */
function icon(name: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(name);
}

function plain(path: RelPath): string {
  return withoutIcons(visible(path));
}
