import type { CallContext, Engine } from '../../core/engine';
import { ContentTable } from '../../core/contentTable';
import type { SnapshotId } from '../../core/ids';
import { freeMemory } from '../../base/freeMemory';
import type { Stopper } from '../../base/parallel';
import { presentAmong, presentIn } from './presence';
import { sendManifest, sendObjects, type Moved } from './sendContent';
import { TRANSFERS_AT_ONCE, type Target } from './target';

/** What is to be sent. */
export interface Sending {
  snapshot: SnapshotId;
  /** Bytes of its manifest. */
  manifestBytes: number;
  /** Snapshots of which the store has everything, and whose manifests are here. */
  less: SnapshotId[];
  /** Everything is sent, whatever is there. */
  anew: boolean;
  /** Some may be there. */
  likely: boolean;
  /** All that the store holds, sizes by checksum, where it was just asked; undefined: it tells when it is asked. */
  all: ReadonlyMap<string, number> | undefined;
  /** Its manifest was just seen to be there, whole. */
  manifestThere: boolean;
}

/**
 * Sends a snapshot: objects, each of which must have arrived, then the manifest. What the store shows to have is not sent;
 * nothing that is remembered here counts for that.
 * @returns what went, and how many contents were there
 */
export async function sendSnapshot(
  engine: Engine,
  target: Target,
  of: Sending,
  { stopper, context }: { stopper: Stopper; context: CallContext },
): Promise<{ sent: Moved; present: number }> {
  const { store } = target;
  const { snapshot, less, anew } = of;
  const width = TRANSFERS_AT_ONCE;
  const rows = new ContentTable();
  let [present, totalBytes] = [0, 0];
  for (let from: number | undefined = 0; from !== undefined;) {
    stopper.check();
    const page = await engine.listContent({ snapshot, less, from }, context);
    rows.addPacked(page.bytes);
    [from, present, totalBytes] = [page.next, page.known, page.totalBytes];
  }
  const looking = (done: number): void =>
    context.onProgress?.({ phase: 'compare', done, total: 0 });
  const look = { width, stopper, progress: looking, likely: of.likely };
  const there = anew
    ? new Set<string>()
    : of.all === undefined
      ? await presentIn(store, rows, look)
      : presentAmong(of.all, rows);
  const wanted = there.size === 0 ? rows : rows.filter(({ checksum }) => !there.has(checksum));
  if (there.size > 0) {
    totalBytes = wanted.totalBytes;
  }
  const progress = ({ objects: done, bytes }: Moved): void =>
    context.onProgress?.({ phase: 'send', done, total: wanted.length, bytes, totalBytes });
  await engine.noteSending({ remote: store.id, underWay: true });
  const sent = await sendObjects(engine, store, wanted, { width, stopper, progress });
  // Before there is a second copy of the manifest, and for the next promotion: they would stay for minutes.
  freeMemory(...rows.takeApart(), ...wanted.takeApart());
  if (anew || !of.manifestThere) {
    await sendManifest(engine, store, { snapshot, size: of.manifestBytes, stopper, anew });
  }
  await engine.noteSending({ remote: store.id, underWay: false });
  return { sent, present: present + there.size };
}
