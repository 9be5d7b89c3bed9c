import { ContentTable } from '../../core/contentTable';
import type { Engine } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { Checksum, SnapshotId } from '../../core/ids';
import type { PermanentStore } from '../../core/permanentStore';
import { manifestKey, objectKey } from '../../core/storeKeys';
import { CONTENT_BYTES, type ContentRow, type PlaceRow } from '../../core/transferData';
import { inParallel, type Stopper } from '../../base/parallel';
import type { Moved } from './sendContent';

/** What one request asks for. */
const PIECE_BYTES = 8 * 1024 * 1024;
const ROWS_A_BATCH = 500;

/** Small objects wait here for each other, so that one message places many. */
class Placing {
  private readonly engine: Engine;
  /** Asks for one object again, checks and places it. */
  private readonly again: (row: ContentRow) => Promise<void>;
  private rows: PlaceRow[] = [];
  private pieces: Uint8Array[] = [];
  private bytes = 0;

  constructor(engine: Engine, again: (row: ContentRow) => Promise<void>) {
    this.engine = engine;
    this.again = again;
  }

  async add({ checksum, size }: ContentRow, bytes: Uint8Array): Promise<void> {
    if (this.bytes + size > CONTENT_BYTES || this.rows.length >= ROWS_A_BATCH) {
      await this.flush();
    }
    this.rows.push({ kind: 'objects', checksum, size, offset: 0, length: size });
    this.pieces.push(bytes);
    this.bytes += size;
  }

