import { saysElsewhere } from './history/origin';
import type { RestoreOperation, TimelineFilter, TimelinePage, TimelineParams } from './engine';
import type { History } from './history';
import { fetchedNames } from './history/fetchedNames';
import { compareLogged, type LoggedRestore, type LoggedTake } from './history/log';
import { BETWEEN } from './history/texts';
import { OperationLog } from './operationLog';

const HEX = /^[0-9a-f]+$/;

function toRestoreOperation(restore: LoggedRestore | undefined | null): RestoreOperation | null {
  if (restore === undefined || restore === null) {
    return null;
  }
  const { id, time, checkpoint, scope, counts } = restore;
  return { id, time, checkpoint, scope, counts };
}

/** Whether the checkpoint at a place in {@link History.checkpoints} has a text in its words, or an id that begins with it. */
function textMatcher(history: History, text: string): (take: LoggedTake, at: number) => boolean {
  const needle = text.toLowerCase();
  const { texts } = history;
  const inWords = needle.includes(BETWEEN)
    ? (take: LoggedTake) => wordsOf(history, take).some((word) => word.includes(needle))
    : (_: LoggedTake, at: number) => texts[at]!.includes(needle);
  return HEX.test(needle)
    ? (take, at) =>
        take.id.startsWith(needle) || take.snapshot.startsWith(needle) || inWords(take, at)
    : inWords;
}

function wordsOf(history: History, take: LoggedTake): string[] {
  const { message, tags, refs } = history.words(take);
  return [message, take.author, ...tags, ...refs].map((word) => word.toLowerCase());
}

/** Everything but the text, and the path, which takes a look at manifests. */
function matches(history: History, take: LoggedTake, filter: TimelineFilter): boolean {
  const { tag, ref, triggers, since, until } = filter;
  return (
    (since === undefined || take.time >= since) &&
    (until === undefined || take.time <= until) &&
    (triggers === undefined || triggers.includes(take.trigger)) &&
    (tag === undefined || history.words(take).tags.includes(tag)) &&
    (ref === undefined || history.words(take).refs.includes(ref))
  );
}

/** What matches, in the order that is asked for. */
function matching(
  history: History,
  { filter = {}, order }: TimelineParams,
  touches: (take: LoggedTake) => boolean,
): LoggedTake[] {
  const { text = '', path } = filter;
  const hasText = text === '' ? () => true : textMatcher(history, text);
  const unfiltered = Object.values(filter).every((value) => value === undefined);
  const found = history.checkpoints.filter(
    (take, at) =>
      unfiltered ||
      (matches(history, take, filter) &&
        hasText(take, at) &&
        (path === undefined || touches(take))),
  );
  return order === 'oldest' ? found : found.reverse();
}

/** Where the page begins that follows `before`, which may have been deleted since. */
function startOf(history: History, list: LoggedTake[], { before, order }: TimelineParams): number {
  if (before === undefined) {
    return 0;
  }
  const last = history.checkpoint(before);
  const way = order === 'oldest' ? -1 : 1;
  const next = last && list.findIndex((take) => way * compareLogged(take, last) < 0);
  return next === undefined || next < 0 ? list.length : next;
}

/**
 * One page of the timeline. `pendingRestore` is null: only the engine can see a journal.
 * @param touches whether a checkpoint changed `filter.path`; asked only where everything else matches
 */
export function timelinePage(
  history: History,
  options: TimelineParams = {},
  touches: (take: LoggedTake) => boolean = () => true,
): TimelinePage {
  const list = matching(history, options, touches);
  const start = startOf(history, list, options);
  const { limit = 100, through } = options;
  const wanted = through === undefined ? -1 : list.findIndex(({ id }) => id === through);
  const end = Math.max(start + limit, wanted + 1);
  const page = list.slice(start, end);
  const last = page.at(-1);
  const operations = new OperationLog(history);
  const fetched = fetchedNames(history);
  return {
    checkpoints: page.map((take) => history.toInfo(take.id)),
    ...(last !== undefined && end < list.length ? { next: last.id } : {}),
    head: history.head,
    wholeTaken: history.checkpoints.some((take) => take.scope === null && !saysElsewhere(take)),
    total: list.length,
    refs: Object.fromEntries(history.refs),
    ...(fetched.length > 0 ? { fetched } : {}),
    tags: history.tags,
    undoable: toRestoreOperation(history.undoable()),
    redoable: toRestoreOperation(history.redoable()?.restore),
    undo: operations.next('undo'),
    redo: operations.next('redo'),
    pendingRestore: null,
  };
}
