import { throwIfCancelled } from '../base/abort';
import { invariant } from '../base/invariant';
import type { StoreCall, StoreContent } from '../core/permanentStore';

/** A part of content, of exactly this length. The bytes may be the caller's own: they are not to be changed. */
export async function readContent(
  content: StoreContent,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  if (content instanceof Uint8Array) {
    return content.subarray(offset, offset + length);
  }
  const bytes = await content.read(offset, length);
  invariant(bytes.length === length, 'content to write has the size that it says');
  return bytes;
}

/** Content in pieces, in order. @throws AbortError */
export async function* piecesOf(
  content: StoreContent,
  pieceBytes: number,
  call: StoreCall,
): AsyncGenerator<Uint8Array, void, undefined> {
  const size = content instanceof Uint8Array ? content.length : content.size;
  for (let at = 0; at < size; at += pieceBytes) {
    throwIfCancelled(call.signal);
    yield await readContent(content, at, Math.min(pieceBytes, size - at));
  }
}

/** A part of bytes as `get` gives it: nothing where it begins behind the end. A copy, for the caller to keep. */
export function slice(bytes: Uint8Array, part: { offset?: number; length?: number }): Uint8Array {
  const from = part.offset ?? 0;
  return bytes.slice(from, part.length === undefined ? undefined : from + part.length);
}
