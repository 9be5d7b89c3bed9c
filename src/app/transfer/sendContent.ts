import type { Engine } from '../../core/engine';
import type { Checksum, SnapshotId } from '../../core/ids';
import { SnapdirError } from '../../core/errors';
import type { PermanentStore, StoreContent } from '../../core/permanentStore';
import { manifestKey, objectKey } from '../../core/storeKeys';
import { CONTENT_BYTES, ROWS_A_MESSAGE, type ContentRow } from '../../core/transferData';
import { inParallel, type Stopper } from './parallel';

interface Parcel {
  row: ContentRow;
  content: StoreContent;
}

/** Content is read in messages of at most this much, many small ones in one. */
function* batches(rows: readonly ContentRow[]): Generator<ContentRow[]> {
  let batch: ContentRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (batch.length > 0 && bytes + row.size > CONTENT_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(row);
    bytes += row.size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}

/** Content too large for one message: read piece by piece, as often as a store asks for it. */
function inPieces(engine: Engine, { checksum, size }: ContentRow): StoreContent {
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      for (let at = 0; at < bytes.length; at += CONTENT_BYTES) {
        const piece = Math.min(CONTENT_BYTES, bytes.length - at);
        const row = { checksum, size, offset: offset + at, length: piece };
        bytes.set((await engine.readContent({ rows: [row] })).bytes, at);
      }
      return bytes;
    },
  };
}

async function readBatch(engine: Engine, batch: ContentRow[]): Promise<Parcel[]> {
  const [first] = batch;
  if (first !== undefined && first.size > CONTENT_BYTES) {
    return [{ row: first, content: inPieces(engine, first) }];
  }
  const { bytes } = await engine.readContent({ rows: batch });
  let at = 0;
  return batch.map((row) => {
    const content = bytes.subarray(at, at + row.size);
    at += row.size;
    return { row, content };
  });
}

/** The next batch is read while the last one is sent. */
async function* parcels(
  engine: Engine,
  rows: readonly ContentRow[],
): AsyncGenerator<Parcel, void, undefined> {
  let ahead: Promise<Parcel[]> | undefined;
  for (const batch of batches(rows)) {
    const ready = ahead;
    ahead = readBatch(engine, batch);
    ahead.catch(() => undefined); // Told when its turn comes, if anybody still asks.
    yield* (await ready) ?? [];
  }
  yield* (await ahead) ?? [];
}

/** How many things, and bytes, went. */
export interface Moved {
  objects: number;
  bytes: number;
}

/**
 * Sends objects. What has been sent is remembered, also when the rest fails, so that the next try goes on there.
 */
export async function sendObjects(
  engine: Engine,
  store: PermanentStore,
  rows: readonly ContentRow[],
  of: { width: number; stopper: Stopper; progress(moved: Moved): void },
): Promise<Moved> {
  const moved: Moved = { objects: 0, bytes: 0 };
  let unnoted: string[] = [];
  const note = async (): Promise<void> => {
    const checksums = unnoted;
    unnoted = [];
    await engine.noteSent({ remote: store.url, checksums });
  };
  try {
    await inParallel(parcels(engine, rows), of.width, of.stopper, async ({ row, content }) => {
      const key = objectKey(row.checksum as Checksum);
      await store.put(key, content, { signal: of.stopper.signal });
      moved.objects++;
      moved.bytes += row.size;
      of.progress(moved);
      if (unnoted.push(row.checksum) >= ROWS_A_MESSAGE) {
        await note();
      }
    });
  } finally {
    await note();
  }
  return moved;
}

/** Sends a manifest, after everything it names. One that is there is as good: its key is its checksum. */
export async function sendManifest(
  engine: Engine,
  store: PermanentStore,
  of: { snapshot: SnapshotId; size: number; stopper: Stopper },
): Promise<void> {
  const { snapshot, size, stopper } = of;
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    for (let at = 0; at < bytes.length; at += CONTENT_BYTES) {
      const piece = Math.min(CONTENT_BYTES, bytes.length - at);
      const params = { snapshot, offset: offset + at, length: piece };
      bytes.set((await engine.readManifestPiece(params)).bytes, at);
    }
    return bytes;
  };
  const content = size <= CONTENT_BYTES ? await read(0, size) : { size, read };
  const call = { signal: stopper.signal };
  const { conditional } = await store.capabilities(call);
  try {
    const condition = conditional ? { condition: { ifAbsent: true } as const } : {};
    await store.put(manifestKey(snapshot), content, { ...call, ...condition });
  } catch (error) {
    if (!SnapdirError.is(error, 'REMOTE_CONFLICT')) {
      throw error;
    }
  }
}
