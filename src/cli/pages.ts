import { compareSnapshots } from '../app/compareSnapshots';
import type { Comparison } from '../core/change';
import type { TimelineFilter, TimelinePage } from '../core/engine';
import type { RelPath } from '../core/tree';
import type { Call } from './command';

const CHANGES_PER_PAGE = 100_000;
const CHECKPOINTS_PER_PAGE = 500;

/**
 * The same revision by its id. Between the calls that one command makes, HEAD and other names may come
 * to mean another snapshot.
 */
export async function pinRev(call: Call, rev: string): Promise<string> {
  if (rev === 'live' || rev === 'empty') {
    return rev;
  }
  const resolved = await call.repository.engine.resolve({ rev }, call.context);
  return resolved.kind === 'live' ? 'live' : (resolved.checkpoint?.id ?? resolved.snapshot);
}

/** The whole comparison, however many pages it takes. */
export async function compareAll(
  call: Call,
  request: { left: string; right: string; paths?: RelPath[] },
): Promise<Comparison> {
  const whole: Comparison = {
    changes: [],
    counts: { added: 0, deleted: 0, modified: 0, renamed: 0 },
    truncated: false,
  };
  for (;;) {
    const page = await compareSnapshots(
      call.repository,
      { ...request, limit: CHANGES_PER_PAGE, offset: whole.changes.length },
      call.context,
    );
    page.changes.forEach((change) => whole.changes.push(change));
    whole.counts = page.counts;
    if (!page.truncated || page.changes.length === 0) {
      return whole;
    }
  }
}

/** Pages of the timeline, newest first, up to `limit` checkpoints. */
export async function* timelinePages(
  call: Call,
  filter: TimelineFilter,
  limit: number,
): AsyncGenerator<TimelinePage> {
  let left = limit;
  let before: TimelinePage['next'];
  do {
    const page = await call.repository.engine.timeline(
      {
        limit: Math.min(left, CHECKPOINTS_PER_PAGE),
        filter,
        ...(before === undefined ? {} : { before }),
      },
      call.context,
    );
    yield page;
    left -= page.checkpoints.length;
    before = page.next;
  } while (before !== undefined && left > 0);
}
