import type { PermanentStore, StoreCall } from '../../core/permanentStore';
import { addressOf, objectKey, OBJECTS } from '../../core/storeKeys';
import type { Checksum } from '../../core/ids';
import type { ContentTable } from '../../core/contentTable';
import { inParallel, type Stopper } from '../../base/parallel';

/** So few are sent without a look: sending what is there costs no more than asking. */
const FEW = 50;
const PAGE = 1000;
/** One of so many first pairs of digits is counted to guess how much a store has. */
const SAMPLE = '00';
const SAMPLES = 256;
const LARGE_STORE = 500_000;
const LARGE_WEIGHT = 5;
/** A store with more than this is listed in sixteen parts at once. */
const ONE_LIST = 5_000;

/** Which way is cheaper. `none`: send all. */
export type Look = 'none' | 'list' | 'head';

/**
 * How to find out what a store has (remote-stores, DVC's rule): by its list where that takes fewer requests than
 * asking for each, larger stores weighing more.
 */
export function chooseLook(wanted: number, estimated: number): Look {
  if (wanted <= FEW) {
    return 'none';
  }
  const pages = Math.ceil(estimated / PAGE) * (estimated > LARGE_STORE ? LARGE_WEIGHT : 1);
  return pages <= wanted ? 'list' : 'head';
}

async function countSample(
  store: PermanentStore,
  enough: number,
  call: StoreCall,
): Promise<number> {
  let count = 0;
  for await (const { key } of store.list(OBJECTS + SAMPLE, call)) {
    count += addressOf(key) === undefined ? 0 : 1;
    if (count * SAMPLES > enough) {
      break;
    }
  }
  return count * SAMPLES;
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  await Promise.resolve();
  yield* items;
}

function* sizesOf(rows: ContentTable): Generator<[string, number], void, undefined> {
  for (const { checksum, size } of rows) {
    yield [checksum, size];
  }
}

/** Those rows whose content is among what a store was just seen to hold, whole by its size. */
export function presentAmong(sizes: ReadonlyMap<string, number>, rows: ContentTable): Set<string> {
  const present = new Set<string>();
  for (const { checksum, size } of rows) {
    if (sizes.get(checksum) === size) {
      present.add(checksum);
    }
  }
  return present;
}

/**
 * Those rows whose content the store has, whole by its size.
 * @param of.likely whether some may be there, so that a few are worth a look as well
 */
export async function presentIn(
  store: PermanentStore,
  rows: ContentTable,
  of: { width: number; stopper: Stopper; progress: (done: number) => void; likely: boolean },
): Promise<Set<string>> {
  const { width, stopper, progress } = of;
  const call = { signal: stopper.signal };
  const present = new Set<string>();
  const few = chooseLook(rows.length, 0) === 'none';
  if (few && !of.likely) {
    return present;
  }
  // Beyond this many, asking for each is cheaper anyway: no need to count on.
  const estimated = few ? 0 : await countSample(store, rows.length * PAGE, call);
  let done = 0;
  // Made when the store is seen to hold anything: a new one holds nothing.
  let sizes: Map<string, number> | undefined;
  const note = (checksum: string | undefined, size: number): void => {
    sizes ??= new Map(sizesOf(rows));
    if (checksum !== undefined && sizes.get(checksum) === size) {
      present.add(checksum);
    }
    progress(++done);
  };
  if (few || chooseLook(rows.length, estimated) === 'head') {
    await inParallel(each(rows), width, stopper, async ({ checksum }) => {
      const found = await store.head(objectKey(checksum as Checksum), call);
      note(found === undefined ? undefined : checksum, found?.size ?? -1);
    });
    return present;
  }
  const prefixes =
    estimated < ONE_LIST ? [OBJECTS] : [...'0123456789abcdef'].map((digit) => OBJECTS + digit);
  await inParallel(each(prefixes), width, stopper, async (prefix) => {
    for await (const { key, size } of store.list(prefix, call)) {
      note(addressOf(key)?.id, size);
    }
  });
  return present;
}
