import type { Engine } from '../../core/engine';
import type { Checksum, SnapshotId } from '../../core/ids';
import { SnapdirError } from '../../core/errors';
import type { PermanentStore, StoreContent, Written } from '../../core/permanentStore';
import { manifestKey, objectKey } from '../../core/storeKeys';
import type { ContentTable } from '../../core/contentTable';
import { CONTENT_BYTES, ROWS_A_MESSAGE, type ContentRow } from '../../core/transferData';
import { inParallel, type Stopper } from '../../base/parallel';
import { isManifestWhole } from './stillThere';

/** Small contents are read together, up to this many bytes: what waits to be sent is in memory. */
const BATCH_BYTES = CONTENT_BYTES / 4;

/** Batches on their way at once, where they go as a whole: while the last requests of one are answered, the next one goes. */
const BATCHES = 2;

/**
 * Memory that the engine's thread writes content to, used again when all of it was sent. Messages of their own would be
 * dozens of megabytes that nobody needs before the thread next cleans up.
 */
class Trays {
  private readonly free: Uint8Array[] = [];
  private readonly freeLarge: Uint8Array[] = [];

  /** @param bytes what it is to hold */
  take(bytes: number): Uint8Array {
    const [free, size] =
      bytes > BATCH_BYTES ? [this.freeLarge, CONTENT_BYTES] : [this.free, BATCH_BYTES];
    return free.pop() ?? new Uint8Array(new SharedArrayBuffer(size));
  }

  giveBack(tray: Uint8Array): void {
    (tray.length > BATCH_BYTES ? this.freeLarge : this.free).push(tray);
  }
}

interface Parcel {
  row: ContentRow;
  content: StoreContent;
  /** It was sent: nobody looks at its bytes any more. */
  done: () => void;
}

/** Rows that are read together, from one up to another, and their bytes. */
interface Batch {
  from: number;
  to: number;
  bytes: number;
}

function* batches(rows: ContentTable): Generator<Batch> {
  let [from, bytes] = [0, 0];
  for (let row = 0; row < rows.length; row++) {
    const size = rows.size(row);
    if (row > from && (bytes + size > BATCH_BYTES || row - from === ROWS_A_MESSAGE)) {
      yield { from, to: row, bytes };
      [from, bytes] = [row, 0];
    }
    bytes += size;
  }
  if (rows.length > from) {
    yield { from, to: rows.length, bytes };
  }
}

/** What is too large for one message: read piece by piece, as often as a store asks for it, and several parts at once. */
function inPieces(
  trays: Trays,
  size: number,
  readInto: (offset: number, into: Uint8Array) => Promise<unknown>,
): Exclude<StoreContent, Uint8Array> {
  return {
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      // Each reading has its own.
      const tray = trays.take(CONTENT_BYTES);
      for (let at = 0; at < bytes.length; at += CONTENT_BYTES) {
        const into = tray.subarray(0, Math.min(CONTENT_BYTES, bytes.length - at));
        await readInto(offset + at, into);
        bytes.set(into, at);
      }
      trays.giveBack(tray);
      return bytes;
    },
  };
}

const objectInPieces = (engine: Engine, trays: Trays, row: ContentRow): StoreContent =>
  inPieces(trays, row.size, (offset, into) =>
    engine.readContent({ rows: [{ ...row, offset, length: into.length }], into }),
  );

/** Where content comes from. */
interface Source {
  engine: Engine;
  rows: ContentTable;
  trays: Trays;
}

/** Content that was read, and the tray that it lies in; without one it is read when it is asked for. */
interface Filled {
  batch: Batch;
  tray: Uint8Array | undefined;
}

async function fill({ engine, trays, rows }: Source, batch: Batch): Promise<Filled> {
  if (batch.bytes > CONTENT_BYTES) {
    return { batch, tray: undefined };
  }
  const tray = trays.take(batch.bytes);
  await engine.readContent({ packed: rows.packed(batch.from, batch.to), into: tray });
  return { batch, tray };
}

/** Each is made when its turn comes: hundreds that wait for seconds would be garbage that stays for long. */
function* unpack(
  { engine, trays, rows }: Source,
  { batch: { from, to }, tray }: Filled,
): Generator<Parcel, void, undefined> {
  let [at, left] = [0, to - from];
  for (let index = from; index < to; index++) {
    const row = rows.row(index);
    if (tray === undefined) {
      yield { row, content: objectInPieces(engine, trays, row), done: () => undefined };
      continue;
    }
    const content = tray.subarray(at, at + row.size);
    at += row.size;
    // Of one that failed nothing is used again: somebody may still be reading it.
    yield { row, content, done: () => void (--left === 0 && trays.giveBack(tray)) };
  }
}

