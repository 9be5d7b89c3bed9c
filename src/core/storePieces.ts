import { throwIfCancelled } from '../base/abort';
import type { NoS3Causes } from './causes';
import { SnapdirError } from './errors';
import type { NewHash } from './hasher';
import type { PermanentStore, StoreCall, StoreReader } from './permanentStore';
import { addressOf, REFS } from './storeKeys';

/** What is read with one request. Bytes. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/**
 * Content of any size, piece by piece in order, with one piece in memory; small content takes one request. When
 * the last piece has come, an object's content is checked against its key: take nothing for good before the end.
 * @throws REMOTE_KEY_NOT_FOUND, REMOTE_INTEGRITY (other content than the key says, or changed meanwhile), …
 */
export async function* readPieces(
  store: StoreReader,
  key: string,
  newHash: NewHash,
  call: StoreCall & { pieceBytes?: number } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const address = addressOf(key);
  const hash = address?.kind === 'object' ? newHash() : undefined;
  const length = call.pieceBytes ?? PIECE_BYTES;
  let at = 0;
  for (let size = 1, first = true; at < size; first = false) {
    throwIfCancelled(call.signal);
    const piece = await store.get(key, { ...call, offset: at, length });
    if ((!first && piece.size !== size) || (piece.bytes.length === 0 && at < piece.size)) {
      const expected = `${size} bytes`;
      const actual = `${piece.size} bytes`;
      throw new SnapdirError('REMOTE_INTEGRITY', { store: store.label, key, expected, actual });
    }
    size = piece.size;
    at += piece.bytes.length;
    hash?.update(piece.bytes);
    if (piece.bytes.length > 0) {
      yield piece.bytes;
    }
  }
  const actual = hash?.digest();
  if (address !== undefined && actual !== undefined && actual !== address.id) {
    const expected = address.id;
    throw new SnapdirError('REMOTE_INTEGRITY', { store: store.label, key, expected, actual });
  }
}

/** Below it is what a trial writes. */
export const PROBES = '.snapdir-probe/';

/** What looking at a store found. */
export interface StoreProbe {
  conditional: boolean;
  /** How long one small write took, milliseconds. */
  writeMs: number;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

async function refused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return false;
  } catch (error) {
    if (SnapdirError.is(error, 'REMOTE_CONFLICT')) {
      return true;
    }
    throw error;
  }
}

/**
 * Finds out by trying what a store can do: writes, reads back, compares, asks for what is missing, tries
 * conditions that hold and ones that do not, deletes. A page that answers "200 OK" to everything is no store (REMOTE_NOT_S3).
 * @param nonce of `a-z 0-9 -`, new each time
 * @throws what keeps the store from being used
 */
export async function probeStore(
  store: PermanentStore,
  nonce: string,
  now: () => number,
  call: StoreCall = {},
): Promise<StoreProbe> {
  const key = PROBES + nonce;
  const text = bytesOf(`snapdir probe ${nonce}\n`);
  const started = now();
  await store.put(key, text, call);
  const writeMs = now() - started;
  try {
    const back = await store.get(key, call);
    if (!sameBytes(back.bytes, text)) {
      throw notS3(store, 'other-bytes');
    }
    await missesWhatIsNot(store, `${key}-not-there`, call);
    const conditional = await keepsConditions(store, key, text, call);
    return { conditional, writeMs };
  } finally {
    await store.delete(key, call).catch(() => undefined);
  }
}

/**
 * Tries a store that is only read: that it can be listed, and says of what is missing that it is.
 * @throws what keeps the store from being read
 */
export async function probeReading(store: StoreReader, call: StoreCall = {}): Promise<void> {
  const listed = store.list(REFS, call)[Symbol.asyncIterator]();
  await listed.next();
  // One is enough; a request for more is not left open.
  await listed.return?.(undefined);
  await missesWhatIsNot(store, `${PROBES}not-there`, call);
}

/**
 * Whoever promotes a new name asks for what is not there. Some stores refuse that where a right is missing.
 * @throws REMOTE_DENIED, REMOTE_NOT_S3, …
 */
async function missesWhatIsNot(store: StoreReader, key: string, call: StoreCall): Promise<void> {
  try {
    await store.get(key, call);
  } catch (error) {
    if (SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND')) {
      return;
    }
    throw error;
  }
  throw notS3(store, 'never-written');
}

const notS3 = (store: StoreReader, is: keyof NoS3Causes): SnapdirError =>
  new SnapdirError('REMOTE_NOT_S3', { store: store.label, host: '', reason: { is } });

async function keepsConditions(
  store: PermanentStore,
  key: string,
  text: Uint8Array,
  call: StoreCall,
): Promise<boolean> {
  try {
    const ifAbsent = { ...call, condition: { ifAbsent: true } as const };
    if (!(await refused(() => store.put(key, text, ifAbsent)))) {
      return false;
    }
    const { version } = (await store.head(key, call)) ?? {};
    if (version === undefined) {
      return false;
    }
    const ifVersion = { ...call, condition: { ifVersion: version } };
    const other = bytesOf('other\n');
    const replaced = !(await refused(() => store.put(key, other, ifVersion)));
    // The version is now an old one.
    return replaced && (await refused(() => store.put(key, text, ifVersion)));
  } catch (error) {
    if (SnapdirError.is(error, 'REMOTE_NO_CONDITIONS')) {
      return false;
    }
    throw error;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
