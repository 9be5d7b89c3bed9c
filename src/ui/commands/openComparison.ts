import * as vscode from 'vscode';
import type { RelPath } from '../../core/tree';
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

/** Compares two sides and opens every changed file in one multi-file diff. */
export async function openComparison(ui: Ui, set: ChangeSet, paths?: RelPath[]): Promise<void> {
  const comparison = await withProgress(t('Comparing'), (context) =>
    compareSides(set, paths, MULTI_DIFF_LIMIT, context),
  );
  const changes = diffableChanges(comparison);
  if (changes.length === 0) {
    void ui.prompts.info(
      t('No files differ between {0} and {1}.', set.left.words, set.right.words),
    );
    return;
  }
  if (comparison.truncated) {
    const all = changeTotal(comparison.counts);
    const words = t('Showing the first {0} of {1} changed files.', MULTI_DIFF_LIMIT, all);
    void ui.notices.show('manyChanges', 'info', words);
  }
  await openMultiDiff(set, multiDiffTitle(set), changes);
}

/** Compares one file on two sides and opens its diff. */
export async function openFileComparison(ui: Ui, set: ChangeSet, path: RelPath): Promise<void> {
  const { changes } = await compareSides(set, [path], 2);
  const change = changes.find((c) => c.path === path || c.oldPath === path) ?? changes[0];
  if (change === undefined) {
    void ui.prompts.info(
      t('"{0}" is the same in {1} and {2}.', visible(path), set.left.words, set.right.words),
    );
    return;
  }
  await openDiff(set, change);
}
