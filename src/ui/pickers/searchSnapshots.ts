import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { PAGE_SIZE, type TimelineState } from '../state/timelineModel';
import type { Ui } from '../uiContext';

/** Snapshots for a list, newest first. */
export interface FoundSnapshots {
  checkpoints: readonly CheckpointInfo[];
  hasMore: boolean;
}

/** Looks for snapshots. */
export type SnapshotSearch = (
  text: string,
  pages: number,
  signal: AbortSignal,
) => Promise<FoundSnapshots>;

/**
 * Looks through all snapshots of a repository for a text, in messages, authors, tags, names and the beginnings of ids;
 * without a text it is those that are loaded, and one page more for each page after the first.
 */
export function snapshotSearch(ui: Ui, repository: Repository): SnapshotSearch {
  const timeline = ui.repositories.timelineOf(repository);
  let loadedAtFirst: number | undefined;
  const newest = async (pages: number): Promise<TimelineState> => {
    let state = await timeline.get();
    loadedAtFirst ??= state.checkpoints.length;
    const wanted = loadedAtFirst + (pages - 1) * PAGE_SIZE;
    while (state.next !== undefined && state.checkpoints.length < wanted) {
      await timeline.loadMore();
      state = await timeline.get();
    }
    return state;
  };
  return async (text, pages, signal) => {
    if (text === '') {
      const { checkpoints, next } = await newest(pages);
      return { checkpoints, hasMore: next !== undefined };
    }
    const request = { limit: pages * PAGE_SIZE, filter: { text } };
    const { checkpoints, next } = await repository.engine.timeline(request, { signal });
    return { checkpoints, hasMore: next !== undefined };
  };
}
