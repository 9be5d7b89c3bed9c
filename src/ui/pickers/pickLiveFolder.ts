import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { RelPath } from '../../core/tree';
import { dirName } from '../text/displayText';
import type { Ui } from '../uiContext';

/** Lets a person choose a folder of the workspace as it is on disk. */
export async function pickLiveFolder(ui: Ui, repository: Repository): Promise<RelPath | undefined> {
  const root = vscode.Uri.file(repository.root);
  const active = vscode.window.activeTextEditor?.document.uri;
  const located = active && ui.repositories.locate(active);
  const near = located?.repository === repository ? dirName(located.path) : '';
  const chosen = await ui.prompts.openFolder({
    title: vscode.l10n.t('Take Snapshot of Folder'),
    openLabel: vscode.l10n.t('Take Snapshot'),
    defaultUri: near === '' ? root : vscode.Uri.joinPath(root, near),
  });
  if (chosen === undefined) {
    return undefined;
  }
  const place = ui.repositories.locate(chosen);
  if (place?.repository !== repository) {
    void ui.prompts.warn(vscode.l10n.t('Choose a folder inside "{0}".', repository.name));
    return undefined;
  }
  return place.path;
}
