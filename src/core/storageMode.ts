/** What is known when nobody names a store (features E4). */
export interface StorageFacts {
  /** What the person named for this one call: a store's name, a URL, or `git`. */
  asked?: string;
  /** The environment variable that snapdir's tools read, too: `SNAPDIR_STORE`. */
  variable?: string;
  /** The configured stores, and which of them is the default. */
  configured: readonly string[];
  defaultName?: string;
  /** Whether the folder is in a Git repository. */
  isGit: boolean;
}

/** The word for the Git store of the folder's own repository. */
export const GIT_STORE = 'git';

/**
 * Which store is meant: what was named, else the environment's, else the default one or the only one, else the
 * folder's Git repository; undefined: nobody can tell.
 */
export function chooseStorage(facts: StorageFacts): string | undefined {
  const { asked, variable, configured, defaultName, isGit } = facts;
  if (asked !== undefined && asked !== '') {
    return asked;
  }
  if (variable !== undefined && variable !== '') {
    return variable;
  }
  if (defaultName !== undefined && configured.includes(defaultName)) {
    return defaultName;
  }
  const [only, ...others] = configured;
  if (only !== undefined && others.length === 0) {
    return only;
  }
  return isGit && only === undefined ? GIT_STORE : undefined;
}
