import type { CheckpointInfo } from '../../core/engine';
import type { CheckpointId } from '../../core/ids';

/** Automatic checkpoints that share a row. */
export interface Burst {
  /** In the order of the list. */
  checkpoints: CheckpointInfo[];
  oldest: CheckpointInfo;
  newest: CheckpointInfo;
}

/** Fewer than this are as quick to read one by one. */
const MIN_BURST = 3;
/** A pause of this many milliseconds begins another burst: somebody did something else meanwhile. */
export const BURST_PAUSE_MS = 10 * 60_000;

/** Whether a checkpoint may stand in a burst: nobody made it, named it or has to find it. */
function isFoldable(checkpoint: CheckpointInfo): boolean {
  const { trigger, message, refs, tags, isHead, damaged, branchOf, forks } = checkpoint;
  const named = message !== '' || refs.length > 0 || tags.length > 0;
  const marked = isHead || damaged !== undefined || branchOf !== undefined || forks !== undefined;
  return trigger === 'auto' && !named && !marked;
}

function goesOn(before: CheckpointInfo, next: CheckpointInfo): boolean {
  return (
    Math.abs(before.time - next.time) < BURST_PAUSE_MS &&
    before.aside === next.aside &&
    isFoldable(next)
  );
}

/** Puts neighbours of a list, in either order of time, into bursts; the rest stays as it is. */
export function foldBursts(checkpoints: readonly CheckpointInfo[]): (CheckpointInfo | Burst)[] {
  const rows: (CheckpointInfo | Burst)[] = [];
  for (let from = 0; from < checkpoints.length;) {
    const first = checkpoints[from]!;
    let end = from + 1;
    while (isFoldable(first) && end < checkpoints.length) {
      if (!goesOn(checkpoints[end - 1]!, checkpoints[end]!)) {
        break;
      }
      end += 1;
    }
    const run = checkpoints.slice(from, end);
    rows.push(...(run.length < MIN_BURST ? run : [burstOf(run)]));
    from = end;
  }
  return rows;
}

/**
 * Names bursts by one of their checkpoints, and by the same one as long as it is among them: newer ones join a burst at one end, those
 * of the next page at the other, and a burst that somebody unfolded is to stay so. No two bursts hold the same one, so no two have one name.
 */
export class BurstNames {
  private readonly known = new Set<CheckpointId>();

  /** What a burst was called when it was shown before; its oldest checkpoint where it was not. */
  nameOf({ checkpoints, oldest }: Burst): CheckpointId {
    const name = checkpoints.find(({ id }) => this.known.has(id))?.id ?? oldest.id;
    this.known.add(name);
    return name;
  }
}

function burstOf(checkpoints: CheckpointInfo[]): Burst {
  const [first, last] = [checkpoints[0]!, checkpoints.at(-1)!];
  const [oldest, newest] = first.time < last.time ? [first, last] : [last, first];
  return { checkpoints, oldest, newest };
}
