import { LIST_BYTES, messageBytes } from '../../core/messageSize';

/** A stretch of one list of a result, sent before the result. `list` null: the result is the list. */
export interface Part {
  list: string | null;
  items: unknown[];
}

/** What is short beside other lists stays where it is. Bytes. */
const SHORT_LIST = LIST_BYTES / 16;

function chunks(list: string | null, items: readonly unknown[]): Part[] {
  const parts: Part[] = [];
  let from = 0;
  let bytes = 0;
  for (let end = 0; end < items.length; end++) {
    const more = messageBytes(items[end]);
    if (bytes + more > LIST_BYTES && end > from) {
      parts.push({ list, items: items.slice(from, end) });
      from = end;
      bytes = 0;
    }
    bytes += more;
  }
  parts.push({ list, items: items.slice(from) });
  return parts;
}

/**
 * Takes the long lists off a result that is too large for one message: the parts go first, the rest last.
 * The lists themselves may be in use elsewhere and stay as they are.
 */
export function takeApart(result: unknown): { parts: Part[]; rest: unknown } {
  if (typeof result !== 'object' || result === null || messageBytes(result) <= LIST_BYTES) {
    return { parts: [], rest: result };
  }
  if (Array.isArray(result)) {
    return { parts: chunks(null, result), rest: [] };
  }
  const parts: Part[] = [];
  const rest: Record<string, unknown> = { ...result };
  for (const [name, value] of Object.entries(result)) {
    if (Array.isArray(value) && messageBytes(value) > SHORT_LIST) {
      parts.push(...chunks(name, value));
      rest[name] = [];
    }
  }
  return { parts, rest };
}

/** Puts the parts back into the rest of the result, which is changed. */
export function putTogether(parts: readonly Part[], rest: unknown): unknown {
  for (const { list, items } of parts) {
    const into = list === null ? rest : (rest as Record<string, unknown>)[list];
    for (const item of items) {
      (into as unknown[]).push(item);
    }
  }
  return rest;
}
