import type { PromotedFile } from '../core/engine';
import type { SnapshotId } from '../core/ids';
import type { Promotion } from './promoteSnapshot';
import type { Repository } from './repository';

/**
 * Writes a promotion into `snapdir.json`, which is made where it is missing, some time after it was done: by then the
 * name may stand for another checkpoint. While it does not, the snapshot is the one that was sent, which is not the
 * checkpoint's own where secrets were left out.
 * @throws PARSE, UNSAFE_PATH, STORE_BUSY, DISK_FULL, READ_ONLY, IO
 */
export async function notePromotion(
  { engine }: Repository,
  done: Pick<Promotion, 'name' | 'checkpoint' | 'snapshot'>,
): Promise<PromotedFile> {
  const { name, checkpoint } = done;
  const now = (await engine.timeline({ limit: 1 })).refs[name];
  let snapshot: SnapshotId = done.snapshot;
  if (checkpoint !== null && now !== undefined && now !== checkpoint) {
    const found = await engine.resolve({ rev: now });
    snapshot = found.kind === 'snapshot' ? found.snapshot : snapshot;
  }
  return engine.promotedFile({ set: [{ name, snapshot }], create: true });
}
