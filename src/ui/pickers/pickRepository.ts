import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { visible, withoutIcons } from '../text/displayText';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/** The only repository, or the one that a person picks; the active editor's stands first. */
export async function pickRepository(ui: Ui): Promise<Repository | undefined> {
  const { all } = ui.repositories;
  if (all.length <= 1) {
    return all[0] ?? sayNoFolder(ui);
  }
  const active = vscode.window.activeTextEditor?.document.uri;
  const near = active && ui.repositories.locate(active)?.repository;
  const ordered = [...all].sort((a, b) => Number(b === near) - Number(a === near));
  const items = ordered.map((repository) => ({
    label: withoutIcons(visible(repository.name)),
    description: visible(repository.root),
    repository,
  }));
  const picked = await ui.prompts.pick(items, {
    title: t('Snapdir'),
    placeHolder: t('Which folder?'),
  });
  return picked?.repository;
}

function sayNoFolder(ui: Ui): undefined {
  const open = t('Open Folder');
  void ui.prompts
    .info(t('Snapdir needs a folder on disk. Open one first.'), open)
    .then((answer) => {
      if (answer === open) {
        return vscode.commands.executeCommand('vscode.openFolder');
      }
      return undefined;
    });
  return undefined;
}
