import * as vscode from 'vscode';
import { restoreTo } from '../../app/restore';
import type { RestoreToParams, RestoreToResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { askRunnable } from '../restore/askRunnable';
import { describeError } from '../showError';
import { baseName, visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { filesWords } from '../words';
import type { CommandTypes } from './commandTypes';
import { pickPart } from './restore';
import { readArgument, type Given, type Target } from './targets';
import { findWhole } from './wholeTarget';

const { t } = vscode.l10n;

type Place = Pick<RestoreToParams, 'mode' | 'destination'>;

/** Restores to another place: the folder and HEAD stay as they are. Returns the path. */
export function restoreToCommand(ui: Ui): CommandTypes['snapdir.restoreTo'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const [which = '', part = '', where = ''] = stepTitles(given);
    const target = await findWhole(ui, given, which);
    const path = target && (await whichPart(ui, target, given, part));
    if (target === undefined || path === undefined) {
      return undefined;
    }
    const isFile = path !== '' && (await isFileIn(target, path));
    const place = placeOf(given) ?? (await askPlace(ui, path, isFile, where));
    if (place === undefined) {
      return undefined;
    }
    const params = { rev: target.rev, ...(path === '' ? {} : { paths: [path] }), ...place };
    const result = await carryOut(ui, target, params);
    if (result !== undefined) {
      report(ui, result, isFile);
    }
    return result?.path;
  };
}

/** Of the questions which snapshot, what of it, and where to: numbered where there are several. */
function stepTitles(given: Given): string[] {
  const isOpen = given.rev === undefined;
  const asked = [isOpen, isOpen && given.path === undefined, placeOf(given) === undefined];
  const total = asked.filter(Boolean).length;
  return asked.map((_, at) => {
    const step = asked.slice(0, at + 1).filter(Boolean).length;
    return total > 1 ? t('Restore to… ({0}/{1})', step, total) : t('Restore to…');
  });
}

function placeOf({ options }: Given): Place | undefined {
  const { destination, mode } = options;
  return destination === undefined || (mode !== 'at' && mode !== 'safe')
    ? undefined
    : { destination, mode };
}

async function whichPart(
  ui: Ui,
  target: Target,
  given: Given,
  title: string,
): Promise<RelPath | undefined> {
  if (given.path !== undefined || given.rev !== undefined) {
    return given.path ?? '';
  }
  const kinds = [
    { label: t('Everything'), what: undefined },
    { label: t('A Folder…'), what: 'folder' as const },
    { label: t('A File…'), what: 'file' as const },
  ];
  const picked = await ui.prompts.pick(kinds, { title, placeHolder: t('Restore what?') });
  if (picked?.what === undefined) {
    return picked && '';
  }
  return pickPart(ui, target, picked.what, title);
}

async function isFileIn({ repository, rev }: Target, path: RelPath): Promise<boolean> {
  return (await repository.engine.stat({ rev, path })).kind !== 'dir';
}

async function askPlace(
  ui: Ui,
  path: RelPath,
  isFile: boolean,
  title: string,
): Promise<Place | undefined> {
  const kinds = [
    {
      label: t('A New Folder of Its Own'),
      description: t('nothing can be overwritten there'),
      what: 'safe' as const,
    },
    { label: t('Into a Folder…'), what: 'folder' as const },
    ...(isFile ? [{ label: t('Save As…'), what: 'file' as const }] : []),
  ];
  const picked = await ui.prompts.pick(kinds, {
    title,
    placeHolder: t('Restore it where?'),
  });
  if (picked === undefined) {
    return undefined;
  }
  if (picked.what === 'safe') {
    await vscode.workspace.fs.createDirectory(vscode.Uri.file(ui.safePlace));
    return { mode: 'safe', destination: ui.safePlace };
  }
  const chosen =
    picked.what === 'folder'
      ? await ui.prompts.openFolder({ title: t('Restore to…'), openLabel: t('Restore Here') })
      : await ui.prompts.saveAs({
          title: t('Restore to…'),
          saveLabel: t('Restore'),
          ...defaultFile(path),
        });
  return chosen && { mode: 'at', destination: chosen.fsPath };
}

function defaultFile(path: RelPath): { defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, baseName(path)) };
}

async function carryOut(
  ui: Ui,
  { repository }: Target,
  params: RestoreToParams,
): Promise<RestoreToResult | undefined> {
  const title = t('Restore to…');
  const bring = await askRunnable(ui, repository, params, { title });
  if (bring === undefined) {
    return undefined;
  }
  const run = (extra: Partial<RestoreToParams>): Promise<RestoreToResult> =>
    withProgress(t('Restoring'), (context) =>
      restoreTo(repository, { ...params, bring, ...extra }, context),
    );
  try {
    return await run({});
  } catch (error) {
    if (!SnapdirError.is(error, 'TARGET_EXISTS')) {
      throw error;
    }
    const go = t('Overwrite');
    const detail = t('What is there now is not in any snapshot and cannot be brought back.');
    const message = describeError(error).message;
    if ((await ui.prompts.modal(message, detail, [go])) !== go) {
      return undefined;
    }
    // Of what is overwritten, scripts may be others: there may be more to tick.
    const over = { ...params, overwrite: true };
    const more = await askRunnable(ui, repository, over, { title, ticked: bring });
    return more && run({ overwrite: true, bring: more });
  }
}

function report(ui: Ui, result: RestoreToResult, isFile: boolean): void {
  const open = isFile ? t('Open File') : t('Open in New Window');
  const words = t('{0} restored to "{1}".', filesWords(result.written), visible(result.path));
  const failed = result.failed.length;
  const leftOut = result.withheld.length;
  for (const path of result.withheld) {
    ui.log.warn(`Left out, an editor, Git or npm would run it: ${path}`);
  }
  for (const { path, reason } of result.failed) {
    ui.log.warn(`Not restored: ${path} (${reason})`);
  }
  for (const path of result.changedOwner) {
    ui.log.warn(
      `Could not keep the owner or the special permission bits of what was there: ${path}`,
    );
  }
  const { renamed, changedOwner } = result;
  const trouble = [
    ...(failed > 0 ? [t('{0} failed: see the log.', failed)] : []),
    ...(leftOut > 0
      ? [t('{0} that an editor, Git or npm would run left out: see the log.', leftOut)]
      : []),
    ...(renamed === null
      ? []
      : [
          t(
            '{0} names that cannot stand there were changed: see "{1}".',
            renamed.count,
            visible(renamed.list),
          ),
        ]),
    ...(changedOwner.length > 0
      ? [t('{0} could not keep the owner of what was there.', changedOwner.length)]
      : []),
  ];
  const shown =
    trouble.length === 0
      ? ui.notices.tell('restoredElsewhere', words, [open])
      : ui.prompts.warn([words, ...trouble].join(' '), open);
  void shown.then((answer) => {
    if (answer !== open) {
      return undefined;
    }
    const uri = vscode.Uri.file(result.path);
    return isFile
      ? vscode.commands.executeCommand('vscode.open', uri)
      : vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
  });
}
