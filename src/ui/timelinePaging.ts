import type { FileHistory, FolderHistory, HistoryParams, HistoryPlace } from '../core/engine';
import type { CheckpointId } from '../core/ids';

/** A page of anything that has a time, and where the next one begins. */
export interface Page<T> {
  items: T[];
  cursor?: string;
}

/** How much one request may look through older snapshots. Milliseconds. */
const SLICE = 1_000;
const LIMIT = 50;

/** A cursor as the engine gave it; undefined where it is none of ours: then the newest come again. */
export function parseCursor(cursor: string | undefined): HistoryPlace | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  try {
    const place = JSON.parse(cursor) as Partial<HistoryPlace> | null;
    return typeof place?.checkpoint === 'string' && typeof place.path === 'string'
      ? { ...place, checkpoint: place.checkpoint, path: place.path }
      : undefined;
  } catch {
    return undefined;
  }
}

/** What to ask the engine for one request of the built-in Timeline. */
export function historyRequest(
  path: string,
  options: { cursor?: string; limit?: number },
): HistoryParams {
  const from = parseCursor(options.cursor);
  const { limit } = options;
  return {
    path,
    limit: typeof limit === 'number' && limit > 0 ? Math.floor(limit) : LIMIT,
    ms: SLICE,
    ...(from === undefined ? {} : { from }),
  };
}

/** The engine's page as the built-in Timeline wants it. */
export function historyPage<V, T>(
  page: { versions: V[] } & Pick<FileHistory | FolderHistory, 'next'>,
  toItem: (version: V) => T,
): Page<T> {
  const items = page.versions.map(toItem);
  return page.next === undefined ? { items } : { items, cursor: JSON.stringify(page.next) };
}

/** Where a folder's timeline goes on: after this snapshot, or from its newest, of which nothing was shown yet. */
export type From = CheckpointId | typeof FROM_NEWEST;

export const FROM_NEWEST = '';

/** What one folder has for a page of the whole workspace's timeline. */
export interface FolderPage<T> {
  root: string;
  /** Newest first. */
  items: readonly T[];
  /** Whether there are older ones than these. */
  more: boolean;
}

/**
 * A page of the timelines of several folders, brought together by time. The cursor has each folder that is not at
 * its end, also one of which nothing was new enough for a page so far.
 * @param before where the page began, by folder
 */
export function joinPages<T extends { timestamp: number; checkpoint: CheckpointId }>(
  pages: readonly FolderPage<T>[],
  limit: number,
  before: Readonly<Record<string, From>> | undefined,
): Page<T> {
  const items = pages
    .flatMap((page) => page.items)
    .sort((a, b) => b.timestamp - a.timestamp)
    .slice(0, limit);
  const shown = new Set(items);
  const next: Record<string, From> = {};
  for (const { root, items: own, more } of pages) {
    const last = own.findLast((item) => shown.has(item));
    if (more || own.some((item) => !shown.has(item))) {
      next[root] = last?.checkpoint ?? before?.[root] ?? FROM_NEWEST;
    }
  }
  const cursor = joinCursors(next);
  return cursor === undefined ? { items } : { items, cursor };
}

/** Where each folder's timeline goes on, as one cursor. */
export function joinCursors(cursors: Record<string, From>): string | undefined {
  return Object.keys(cursors).length === 0 ? undefined : JSON.stringify(cursors);
}

/** The reverse of {@link joinCursors}; a cursor that is none of ours begins anew. */
export function splitCursor(cursor: string | undefined): Record<string, From> | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(cursor);
    return typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string')
      ? (value as Record<string, From>)
      : undefined;
  } catch {
    return undefined;
  }
}
