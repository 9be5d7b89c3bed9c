/** So many things are done before others on this thread, the editor's, have their turn. */
const EVERY = 2_000;

/** The others on this thread have their turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Goes through many items, and never keeps the thread for long. */
export async function inTurns<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  let count = 0;
  for (const item of items) {
    visit(item);
    if (++count % EVERY === 0) {
      await turn();
    }
  }
}

/** Parts of a text between separators, without a list of them all. What follows the last separator counts, too. */
export function* partsOf(bytes: Buffer, separator: string): Generator<string, void, undefined> {
  for (let at = 0; at <= bytes.length;) {
    const found = bytes.indexOf(separator, at);
    const end = found < 0 ? bytes.length : found;
    yield bytes.toString('utf8', at, end);
    at = end + 1;
  }
}
