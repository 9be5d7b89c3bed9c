import { SnapdirError, type ErrorCode } from '../../core/errors';

/** What a person can do against an error of a store, by one button each. */
export type Remedy =
  | 'keys'
  | 'profile'
  /** Copies the command that signs in. */
  | 'signIn'
  /** The store says where its bucket is. */
  | 'region'
  | 'askRegion'
  | 'certificate'
  /** Its folder is made. */
  | 'make'
  | 'again';

const AGAIN: readonly Remedy[] = ['again'];
const KEYS: readonly Remedy[] = ['keys', 'profile'];

/** What helps most first; `again`: it may work when something elsewhere was set right. */
const REMEDIES: Partial<Record<ErrorCode, readonly Remedy[]>> = {
  REMOTE_NO_CREDENTIALS: KEYS,
  REMOTE_PROFILE_NOT_FOUND: ['profile', 'keys'],
  REMOTE_CREDENTIALS_FAILED: KEYS,
  REMOTE_SESSION_EXPIRED: KEYS,
  REMOTE_WRONG_SECRET: KEYS,
  REMOTE_UNKNOWN_KEY: KEYS,
  REMOTE_DENIED: KEYS,
  REMOTE_SIGN_IN: ['signIn', 'again'],
  REMOTE_CERTIFICATE: ['certificate'],
  REMOTE_CA_FILE: ['certificate'],
  REMOTE_BUCKET_NOT_FOUND: AGAIN,
  REMOTE_CLOCK_SKEW: AGAIN,
  REMOTE_UNREACHABLE: AGAIN,
  REMOTE_TIMEOUT: AGAIN,
  REMOTE_CONNECTION_LOST: AGAIN,
  REMOTE_SLOW_DOWN: AGAIN,
  REMOTE_PROXY: AGAIN,
  REMOTE_NOT_S3: AGAIN,
  REMOTE_FULL: AGAIN,
  REMOTE_ARCHIVED: AGAIN,
  REMOTE_TRUNCATED: AGAIN,
  REMOTE_CONFLICT: AGAIN,
  REMOTE_FAILED: AGAIN,
};

/**
 * What may help against an error of a store, what helps most first: that is the main button.
 * @param of.profiles whether AWS's own settings have any
 * @param of.configured the store is one of the settings: what keys may do may be changed elsewhere, too
 */
export function remediesFor(
  error: unknown,
  of: { profiles: boolean; configured: boolean },
): Remedy[] {
  if (!SnapdirError.is(error)) {
    return [];
  }
  if (SnapdirError.is(error, 'REMOTE_WRONG_REGION')) {
    return [error.data.region === undefined ? 'askRegion' : 'region'];
  }
  if (SnapdirError.is(error, 'REMOTE_FOLDER_NOT_FOUND')) {
    // Of a store that was used before, a disk is more likely not mounted.
    return [of.configured ? 'again' : 'make'];
  }
  const found = REMEDIES[error.code] ?? [];
  const fitting = found.filter((one) => one !== 'profile' || of.profiles);
  return of.configured && found.includes('keys') ? [...fitting, 'again'] : fitting;
}

/** The command that signs in, to be copied into a terminal; a profile that a shell would read otherwise is left out. */
export function signInCommand(profile: string): string {
  return /^[\w.@+-]+$/.test(profile)
    ? `aws sso login --profile ${profile}`
    : /^[^"`$\\!%\n\r]+$/.test(profile)
      ? `aws sso login --profile "${profile}"`
      : 'aws sso login';
}
