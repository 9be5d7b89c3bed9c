import { parseRefKey, type RefKey } from './refEntry';

/** What the journal of one name says, folded from its keys alone. */
export interface RefState {
  name: string;
  /** The promotion that the name stands for; undefined: there is none. */
  current: RefKey | undefined;
  /** Promotions that lost a race and that no later one follows: nothing of them is lost, newest first. */
  aside: RefKey[];
  /** All promotions, newest first. */
  history: RefKey[];
}

/** Newest first; the same for everybody who has seen the same entries. */
export function compareNewest(a: RefKey, b: RefKey): number {
  return b.at - a.at || (a.nonce < b.nonce ? 1 : a.nonce > b.nonce ? -1 : 0);
}

/** Everything that an entry follows, however far back. */
export function ancestorsOf(entries: readonly RefKey[], nonce: string): Set<string> {
  const byNonce = new Map(entries.map((entry) => [entry.nonce, entry]));
  const found = new Set<string>();
  const open = [nonce];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const parent of byNonce.get(one)?.parents ?? []) {
      if (!found.has(parent)) {
        found.add(parent);
        open.push(parent);
      }
    }
  }
  return found;
}

/**
 * What a name stands for. The tips are the entries that no other follows. One tip: that is it. Several: who
 * promoted at the same time; the head says who won, or, where it has not followed or there is none, the newest
 * of those that come after it.
 * @param head the nonce in the head object; undefined where there is none
 */
export function foldRef(name: string, entries: readonly RefKey[], head?: string): RefState {
  const history = [...entries].sort(compareNewest);
  const followed = new Set<string>();
  for (const { nonce, parents } of history) {
    parents.forEach((parent) => parent !== nonce && followed.add(parent));
  }
  let tips = history.filter(({ nonce }) => !followed.has(nonce));
  if (tips.length === 0) {
    // Entries that follow each other in a ring were made to deceive: the newest stands.
    tips = history.slice(0, 1);
  }
  const current =
    head === undefined
      ? tips[0]
      : (tips.find(({ nonce }) => nonce === head) ??
        tips.find(({ nonce }) => ancestorsOf(history, nonce).has(head)) ??
        tips[0]);
  return { name, current, aside: tips.filter((tip) => tip !== current), history };
}

/** The names that keys below `.refs/` speak of, sorted, with their entries; other keys are left alone. */
export function groupRefKeys(
  keys: Iterable<string>,
): Map<string, { entries: RefKey[]; head: boolean }> {
  const names = new Map<string, { entries: RefKey[]; head: boolean }>();
  for (const key of keys) {
    const parsed = parseRefKey(key);
    if (parsed !== undefined) {
      const of = names.get(parsed.name) ?? { entries: [], head: false };
      names.set(parsed.name, of);
      if ('head' in parsed) {
        of.head = true;
      } else {
        of.entries.push(parsed);
      }
    }
  }
  return new Map([...names].sort(([a], [b]) => (a < b ? -1 : 1)));
}
