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

/** A page of the timelines of several folders, brought together by time. */
export function mergeNewest<T extends { timestamp: number }>(
  pages: readonly T[][],
  limit: number,
): T[] {
  return pages
    .flat()
    .sort((a, b) => b.timestamp - a.timestamp)
    .slice(0, limit);
}

/** Where each folder's timeline goes on, as one cursor. */
export function joinCursors(cursors: Record<string, CheckpointId>): string | undefined {
  return Object.keys(cursors).length === 0 ? undefined : JSON.stringify(cursors);
}

/** The reverse of {@link joinCursors}; a cursor that is none of ours begins anew. */
export function splitCursor(cursor: string | undefined): Record<string, CheckpointId> | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(cursor);
    return typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string')
      ? (value as Record<string, CheckpointId>)
      : undefined;
  } catch {
    return undefined;
  }
}