/** Each batch that is wanted, read while the last one is sent. */
async function* filled(
  from: Source,
  wanted: (batch: Batch) => boolean,
): AsyncGenerator<Filled, void, undefined> {
  let ahead: Promise<Filled> | undefined;
  for (const batch of batches(from.rows)) {
    if (!wanted(batch)) {
      continue;
    }
    const ready = ahead;
    ahead = fill(from, batch);
    ahead.catch(() => undefined); // Told when its turn comes, if anybody still asks.
    if (ready !== undefined) {
      yield await ready;
    }
  }
  if (ahead !== undefined) {
    yield await ahead;
  }
}

async function* parcels(
  from: Source,
  wanted: (batch: Batch) => boolean,
): AsyncGenerator<Parcel, void, undefined> {
  for await (const one of filled(from, wanted)) {
    yield* unpack(from, one);
  }
}

/** How many things, and bytes, went. */
export interface Moved {
  objects: number;
  bytes: number;
}

interface SendControl {
  width: number;
  stopper: Stopper;
  progress(moved: Moved): void;
}

/** Sends objects. */
export async function sendObjects(
  engine: Engine,
  store: PermanentStore,
  rows: ContentTable,
  of: SendControl,
): Promise<Moved> {
  const moved: Moved = { objects: 0, bytes: 0 };
  const count = (objects: number, bytes: number): void => {
    moved.objects += objects;
    moved.bytes += bytes;
    of.progress(moved);
  };
  const from = { engine, rows, trays: new Trays() };
  const byMany = store.putMany !== undefined;
  // A batch of fewer than go at once would hold others up.
  const asWhole = (batch: Batch): boolean =>
    byMany && batch.to - batch.from >= of.width && batch.bytes <= BATCH_BYTES;
  await inParallel(filled(from, asWhole), BATCHES, of.stopper, (batch) =>
    sendBatch(from, store, batch, { ...of, count }),
  );
  const oneByOne = (batch: Batch): boolean => !asWhole(batch);
  await inParallel(
    parcels(from, oneByOne),
    of.width,
    of.stopper,
    async ({ row, content, done }) => {
      const key = objectKey(row.checksum as Checksum);
      await store.put(key, content, { signal: of.stopper.signal });
      done();
      count(1, row.size);
    },
  );
  return moved;
}

async function sendBatch(
  { rows, trays }: Source,
  store: PermanentStore,
  { batch, tray }: Filled,
  { width, stopper, count }: SendControl & { count: (objects: number, bytes: number) => void },
): Promise<void> {
  const bytes = tray!.subarray(0, batch.bytes); // Many are small together.
  const [keys, sizes]: [string[], number[]] = [[], []];
  for (let row = batch.from; row < batch.to; row++) {
    const { checksum, size } = rows.row(row);
    keys.push(objectKey(checksum as Checksum));
    sizes.push(size);
  }
  let told: Written = { count: 0, bytes: 0 };
  const onWritten = (written: Written): void => {
    // A store that begins again somewhere else counts anew.
    count(Math.max(0, written.count - told.count), Math.max(0, written.bytes - told.bytes));
    told = written.count > told.count ? written : told;
  };
  await store.putMany!({ keys, sizes, bytes }, { width, signal: stopper.signal, onWritten });
  onWritten({ count: keys.length, bytes: batch.bytes });
  trays.giveBack(tray!);
}

/**
 * Sends a manifest, after everything it names. One that is there is as good, if it is whole: its key is its checksum.
 * @param of.anew whether it replaces what is there in any case
 */
export async function sendManifest(
  engine: Engine,
  store: PermanentStore,
  of: { snapshot: SnapshotId; size: number; stopper: Stopper; anew: boolean },
): Promise<void> {
  const { snapshot, size, stopper } = of;
  // A piece is handed over: memory that all threads see would be kept by each of them until it cleans up.
  const pieces = inPieces(new Trays(), size, (offset, into) =>
    engine.readManifestPiece({ snapshot, offset, length: into.length, into }),
  );
  const content = size <= CONTENT_BYTES ? await pieces.read(0, size) : pieces;
  const call = { signal: stopper.signal };
  const key = manifestKey(snapshot);
  const conditional = !of.anew && (await store.capabilities(call)).conditional;
  try {
    const condition = conditional ? { condition: { ifAbsent: true } as const } : {};
    await store.put(key, content, { ...call, ...condition });
  } catch (error) {
    if (!SnapdirError.is(error, 'REMOTE_CONFLICT')) {
      throw error;
    }
    if (!(await isManifestWhole(store, { snapshot, size }, call))) {
      await store.put(key, content, call);
    }
  }
}
