import { GIT_STORE } from '../storageMode';

/**
 * The names that somebody set here: `team/main` stands for what was fetched from the store `team`, and is moved by
 * fetching only. Other names may have slashes, too.
 * @param stores what the known stores are called; the Git store, which needs no settings, is one
 */
export function ownNames(refs: readonly string[], stores: readonly string[]): string[] {
  const prefixes = [...stores, GIT_STORE].map((store) => `${store}/`);
  return refs.filter((ref) => !prefixes.some((prefix) => ref.startsWith(prefix)));
}
