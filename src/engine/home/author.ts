import { hostname, userInfo } from 'node:os';

/** So many characters of a name: well below what a record takes. */
const MAX_NAME = 100;

/**
 * Who takes and promotes, as records and promotions name them: `SNAPDIR_AUTHOR`, else `user@host`, which in a container
 * tells a team little. It only says who it was, and nothing relies on it.
 */
export function authorName(variables: Readonly<Record<string, string | undefined>>): string {
  const named = [...(variables['SNAPDIR_AUTHOR'] ?? '').toWellFormed()]
    .slice(0, MAX_NAME)
    .join('')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return named === '' ? `${userName()}@${hostname()}` : named;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password file, as containers have it.
    return 'unknown';
  }
}
