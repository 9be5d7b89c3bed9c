import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { EMPTY_REV } from '../documents/snapshotUri';
import { SnapdirError } from '../../core/errors';
import { visible, withoutIcons } from '../text/displayText';
import { workspaceSide } from '../tree/changeSets';
import type { Side } from '../tree/nodes';
import type { Ui } from '../uiContext';
import { quotedName, snapshotName } from '../words';
import { snapshotItems } from './pickSnapshot';

const { t } = vscode.l10n;

interface SideItem extends vscode.QuickPickItem {
  side?: Side;
  more?: true;
  /** What was typed: a REV or a time. */
  typed?: string;
}

/**
 * Lets a person pick one side of a comparison: the folder as it is now, a name, a snapshot, or whatever they
 * type as a revision or a time.
 */
export async function pickSide(
  ui: Ui,
  repository: Repository,
  options: { title: string; placeHolder: string; except?: string },
): Promise<Side | undefined> {
  for (;;) {
    const items = await sideItems(ui, repository, options.except);
    const picked = await ui.prompts.pickOrType<SideItem>(items, options, (typed) => ({
      label: t('Revision or Time: {0}', withoutIcons(visible(typed))),
      description: t('such as HEAD~2, a tag, or 2026-01-31 14:00'),
      typed,
    }));
    if (picked?.typed !== undefined) {
      return resolveTyped(repository, picked.typed);
    }
    if (picked?.more !== true) {
      return picked?.side;
    }
    await ui.repositories.timelineOf(repository).loadMore();
  }
}

async function sideItems(
  ui: Ui,
  repository: Repository,
  except: string | undefined,
): Promise<SideItem[]> {
  const timeline = ui.repositories.timelineOf(repository);
  const state = await timeline.get();
  const shown = state.checkpoints.filter(({ id }) => id !== except);
  const items: SideItem[] = [
    { label: t('Workspace'), description: t('the folder as it is now'), side: workspaceSide() },
  ];
  const named = shown.filter(({ refs, tags }) => refs.length + tags.length > 0);
  if (named.length > 0) {
    items.push({ label: t('Names and Tags'), kind: vscode.QuickPickItemKind.Separator });
  }
  for (const checkpoint of named) {
    const names = [...checkpoint.refs, ...checkpoint.tags.map((tag) => `#${tag}`)];
    items.push({
      label: withoutIcons(visible(names.join(', '))),
      description: withoutIcons(snapshotName(checkpoint)),
      side: { rev: checkpoint.id, words: quotedName(checkpoint) },
    });
  }
  for (const item of snapshotItems(shown, ui.clock.now())) {
    const { checkpoint, ...rest } = item;
    items.push(
      checkpoint === undefined
        ? rest
        : { ...rest, side: { rev: checkpoint.id, words: quotedName(checkpoint) } },
    );
  }
  items.push({ label: '', kind: vscode.QuickPickItemKind.Separator });
  if (state.next !== undefined) {
    const iconPath = new vscode.ThemeIcon('ellipsis');
    items.push({ iconPath, label: t('Load more'), more: true, alwaysShow: true });
  }
  items.push({
    label: t('Empty'),
    description: t('no files at all'),
    side: { rev: EMPTY_REV, words: t('Empty') },
  });
  return items.filter(({ side }) => side === undefined || side.rev !== except);
}

/** A REV, else the newest snapshot at or before a time. @throws REV_NOT_FOUND, REV_AMBIGUOUS */
async function resolveTyped(repository: Repository, typed: string): Promise<Side> {
  const { engine } = repository;
  const resolved = await engine.resolve({ rev: typed }).catch((error: unknown) => {
    if (SnapdirError.is(error, 'REV_NOT_FOUND') && /^\d{4}-/u.test(typed)) {
      return engine.resolve({ rev: `@{${typed}}` });
    }
    throw error;
  });
  if (resolved.kind === 'live') {
    return typed === EMPTY_REV ? { rev: EMPTY_REV, words: t('Empty') } : workspaceSide();
  }
  const { checkpoint, snapshot } = resolved;
  return checkpoint === null
    ? { rev: snapshot, words: snapshot.slice(0, 10) }
    : { rev: checkpoint.id, words: quotedName(checkpoint) };
}
