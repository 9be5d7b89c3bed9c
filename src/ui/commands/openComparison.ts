import * as vscode from 'vscode';
import type { Change } from '../../core/change';
import type { RelPath } from '../../core/tree';
import { COMPARED_ROWS } from '../comparison/comparisonModel';
import {
  MULTI_DIFF_LIMIT,
  compareSides,
  diffableChanges,
  multiDiffTitle,
  openDiff,
  openMultiDiff,
} from '../documents/diffs';
import { withProgress } from '../progress';
import { changeTotal } from '../text/amounts';
import { visible } from '../text/displayText';
import type { ChangeSet } from '../tree/nodes';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/** Where a comparison is shown, and what of it. */
export interface ShownWhere {
  paths?: RelPath[] | undefined;
  /** false: not as a multi-file diff; `few`: only where that fetches next to nothing. */
  editor?: boolean | 'few';
}

/** Content that has to be fetched is fetched when somebody opens it; so much is not worth a click for each file. */
const FEW_FILES = 20;
const FEW_BYTES = 4 * 1024 * 1024;

/** Compares two sides, shows what differs in its view, and opens every changed file in one multi-file diff. */
export async function openComparison(
  ui: Ui,
  set: ChangeSet,
  { paths, editor = true }: ShownWhere = {},
): Promise<void> {
  const comparison = await withProgress(t('Comparing'), (context) =>
    compareSides(set, paths, COMPARED_ROWS, context),
  );
  ui.comparison.open(set, paths, comparison);
  await ui.showComparison();
  const changes = diffableChanges(comparison);
  if (changes.length === 0) {
    sayNothingDiffers(ui, set);
  } else if (editor === true || (editor === 'few' && isLittle(changes))) {
    await openMultiDiff(set, multiDiffTitle(set), changes.slice(0, MULTI_DIFF_LIMIT));
  }
}

function isLittle(changes: readonly Change[]): boolean {
  const bytes = changes.reduce((sum, { left, right }) => {
    return sum + (left?.size ?? 0) + (right?.size ?? 0);
  }, 0);
  return changes.length <= FEW_FILES && bytes <= FEW_BYTES;
}

/** Opens what differs between two sides as one multi-file diff, and nothing else: its rows are elsewhere. */
export async function openChangedFiles(ui: Ui, set: ChangeSet): Promise<void> {
  const comparison = await withProgress(t('Comparing'), (context) =>
    compareSides(set, undefined, MULTI_DIFF_LIMIT, context),
  );
  const changes = diffableChanges(comparison);
  if (changes.length === 0) {
    sayNothingDiffers(ui, set);
    return;
  }
  if (comparison.truncated) {
    const all = changeTotal(comparison.counts);
    const words = t('Showing the first {0} of {1} changed files.', MULTI_DIFF_LIMIT, all);
    void ui.notices.show('manyChanges', 'info', words);
  }
  await openMultiDiff(set, multiDiffTitle(set), changes);
}

function sayNothingDiffers(ui: Ui, set: ChangeSet): void {
  const words = t('No files differ between {0} and {1}.', set.left.words, set.right.words);
  void ui.notices.tell('nothingDiffers', words);
}

/** Compares one file on two sides and opens its diff. */
export async function openFileComparison(ui: Ui, set: ChangeSet, path: RelPath): Promise<void> {
  const { changes } = await compareSides(set, [path], 2);
  const change = changes.find((c) => c.path === path || c.oldPath === path) ?? changes[0];
  if (change === undefined) {
    void ui.notices.tell(
      'nothingDiffers',
      t('"{0}" is the same in {1} and {2}.', visible(path), set.left.words, set.right.words),
    );
    return;
  }
  await openDiff(set, change);
}
