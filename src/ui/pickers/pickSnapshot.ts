import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { changeMarks } from '../text/amounts';
import { visible, withoutIcons } from '../text/displayText';
import { dayLabel, relativeTime } from '../text/times';
import { groupByDay } from '../tree/timelineGroups';
import type { Ui } from '../uiContext';
import { locale, snapshotName } from '../words';
import type { SearchedItem } from './searchedPick';
import { snapshotSearch } from './searchSnapshots';
import { resolveTyped, typedRow } from './typedRev';

const { t } = vscode.l10n;

interface SnapshotItem extends SearchedItem {
  checkpoint?: CheckpointInfo;
  /** What was typed: a REV or a time. */
  typed?: string;
}

/**
 * Lets a person pick a snapshot: newest first, a separator for each day, older ones on demand. What is typed is looked
 * for in all of them, and may be a revision or a time.
 */
export async function pickSnapshot(
  ui: Ui,
  repository: Repository,
  options: { title: string; placeHolder?: string; except?: string },
): Promise<CheckpointInfo | undefined> {
  const state = await ui.repositories.timelineOf(repository).get();
  if (state.error !== undefined) {
    throw asError(state.error);
  }
  if (state.checkpoints.length === 0) {
    void ui.prompts.info(t('There are no snapshots yet. Take one first.'));
    return undefined;
  }
  const search = snapshotSearch(ui, repository);
  const picked = await ui.prompts.pickSearched<SnapshotItem>({
    title: options.title,
    placeHolder: options.placeHolder ?? t('Which snapshot? Type to search messages, refs and tags'),
    rows: async (text, pages, signal) => {
      const { checkpoints, hasMore } = await search(text, pages, signal);
      const shown = checkpoints.filter((c) => c.id !== options.except);
      return [...foundItems(shown, text, ui.clock.now()), ...moreItems(hasMore)];
    },
    typed: typedRow,
  });
  return picked?.typed === undefined ? picked?.checkpoint : typedSnapshot(repository, picked.typed);
}

async function typedSnapshot(repository: Repository, typed: string): Promise<CheckpointInfo> {
  const resolved = await resolveTyped(repository, typed);
  if (resolved.kind === 'live' || resolved.checkpoint === null) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: typed });
  }
  return resolved.checkpoint;
}

/** The rows of what a search found: all are shown, whatever VS Code finds in their words. */
export function foundItems(
  checkpoints: readonly CheckpointInfo[],
  text: string,
  now: number,
): SnapshotItem[] {
  const items = snapshotItems(checkpoints, now);
  return text === ''
    ? items
    : items.map((item) => (item.checkpoint === undefined ? item : { ...item, alwaysShow: true }));
}

/** The row that makes the list longer. */
export function moreItems(hasMore: boolean): SearchedItem[] {
  const iconPath = new vscode.ThemeIcon('ellipsis');
  return hasMore
    ? [
        { label: '', kind: vscode.QuickPickItemKind.Separator },
        { iconPath, label: t('Load more'), more: true, alwaysShow: true },
      ]
    : [];
}

/** The rows of snapshots in a pick list, with a separator for each day. */
function snapshotItems(checkpoints: readonly CheckpointInfo[], now: number): SnapshotItem[] {
  const words = { today: t('Today'), yesterday: t('Yesterday') };
  return groupByDay(checkpoints).flatMap((group): SnapshotItem[] => [
    {
      label: dayLabel(group.time, now, locale(), words),
      kind: vscode.QuickPickItemKind.Separator,
    },
    ...group.checkpoints.map((checkpoint) => ({
      label: withoutIcons(snapshotName(checkpoint)),
      description: withoutIcons(describe(checkpoint, now)),
      checkpoint,
    })),
  ]);
}

function describe(checkpoint: CheckpointInfo, now: number): string {
  return [
    checkpoint.damaged === undefined ? '' : t('damaged'),
    relativeTime(checkpoint.time, now, locale()),
    checkpoint.isHead ? 'HEAD' : '',
    ...checkpoint.refs.map(visible),
    ...checkpoint.tags.map((tag) => `#${visible(tag)}`),
    checkpoint.trigger === 'safety' ? t('safety snapshot') : '',
    changeMarks(checkpoint.stats),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
