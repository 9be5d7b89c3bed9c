import { GIT_STORE } from '../storageMode';

/**
 * The names that somebody set here: `team/main` stands for what was fetched from the store `team`, and is moved by
 * fetching only. Other names may have slashes, too.
 * @param of.refs all names
 * @param of.fetched those that fetching set, also from stores that are not known any more
 * @param of.stores what the known stores are called; the Git store, which needs no settings, is one
 */
export function ownNames(of: {
  refs: readonly string[];
  fetched?: readonly string[] | undefined;
  stores: readonly string[];
}): string[] {
  const fetched = new Set(of.fetched);
  const prefixes = [...of.stores, GIT_STORE].map((store) => `${store}/`);
  return of.refs.filter(
    (ref) => !fetched.has(ref) && !prefixes.some((prefix) => ref.startsWith(prefix)),
  );
}
