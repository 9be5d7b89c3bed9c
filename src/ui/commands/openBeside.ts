import * as vscode from 'vscode';
import { restoreTo } from '../../app/restore';
import type { RelPath } from '../../core/tree';
import { listCopies, noteCopy, type OpenedCopy } from '../beside/copies';
import { withProgress } from '../progress';
import { askRunnable } from '../restore/askRunnable';
import { byteSize } from '../text/amounts';
import { visible, withoutIcons } from '../text/displayText';
import { relativeTime } from '../text/times';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { locale } from '../words';
import type { CommandTypes } from './commandTypes';
import { pickPart } from './restore';
import { readArgument, type Target } from './targets';
import { findWhole } from './wholeTarget';

const { t } = vscode.l10n;

/** Opens a snapshot, or a folder of it, as a folder of its own in a new window. Returns its path. */
export function openInNewWindowCommand(ui: Ui): CommandTypes['snapdir.openInNewWindow'] {
  return async (argument) => {
    const title = t('Open Snapshot in New Window');
    const part = await findPart(ui, argument, title);
    const copy = part && (await makeCopy(ui, part, title));
    if (copy !== undefined) {
      const uri = vscode.Uri.file(copy);
      await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
    }
    return copy;
  };
}

/** The same as one more folder of this workspace. */
export function addToWorkspaceCommand(ui: Ui): CommandTypes['snapdir.addToWorkspace'] {
  return async (argument) => {
    const title = t('Add Snapshot to Workspace');
    const part = await findPart(ui, argument, title);
    const copy = part && (await makeCopy(ui, part, title));
    if (part === undefined || copy === undefined) {
      return undefined;
    }
    const { target } = part;
    const name = `${target.repository.name} (${target.words.replaceAll('"', '')})`;
    const at = vscode.workspace.workspaceFolders?.length ?? 0;
    vscode.workspace.updateWorkspaceFolders(at, 0, { uri: vscode.Uri.file(copy), name });
    return copy;
  };
}

/** A folder of a snapshot; `''`: all of it. */
interface Part {
  target: Target;
  path: RelPath;
}

/** A folder of the explorer is asked of which snapshot; where neither is given, it is asked which folder, too. */
async function findPart(ui: Ui, argument: unknown, title: string): Promise<Part | undefined> {
  const given = readArgument(ui, argument);
  const target = await findWhole(ui, given, title);
  if (target === undefined) {
    return undefined;
  }
  const isOpen = given.rev === undefined && given.path === undefined;
  const path = isOpen ? await pickPart(ui, target, 'folder', title) : (given.path ?? '');
  return path === undefined ? undefined : { target, path };
}

async function makeCopy(
  ui: Ui,
  { target, path }: Part,
  title: string,
): Promise<string | undefined> {
  const { repository, rev, words } = target;
  const chosen = { rev, ...(path === '' ? {} : { paths: [path] }) };
  // An editor that trusts the folder, or a workspace that it is added to, would run what it finds there.
  const bring = await askRunnable(ui, repository, chosen, { title });
  if (bring === undefined) {
    return undefined;
  }
  await vscode.workspace.fs.createDirectory(vscode.Uri.file(ui.safePlace));
  const params = { ...chosen, bring, mode: 'safe' as const, destination: ui.safePlace };
  const result = await withProgress(title, (context) => restoreTo(repository, params, context));
  const { root } = repository;
  const { bytes } = result;
  await noteCopy(result.path, { root, rev, words, path, time: ui.clock.now(), bytes });
  for (const missing of result.withheld) {
    ui.log.info(`Left out of the opened copy, an editor, Git or npm would run it: ${missing}`);
  }
  for (const { path: missing, reason } of result.failed) {
    ui.log.warn(`Not in the opened copy: ${missing} (${reason})`);
  }
  if (result.failed.length > 0) {
    void ui.prompts.warn(t('{0} failed: see the log.', result.failed.length));
  }
  return result.path;
}

interface CopyItem extends vscode.QuickPickItem {
  copy: OpenedCopy;
}

/** Deletes copies that were opened beside the folder, after a question. Returns how many. */
export function deleteCopiesCommand(ui: Ui): CommandTypes['snapdir.deleteCopies'] {
  return async () => {
    requireTrust(t('Delete Opened Copies'));
    const copies = await listCopies(ui.safePlace);
    if (copies.length === 0) {
      void ui.prompts.info(t('No snapshot was opened as a folder of its own.'));
      return undefined;
    }
    const items = copies.map((copy) => copyItem(copy, ui.clock.now()));
    const picked = await ui.prompts.pickMany(items, {
      title: t('Delete Opened Copies'),
      placeHolder: t('Which copies are no longer needed?'),
    });
    if (picked === undefined || picked.length === 0) {
      return undefined;
    }
    const go = t('Delete');
    const question =
      picked.length === 1 ? t('Delete 1 copy?') : t('Delete {0} copies?', picked.length);
    const detail = [
      t('The snapshots stay. What was changed in the copies is in no snapshot and goes for good.'),
      '',
      ...picked.map(({ label, description }) => `${label} ${description ?? ''}`),
    ].join('\n');
    if ((await ui.prompts.modal(question, detail, [go])) !== go) {
      return undefined;
    }
    await withProgress(t('Deleting'), async () => {
      for (const { copy } of picked) {
        leaveWorkspace(copy);
        await vscode.workspace.fs.delete(copy.holder, { recursive: true, useTrash: false });
      }
    });
    void ui.prompts.info(t('Copies deleted: {0}.', picked.length));
    return picked.length;
  };
}

function copyItem(copy: OpenedCopy, now: number): CopyItem {
  const { note } = copy;
  const name = copy.holder.path.slice(copy.holder.path.lastIndexOf('/') + 1);
  const open = openFolders(copy).length > 0 ? t('open in this window') : '';
  if (note === undefined) {
    return { label: withoutIcons(visible(name)), description: open, copy };
  }
  const place = note.path === '' ? '' : visible(note.path);
  const details = [place, relativeTime(note.time, now, locale()), byteSize(note.bytes, locale())];
  return {
    label: withoutIcons(note.words),
    description: withoutIcons([...details, open].filter((part) => part !== '').join(' · ')),
    detail: withoutIcons(visible(note.root)),
    copy,
  };
}

function openFolders({ holder }: OpenedCopy): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) =>
    uri.path.startsWith(`${holder.path}/`),
  );
}

/** A folder that goes is no folder of the workspace any more. */
function leaveWorkspace(copy: OpenedCopy): void {
  for (const { index } of openFolders(copy).reverse()) {
    vscode.workspace.updateWorkspaceFolders(index, 1);
  }
}
