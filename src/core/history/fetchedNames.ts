import type { History } from '../history';
import type { Logged } from './log';

/** Between both records of a fetch everything is synced, which may take a while. */
const SOON_MS = 10_000;

/**
 * Whether a record is that of a fetch. Before there was a mark, fetching set a name right after the record of what it
 * had brought, `store/name` of what that is called in the store: nobody else does.
 */
function isFetch(record: Extract<Logged, { kind: 'ref' }>, before: Logged | undefined): boolean {
  if (record.fetched !== undefined || before?.kind !== 'take') {
    return record.fetched === true;
  }
  const { id, origin, author, time } = before;
  const [, name] = /^[^/]+\/(.+)$/u.exec(record.name) ?? [];
  return (
    id === record.checkpoint &&
    (origin?.name ?? undefined) === name &&
    name !== undefined &&
    author === record.author &&
    record.time - time < SOON_MS
  );
}

/** The names that fetching set last (`store/name`), sorted: they are no person's, whatever stores are known by now. */
export function fetchedNames(history: History): string[] {
  // Only such names have a slash, and mostly there is none.
  const names = [...history.refs.keys()].filter((name) => name.includes('/'));
  if (names.length === 0) {
    return [];
  }
  const fetched = new Set<string>();
  for (const [index, record] of history.records.entries()) {
    if (record.kind === 'ref' && history.reversals.isDone(record.id)) {
      if (isFetch(record, history.records[index - 1])) {
        fetched.add(record.name);
      } else {
        fetched.delete(record.name);
      }
    }
  }
  return names.filter((name) => fetched.has(name));
}
