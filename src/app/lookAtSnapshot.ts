import type { CallContext } from '../core/engine';
import type { SnapshotId } from '../core/ids';
import type { ContentRow } from '../core/transferData';
import type { Repository } from './repository';
import { findPromotion } from './transfer/findPromotion';
import { Stopper } from '../base/parallel';
import { receiveManifest, receiveObject } from './transfer/receiveContent';
import { orDoubt } from './transfer/stillThere';
import type { Target } from './transfer/target';

/** A promoted snapshot that can be compared and looked into, by its id. */
export interface LookedAtSnapshot {
  snapshot: SnapshotId;
  name: string | null;
  /** The promotion; null: it was asked for by the snapshot's id. */
  nonce: string | null;
}

/**
 * Makes a promoted snapshot one that can be compared and looked into, by its id as REV: only its manifest comes,
 * checked. {@link receiveFile} brings what is looked at. Nothing is recorded: to keep it is to fetch it.
 * @param request.name a promoted name, `NAME#NONCE`, or a snapshot's 64 digits
 * @throws PROMOTION_NOT_FOUND, REMOTE_KEY_NOT_FOUND, REMOTE_INTEGRITY, other REMOTE_…, DISK_FULL, AbortError
 */
export async function lookAtSnapshot(
  repository: Repository,
  target: Target,
  request: { name: string },
  context: CallContext = {},
): Promise<LookedAtSnapshot> {
  const { engine } = repository;
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    context.onProgress?.({ phase: 'compare', done: 0, total: 0 });
    const { snapshot, name, entry } = await findPromotion(target, request.name, stopper);
    const look = { snapshot, links: entry?.checkpoint?.links ?? [] };
    const { known } = await engine.lookInto(look);
    if (!known) {
      await orDoubt(engine, target.store, () =>
        receiveManifest(engine, target.store, snapshot, stopper),
      );
      await engine.lookInto(look);
    }
    stopper.check();
    return { snapshot, name, nonce: entry?.nonce ?? null };
  } finally {
    stopper.dispose();
  }
}

/**
 * Fetches one content of a snapshot that is looked into, so that the next `readFile` finds it. It is checked before it is
 * placed.
 * @throws REMOTE_KEY_NOT_FOUND, REMOTE_INTEGRITY, other REMOTE_…, DISK_FULL, AbortError
 */
export async function receiveFile(
  repository: Repository,
  target: Target,
  row: ContentRow,
  context: CallContext = {},
): Promise<void> {
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    stopper.check();
    const progress = (bytes: number): void =>
      context.onProgress?.({ phase: 'receive', done: 0, total: 1, bytes, totalBytes: row.size });
    const { engine } = repository;
    await orDoubt(engine, target.store, () =>
      receiveObject(engine, target.store, row, { stopper, progress }),
    );
  } finally {
    stopper.dispose();
  }
}