  async flush(): Promise<void> {
    const { rows, pieces } = this;
    [this.rows, this.pieces, this.bytes] = [[], [], 0];
    if (rows.length === 0) {
      return;
    }
    try {
      await this.engine.placeContent({ rows, bytes: joined(pieces) });
    } catch (error) {
      if (!SnapdirError.is(error, 'INTEGRITY')) {
        throw error;
      }
      // One of them is damaged: each by itself.
      for (const row of rows) {
        await this.again(row);
      }
    }
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Content of any size, in messages of a megabyte. @throws INTEGRITY when it is not what the key says */
async function placeInPieces(
  engine: Engine,
  store: PermanentStore,
  of: {
    kind: PlaceRow['kind'];
    checksum: string;
    key: string;
    stopper: Stopper;
    progress?: (bytes: number) => void;
  },
): Promise<number> {
  const { kind, checksum, key, stopper } = of;
  let size = 1;
  for (let at = 0; at < size;) {
    stopper.check();
    const length = PIECE_BYTES;
    const piece = await store.get(key, { signal: stopper.signal, offset: at, length });
    if (piece.bytes.length === 0 && piece.size > at) {
      const [expected, actual] = [piece.size, at];
      throw new SnapdirError('REMOTE_TRUNCATED', { store: store.label, key, expected, actual });
    }
    size = piece.size;
    for (let from = 0; from < piece.bytes.length || size === 0; from += CONTENT_BYTES) {
      const bytes = piece.bytes.slice(from, from + CONTENT_BYTES);
      const row = { kind, checksum, size, offset: at + from, length: bytes.length };
      await engine.placeContent({ rows: [row], bytes });
      if (size === 0) {
        return 0;
      }
    }
    at += piece.bytes.length;
    of.progress?.(at);
  }
  return size;
}

/** What does not hash to its key is asked for once more: the way may have damaged it. */
async function twice(
  store: PermanentStore,
  key: string,
  receive: () => Promise<void>,
): Promise<void> {
  try {
    await receive();
  } catch (error) {
    if (!SnapdirError.is(error, 'INTEGRITY')) {
      throw error;
    }
    try {
      await receive();
    } catch (again) {
      if (!SnapdirError.is(again, 'INTEGRITY')) {
        throw again;
      }
      const { expected, actual } = again.data;
      const data = { store: store.label, key, expected, actual };
      throw new SnapdirError('REMOTE_INTEGRITY', data, { cause: again });
    }
  }
}

/** Fetches a manifest; the engine keeps it until its content is here. @throws REMOTE_KEY_NOT_FOUND, REMOTE_INTEGRITY, … */
export async function receiveManifest(
  engine: Engine,
  store: PermanentStore,
  snapshot: SnapshotId,
  stopper: Stopper,
): Promise<void> {
  const key = manifestKey(snapshot);
  const of = { kind: 'manifests' as const, checksum: snapshot, key, stopper };
  await twice(store, key, async () => void (await placeInPieces(engine, store, of)));
}

async function* missing(
  engine: Engine,
  snapshot: SnapshotId,
  found: (page: { total: number; totalBytes: number }) => void,
): AsyncGenerator<ContentRow, void, undefined> {
  // All of the list first: what is placed meanwhile must not move its pages.
  const rows = new ContentTable();
  for (let from: number | undefined = 0; from !== undefined;) {
    const page = await engine.missingContent({ snapshot, from });
    found(page);
    rows.addPacked(page.bytes);
    from = page.next;
  }
  yield* rows;
}

/** One small object. @throws INTEGRITY when it is of another size */
async function receiveSmall(
  store: PermanentStore,
  { checksum, size }: ContentRow,
  stopper: Stopper,
): Promise<Uint8Array> {
  const key = objectKey(checksum as Checksum);
  const answer = await store.get(key, { signal: stopper.signal });
  if (answer.size !== size || answer.bytes.length !== size) {
    const [expected, actual] = [`${size} bytes`, `${answer.size} bytes`];
    throw new SnapdirError('INTEGRITY', { address: checksum, expected, actual });
  }
  return answer.bytes;
}

const keyOf = ({ checksum }: ContentRow): string => objectKey(checksum as Checksum);

/**
 * Fetches one object; it is checked before it is placed.
 * @param of.progress how many bytes of it came so far
 * @throws REMOTE_KEY_NOT_FOUND, REMOTE_INTEGRITY, other REMOTE_…, DISK_FULL, AbortError
 */
export async function receiveObject(
  engine: Engine,
  store: PermanentStore,
  row: ContentRow,
  of: { stopper: Stopper; progress?: (bytes: number) => void },
): Promise<void> {
  const { checksum, size } = row;
  const [kind, key] = ['objects' as const, keyOf(row)];
  await twice(store, key, async () => {
    if (size > CONTENT_BYTES) {
      await placeInPieces(engine, store, { kind, checksum, key, ...of });
      return;
    }
    const bytes = await receiveSmall(store, row, of.stopper);
    const place = { kind, checksum, size, offset: 0, length: size };
    await engine.placeContent({ rows: [place], bytes: bytes.slice() });
    of.progress?.(size);
  });
}

/** Fetches what of a snapshot is not here, whose manifest was received. Each object is checked before it is placed. */
export async function receiveObjects(
  engine: Engine,
  store: PermanentStore,
  snapshot: SnapshotId,
  of: {
    width: number;
    stopper: Stopper;
    progress(moved: Moved, all: { total: number; totalBytes: number }): void;
  },
): Promise<Moved> {
  const { stopper } = of;
  const moved: Moved = { objects: 0, bytes: 0 };
  const all = { total: 0, totalBytes: 0 };
  const alone = (row: ContentRow): Promise<void> => receiveObject(engine, store, row, { stopper });
  const placing = new Placing(engine, alone);
  const source = missing(engine, snapshot, (page) => Object.assign(all, page));
  await inParallel(source, of.width, stopper, async (row) => {
    if (row.size > CONTENT_BYTES) {
      await alone(row);
    } else {
      const add = async (): Promise<void> =>
        placing.add(row, await receiveSmall(store, row, stopper));
      await twice(store, keyOf(row), add);
    }
    moved.objects++;
    moved.bytes += row.size;
    of.progress(moved, all);
  });
  await placing.flush();
  return moved;
}
