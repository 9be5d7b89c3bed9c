import * as vscode from 'vscode';
import { makePatch, patchWords, type MadePatch } from '../comparison/comparisonPatch';
import { MULTI_DIFF_LIMIT, multiDiffTitle, openMultiDiff } from '../documents/diffs';
import { withProgress } from '../progress';
import { isFolderChange } from '../tree/changeTree';
import type { Ui } from '../uiContext';
import { filesWords } from '../words';
import type { CommandTypes } from './commandTypes';
import { openComparison } from './openComparison';

const { t } = vscode.l10n;

/** The two sides change places. */
export function swapComparisonCommand(ui: Ui): CommandTypes['snapdir.swapComparison'] {
  return async () => {
    const { current } = ui.comparison;
    if (current !== undefined) {
      const { set, paths } = current;
      const swapped = { ...set, left: set.right, right: set.left };
      await openComparison(ui, swapped, { paths, editor: false });
    }
  };
}

/** Opens every changed file of the comparison in one multi-file diff. */
export function openComparedFilesCommand(ui: Ui): CommandTypes['snapdir.openComparedFiles'] {
  return async () => {
    const { current, shown } = ui.comparison;
    const changes = shown.filter((change) => !isFolderChange(change));
    if (current !== undefined && changes.length > 0) {
      const some = changes.slice(0, MULTI_DIFF_LIMIT);
      await openMultiDiff(current.set, multiDiffTitle(current.set), some);
    }
  };
}

/** Copies the comparison as a patch. */
export function copyPatchCommand(ui: Ui): CommandTypes['snapdir.copyPatch'] {
  return async () => {
    const made = await patchOf(ui);
    if (made === undefined) {
      return undefined;
    }
    const text = new TextDecoder().decode(made.bytes);
    await vscode.env.clipboard.writeText(text);
    say(ui, t('Patch of {0} copied.', filesWords(made.files)), made);
    return text;
  };
}

/** Saves the comparison as a patch. Returns the path. */
export function savePatchCommand(ui: Ui): CommandTypes['snapdir.savePatch'] {
  return async () => {
    const { current } = ui.comparison;
    if (current === undefined) {
      return undefined;
    }
    const target = await ui.prompts.saveAs({
      title: t('Save as Patch'),
      saveLabel: t('Save Patch'),
      filters: { [t('Patches')]: ['patch', 'diff'] },
      defaultUri: vscode.Uri.joinPath(
        vscode.Uri.file(current.set.repository.root),
        `${current.set.repository.name}.patch`,
      ),
    });
    const made = target && (await patchOf(ui));
    if (made === undefined) {
      return undefined;
    }
    await vscode.workspace.fs.writeFile(target!, made.bytes);
    say(ui, t('Patch of {0} saved.', filesWords(made.files)), made);
    return target!.fsPath;
  };
}

async function patchOf(ui: Ui): Promise<MadePatch | undefined> {
  const { current } = ui.comparison;
  if (current === undefined) {
    return undefined;
  }
  // What is filtered out of the rows is not in the patch either: a person sees what is in it.
  const wanted = ui.comparison.fits();
  return withProgress(t('Making the patch'), (context) =>
    makePatch(ui.lookedAt, current, wanted, context),
  );
}

function say(ui: Ui, done: string, made: MadePatch): void {
  const words = patchWords(done, made);
  void (made.missing > 0 ? ui.prompts.warn(words) : ui.notices.tell('patchMade', words));
}

/** Asks for a text that the names of shown files have to contain. */
export function filterComparisonCommand(ui: Ui): CommandTypes['snapdir.filterComparison'] {
  return async () => {
    const text = await ui.prompts.input({
      title: t('Filter Comparison'),
      prompt: t('Show only files with this text in their path'),
      value: ui.comparison.filter,
    });
    if (text !== undefined) {
      ui.comparison.setFilter(text);
    }
  };
}

/** Shows every row again. */
export function clearComparisonFilterCommand(
  ui: Ui,
): CommandTypes['snapdir.clearComparisonFilter'] {
  return (): Promise<undefined> => {
    ui.comparison.setFilter('');
    return Promise.resolve(undefined);
  };
}

/** Closes the comparison; its view goes away. */
export function closeComparisonCommand(ui: Ui): CommandTypes['snapdir.closeComparison'] {
  return (): Promise<undefined> => {
    ui.comparison.close();
    return Promise.resolve(undefined);
  };
}
