import type { RestoreOperation, TimelineFilter, TimelinePage } from './engine';
import type { History } from './history';
import { compareLogged, type LoggedRestore, type LoggedTake } from './history/log';
import type { CheckpointId } from './ids';
import { OperationLog } from './operationLog';

function toRestoreOperation(restore: LoggedRestore | undefined | null): RestoreOperation | null {
  if (restore === undefined || restore === null) {
    return null;
  }
  const { id, time, checkpoint, scope, counts } = restore;
  return { id, time, checkpoint, scope, counts };
}

function matchesText(history: History, take: LoggedTake, text: string): boolean {
  const needle = text.toLowerCase();
  const { message, tags, refs } = history.words(take);
  return (
    take.id.startsWith(needle) ||
    take.snapshot.startsWith(needle) ||
    [message, take.author, ...tags, ...refs].some((word) => word.toLowerCase().includes(needle))
  );
}

function matches(history: History, take: LoggedTake, filter: TimelineFilter): boolean {
  const { text, tag, ref, triggers, since, until } = filter;
  return (
    (since === undefined || take.time >= since) &&
    (until === undefined || take.time <= until) &&
    (triggers === undefined || triggers.includes(take.trigger)) &&
    (tag === undefined || history.words(take).tags.includes(tag)) &&
    (ref === undefined || history.words(take).refs.includes(ref)) &&
    (text === undefined || text === '' || matchesText(history, take, text))
  );
}

/**
 * One page of the timeline, newest first. `before` is the last checkpoint of the page before, which may
 * have been deleted since. `pendingRestore` is null: only the engine can see a journal.
 */
export function timelinePage(
  history: History,
  options: { limit?: number; before?: CheckpointId; filter?: TimelineFilter } = {},
): TimelinePage {
  const { limit = 100, filter = {} } = options;
  const all = history.checkpointsNewestFirst();
  const unfiltered = Object.values(filter).every((value) => value === undefined);
  const matching = unfiltered ? all : all.filter((take) => matches(history, take, filter));
  const before = options.before === undefined ? undefined : history.checkpoint(options.before);
  let start = 0;
  if (options.before !== undefined) {
    const next = before && matching.findIndex((take) => compareLogged(take, before) < 0);
    start = next === undefined || next < 0 ? matching.length : next;
  }
  const page = matching.slice(start, start + limit);
  const last = page.at(-1);
  const operations = new OperationLog(history);
  return {
    checkpoints: page.map((take) => history.toInfo(take.id)),
    ...(last !== undefined && start + limit < matching.length ? { next: last.id } : {}),
    head: history.head,
    total: matching.length,
    refs: Object.fromEntries(history.refs),
    tags: history.tags,
    undoable: toRestoreOperation(history.undoable()),
    redoable: toRestoreOperation(history.redoable()?.restore),
    undo: operations.next('undo'),
    redo: operations.next('redo'),
    pendingRestore: null,
  };
}
