import * as vscode from 'vscode';
import { compareSnapshots } from '../../app/compareSnapshots';
import type { Change, Comparison } from '../../core/change';
import type { CallContext } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { isFolderChange } from '../tree/changeTree';
import type { ChangeSet } from '../tree/nodes';
import { baseName, visible } from '../text/displayText';
import { emptyUri, revisionUri } from './snapshotDocument';

const { t } = vscode.l10n;

/** A multi-file diff with more files than this is no help to anybody, and slow. */
export const MULTI_DIFF_LIMIT = 300;

/** Both sides of a changed file; a missing side is empty. */
export function diffSides(set: ChangeSet, change: Change): { left: vscode.Uri; right: vscode.Uri } {
  const leftPath = change.oldPath ?? change.path;
  return {
    left:
      change.left === undefined
        ? emptyUri(set.repository, change.path)
        : revisionUri(set.repository, set.left.rev, { path: leftPath, kind: change.left.kind }),
    right:
      change.right === undefined
        ? emptyUri(set.repository, change.path)
        : revisionUri(set.repository, set.right.rev, {
            path: change.path,
            kind: change.right.kind,
          }),
  };
}

/** `cart.ts (Parent ↔ "message")`. */
export function diffTitle(set: ChangeSet, change: Change): string {
  const name = visible(baseName(change.path));
  const old = change.oldPath === undefined ? name : visible(baseName(change.oldPath));
  const names = old === name ? name : `${old} → ${name}`;
  return `${names} (${set.left.words} ↔ ${set.right.words})`;
}

/** The command that opens a change's diff: a tree row can carry it, so VS Code's own click rules apply. */
export function diffCommand(set: ChangeSet, change: Change): vscode.Command {
  const { left, right } = diffSides(set, change);
  return {
    command: 'vscode.diff',
    title: t('Open Changes'),
    arguments: [left, right, diffTitle(set, change)],
  };
}

/** Opens one change's diff. */
export async function openDiff(set: ChangeSet, change: Change): Promise<void> {
  const { command, arguments: args = [] } = diffCommand(set, change);
  await vscode.commands.executeCommand(command, ...(args as unknown[]));
}

/** Opens changes as one multi-file diff; where VS Code cannot, the first file's diff. */
export async function openMultiDiff(
  set: ChangeSet,
  title: string,
  changes: readonly Change[],
): Promise<void> {
  const resources = changes.map((change) => {
    const { left, right } = diffSides(set, change);
    const label = change.right === undefined ? left : right;
    return [
      label,
      change.left === undefined ? undefined : left,
      change.right === undefined ? undefined : right,
    ];
  });
  try {
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  } catch {
    await openDiff(set, changes[0]!);
  }
}

/** The files of a comparison that can be shown side by side. */
export function diffableChanges(comparison: Comparison): Change[] {
  return comparison.changes.filter((change) => !isFolderChange(change));
}

/** Compares the two sides. At most `limit` changes come back. */
export function compareSides(
  set: ChangeSet,
  paths: RelPath[] | undefined,
  limit: number,
  context?: CallContext,
): Promise<Comparison> {
  const request = { left: set.left.rev, right: set.right.rev, limit };
  return compareSnapshots(
    set.repository,
    paths === undefined ? request : { ...request, paths },
    context,
  );
}

/** What the multi-file diff of two sides is called. */
export function multiDiffTitle(set: ChangeSet): string {
  return t('Snapdir: {0} ↔ {1}', set.left.words, set.right.words);
}
