import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { EMPTY_REV } from '../documents/snapshotUri';
import { visible, withoutIcons } from '../text/displayText';
import { quoted } from '../text/quoted';
import { workspaceSide } from '../tree/changeSets';
import type { Side } from '../tree/nodes';
import type { Ui } from '../uiContext';
import { quotedName, snapshotName } from '../words';
import { foundItems, moreItems } from './pickSnapshot';
import type { SearchedItem } from './searchedPick';
import { snapshotSearch } from './searchSnapshots';
import { resolveTyped, typedRow } from './typedRev';

const { t } = vscode.l10n;

interface SideItem extends SearchedItem {
  side?: Side;
  /** The newest snapshot with this tag. */
  tag?: string;
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
  const search = snapshotSearch(ui, repository);
  const { except } = options;
  const picked = await ui.prompts.pickSearched<SideItem>({
    title: options.title,
    placeHolder: options.placeHolder,
    rows: async (text, pages, signal) => {
      const { checkpoints, hasMore } = await search(text, pages, signal);
      const items: SideItem[] = [
        { label: t('Workspace'), description: t('the folder as it is now'), side: workspaceSide() },
        ...(await namedItems(ui, repository)),
        ...foundItems(checkpoints, text, ui.clock.now()).map(toSideItem),
        ...moreItems(hasMore),
        ...(hasMore ? [] : [{ label: '', kind: vscode.QuickPickItemKind.Separator }]),
        emptyItem(),
      ];
      return items.filter(({ side }) => side === undefined || side.rev !== except);
    },
    typed: typedRow,
  });
  if (picked?.tag !== undefined) {
    return newestWith(repository, picked.tag);
  }
  return picked?.typed === undefined ? picked?.side : typedSide(repository, picked.typed);
}

function toSideItem({ checkpoint, ...rest }: ReturnType<typeof foundItems>[number]): SideItem {
  return checkpoint === undefined ? rest : { ...rest, side: sideOf(checkpoint) };
}

function sideOf(checkpoint: CheckpointInfo): Side {
  return { rev: checkpoint.id, words: quotedName(checkpoint) };
}

function emptyItem(): SideItem {
  const side = { rev: EMPTY_REV, words: t('Empty') };
  return { label: t('Empty'), description: t('no files at all'), side };
}

/** Every name and tag there is: a row for each snapshot that is loaded, and one for each name or tag of the others. */
async function namedItems(ui: Ui, repository: Repository): Promise<SideItem[]> {
  const { checkpoints, refs, tags } = await ui.repositories.timelineOf(repository).get();
  const named = checkpoints.filter((one) => one.refs.length + one.tags.length > 0);
  const known = new Set(named.flatMap((one) => [...one.refs, ...one.tags.map((tag) => `#${tag}`)]));
  const items = [
    ...named.map((checkpoint): SideItem => {
      const names = [...checkpoint.refs, ...checkpoint.tags.map((tag) => `#${tag}`)];
      return {
        label: withoutIcons(visible(names.join(', '))),
        description: withoutIcons(snapshotName(checkpoint)),
        side: sideOf(checkpoint),
      };
    }),
    ...Object.entries(refs)
      .filter(([name]) => !known.has(name))
      .map(([name, id]): SideItem => {
        const label = withoutIcons(visible(name));
        return { label, side: { rev: id, words: quoted(visible(name)) } };
      }),
    ...tags
      .filter((tag) => !known.has(`#${tag}`))
      .map((tag): SideItem => ({ label: `#${withoutIcons(visible(tag))}`, tag })),
  ];
  const separator = { label: t('Names and Tags'), kind: vscode.QuickPickItemKind.Separator };
  return items.length === 0 ? [] : [separator, ...items];
}

/** By the tag alone: a name may be called the same. */
async function newestWith(repository: Repository, tag: string): Promise<Side> {
  const { checkpoints } = await repository.engine.timeline({ limit: 1, filter: { tag } });
  const [newest] = checkpoints;
  return newest === undefined ? typedSide(repository, tag) : sideOf(newest);
}

async function typedSide(repository: Repository, typed: string): Promise<Side> {
  const resolved = await resolveTyped(repository, typed);
  if (resolved.kind === 'live') {
    return typed === EMPTY_REV ? { rev: EMPTY_REV, words: t('Empty') } : workspaceSide();
  }
  const { checkpoint, snapshot } = resolved;
  return checkpoint === null ? { rev: snapshot, words: snapshot.slice(0, 10) } : sideOf(checkpoint);
}
