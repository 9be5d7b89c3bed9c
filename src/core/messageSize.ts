/** No message from the engine's threads is larger: copying one keeps the editor's thread busy. Bytes. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What a list may take of a message; the rest is for everything beside it. Bytes. */
export const LIST_BYTES = 800_000;
const BYTES_PER_VALUE = 10;
const KEY_BYTES = 3;
const WIDE = /[^\x00-\xff]/;

/** About how many bytes a plain value takes as a message, rather more than fewer. */
export function messageBytes(value: unknown): number {
  if (typeof value === 'string') {
    return BYTES_PER_VALUE + value.length * (WIDE.test(value) ? 2 : 1);
  }
  if (typeof value !== 'object' || value === null) {
    return BYTES_PER_VALUE;
  }
  if (value instanceof Uint8Array) {
    // Handed over, not copied.
    return BYTES_PER_VALUE;
  }
  let bytes = BYTES_PER_VALUE;
  for (const [key, item] of Object.entries(value)) {
    bytes += KEY_BYTES + key.length + messageBytes(item);
  }
  return bytes;
}

/** As much of the list's beginning as fits one message; at least one item. */
export function fitting<T>(list: readonly T[], maxBytes = LIST_BYTES): T[] {
  let bytes = 0;
  for (let end = 0; end < list.length; end++) {
    bytes += messageBytes(list[end]);
    if (bytes > maxBytes && end > 0) {
      return list.slice(0, end);
    }
  }
  return [...list];
}
