import type { History } from '../history';

/** The names that fetching set last (`store/name`), sorted: they are no person's, whatever stores are known by now. */
export function fetchedNames(history: History): string[] {
  // Only such names have a slash, and mostly there is none.
  const names = [...history.refs.keys()].filter((name) => name.includes('/'));
  if (names.length === 0) {
    return [];
  }
  const fetched = new Set<string>();
  for (const record of history.records) {
    if (record.kind === 'ref' && history.reversals.isDone(record.id)) {
      if (record.fetched === true) {
        fetched.add(record.name);
      } else {
        fetched.delete(record.name);
      }
    }
  }
  return names.filter((name) => fetched.has(name));
}
