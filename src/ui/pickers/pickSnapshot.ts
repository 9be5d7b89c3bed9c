import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { changeMarks } from '../text/amounts';
import { visible, withoutIcons } from '../text/displayText';
import { dayLabel, relativeTime } from '../text/times';
import { groupByDay } from '../tree/timelineGroups';
import type { Ui } from '../uiContext';
import { locale, snapshotName } from '../words';

const { t } = vscode.l10n;

interface SnapshotItem extends vscode.QuickPickItem {
  checkpoint?: CheckpointInfo;
  more?: true;
}

/** Lets a person pick a snapshot: newest first, a separator for each day, older ones on demand. */
export async function pickSnapshot(
  ui: Ui,
  repository: Repository,
  options: { title: string; placeHolder?: string; except?: string },
): Promise<CheckpointInfo | undefined> {
  const timeline = ui.repositories.timelineOf(repository);
  for (;;) {
    const state = await timeline.get();
    if (state.error !== undefined) {
      throw asError(state.error);
    }
    if (state.checkpoints.length === 0) {
      void ui.prompts.info(t('There are no snapshots yet. Take one first.'));
      return undefined;
    }
    const shown = state.checkpoints.filter((c) => c.id !== options.except);
    const items = snapshotItems(shown, ui.clock.now());
    if (state.next !== undefined) {
      items.push({ label: '', kind: vscode.QuickPickItemKind.Separator });
      const iconPath = new vscode.ThemeIcon('ellipsis');
      items.push({ iconPath, label: t('Load more'), more: true, alwaysShow: true });
    }
    const picked = await ui.prompts.pick(items, {
      title: options.title,
      placeHolder:
        options.placeHolder ?? t('Which snapshot? Type to search messages, refs and tags'),
      matchOnDescription: true,
    });
    if (picked?.more !== true) {
      return picked?.checkpoint;
    }
    await timeline.loadMore();
  }
}

/** The rows of snapshots in a pick list, with a separator for each day. */
export function snapshotItems(checkpoints: readonly CheckpointInfo[], now: number): SnapshotItem[] {
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
