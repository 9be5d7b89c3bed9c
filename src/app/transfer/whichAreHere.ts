import type { SnapshotId } from '../../core/ids';
import type { Repository } from '../repository';

const AT_ONCE = 1000;

/** Which of these snapshots a folder's store has. It begins none. */
export async function whichAreHere(
  { engine }: Repository,
  snapshots: readonly SnapshotId[],
): Promise<Set<SnapshotId>> {
  const all = [...new Set(snapshots)];
  const here = new Set<SnapshotId>();
  const { exists } = await engine.status({});
  for (let from = 0; exists && from < all.length; from += AT_ONCE) {
    const part = await engine.haveManifests({ snapshots: all.slice(from, from + AT_ONCE) });
    part.forEach((id) => here.add(id));
  }
  return here;
}
