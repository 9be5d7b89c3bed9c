/**
 * Paths as UTF-8 in one block of shared memory, row i from `offsets[i]` to `offsets[i + 1]`: 500,000
 * strings would take hundreds of megabytes, and could not be shared with other threads.
 */
export interface PackedPaths {
  bytes: Uint8Array;
  offsets: Uint32Array;
  /** Every byte is ASCII, so that a byte is a character. */
  ascii: boolean;
}

const SLASH = 0x2f;

const views = new WeakMap<Uint8Array, Buffer>();

/** The same memory, with Node's quick ways to text: TextDecoder refuses shared memory. */
export function bufferOf(bytes: Uint8Array): Buffer {
  let view = views.get(bytes);
  if (view === undefined) {
    view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    views.set(bytes, view);
  }
  return view;
}

/** Reads paths one after the other without looking the memory up anew for each. */
export function pathReader({ bytes, offsets, ascii }: PackedPaths): (row: number) => string {
  const view = bufferOf(bytes);
  const encoding = ascii ? 'latin1' : 'utf8';
  return (row) => view.toString(encoding, offsets[row], offsets[row + 1]);
}

/** Writes a path at a byte offset; returns how many bytes it took. There must be room. */
export function writePath(bytes: Uint8Array, path: string, offset: number): number {
  return bufferOf(bytes).write(path, offset, 'utf8');
}

/** Compares a row's bytes, followed by `ending`, with text in the order of bytes. */
export function comparePath(
  { bytes, offsets }: PackedPaths,
  row: number,
  text: Uint8Array,
  ending: number | undefined,
): number {
  const start = offsets[row]!;
  const length = offsets[row + 1]! - start;
  const common = Math.min(length, text.length);
  for (let index = 0; index < common; index++) {
    const difference = bytes[start + index]! - text[index]!;
    if (difference !== 0) {
      return difference;
    }
  }
  if (length >= text.length) {
    return length - text.length + (ending === undefined ? 0 : 1);
  }
  if (ending === undefined) {
    return -1;
  }
  const difference = ending - text[length]!;
  return difference !== 0 ? difference : length + 1 - text.length;
}

/** Compares rows of two tables as a manifest orders them: a folder's path (the root's apart) ends with `/`. */
export function compareRows(
  a: PackedPaths,
  rowA: number,
  b: PackedPaths,
  rowB: number,
  dirs: boolean,
): number {
  const [startA, endA] = [a.offsets[rowA]!, a.offsets[rowA + 1]!];
  const [startB, endB] = [b.offsets[rowB]!, b.offsets[rowB + 1]!];
  const common = Math.min(endA - startA, endB - startB);
  for (let index = 0; index < common; index++) {
    const difference = a.bytes[startA + index]! - b.bytes[startB + index]!;
    if (difference !== 0) {
      return difference;
    }
  }
  if (!dirs || common === 0 || endA - startA === endB - startB) {
    return endA - startA - (endB - startB);
  }
  return endA - startA > common
    ? a.bytes[startA + common]! - SLASH || 1
    : SLASH - b.bytes[startB + common]! || -1;
}
