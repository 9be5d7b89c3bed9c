import { ownNames } from '../../core/promotion/ownNames';
import { chooseStorage, GIT_STORE } from '../../core/storageMode';
import { FOUND_GIT, type StoreEntry } from './storeEntry';

/**
 * The stores that a folder can use, the one that is meant first. Where no store is configured, that is the Git store of
 * the repository that the folder is in, as for the command.
 * @param facts what SNAPDIR_STORE says, and whether the folder is in a Git repository
 */
export function storesInOrder(
  all: readonly StoreEntry[],
  facts: { variable: string | undefined; isGit: boolean },
): StoreEntry[] {
  const { isGit } = facts;
  const isFound =
    (all.length === 0 || facts.variable === GIT_STORE) && !all.some(({ kind }) => kind === 'git');
  const known = isFound ? [...all, FOUND_GIT] : all;
  const fitting = known.filter(({ kind }) => kind !== 'git' || isGit);
  const configured = fitting.map(({ name }) => name);
  // Only the name of a store that this person configured: what starts an editor may be written in the folder.
  const variable = configured.find((name) => name === facts.variable);
  const defaultName = fitting.find(({ isDefault }) => isDefault)?.name;
  const meant = chooseStorage({
    ...(variable === undefined ? {} : { variable }),
    ...(defaultName === undefined ? {} : { defaultName }),
    ...{ configured, isGit },
  });
  return fitting.sort((a, b) => Number(b.name === meant) - Number(a.name === meant));
}

/** A name that can be used again; `there`: the store has it. */
export interface KnownName {
  name: string;
  there: boolean;
}

/**
 * The names to choose from, sorted.
 * @param of the names here; what was fetched is left out
 * @param there what the store is known to hold
 */
export function knownNames(
  of: Parameters<typeof ownNames>[0],
  there: readonly string[],
): KnownName[] {
  const own = ownNames(of);
  const held = new Set(there);
  return [...new Set([...own, ...there])].sort().map((name) => ({ name, there: held.has(name) }));
}
