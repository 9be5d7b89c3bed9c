// Where the keys for a store come from. Which place is used is decided here and not by the SDK's own chain: that one
// asks the cloud's metadata service, which takes seconds on a laptop, and says the same words for every failure.
import { SnapdirError } from '../../core/errors';
import { remoteHost, type Remote, type StoredKeys } from '../../core/remote';
import {
  awsFiles,
  readProfiles,
  type AwsFiles,
  type AwsProfile,
  type Environment,
} from './awsProfiles';
import type { S3Sdk } from './loadSdk';

/** What finding keys needs of the machine. */
export interface CredentialPlaces {
  env: Environment;
  home: string;
  /** The keys that a person entered for this remote. */
  storedKeys: (remote: Remote) => Promise<StoredKeys | undefined>;
}

/** Keys, perhaps for a while only. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** What was found for a remote. */
export interface FoundCredentials {
  /** Undefined: requests are not signed. */
  keys: (() => Promise<AwsKeys>) | undefined;
  /** What the profile says beside its keys; undefined where none is used. */
  profile: AwsProfile | undefined;
  /** The profile's name; empty where none is used. */
  profileName: string;
}

/**
 * Finds where a remote's keys are; they are fetched later, when they are needed.
 * @throws REMOTE_NO_CREDENTIALS, REMOTE_PROFILE_NOT_FOUND
 */
export async function findCredentials(
  remote: Remote,
  places: CredentialPlaces,
  sdk: S3Sdk,
): Promise<FoundCredentials> {
  const none = { profile: undefined, profileName: '' };
  const missing = (): never => {
    const data = { store: remote.name, host: remoteHost(remote) };
    throw new SnapdirError('REMOTE_NO_CREDENTIALS', data);
  };
  const files = awsFiles(places.env, places.home);
  switch (remote.auth) {
    case 'anonymous':
      return { ...none, keys: undefined };
    case 'stored': {
      const stored = (await places.storedKeys(remote)) ?? missing();
      return { ...none, keys: () => Promise.resolve(stored) };
    }
    case 'profile':
      return await fromProfile(remote, remote.profile ?? 'default', files, sdk);
    case 'chain': {
      const profiles = await readProfiles(files);
      const name = remote.profile ?? places.env['AWS_PROFILE'];
      const fromEnv = keysOfEnvironment(places.env);
      if (fromEnv !== undefined && name === undefined) {
        return { ...none, keys: () => Promise.resolve(fromEnv) };
      }
      if (name !== undefined || profiles.has('default')) {
        return await fromProfile(remote, name ?? 'default', files, sdk);
      }
      return { ...none, keys: cloudKeys(remote, places.env, sdk) ?? missing() };
    }
  }
}

async function fromProfile(
  remote: Remote,
  name: string,
  files: AwsFiles,
  sdk: S3Sdk,
): Promise<FoundCredentials> {
  const profiles = await readProfiles(files);
  const profile = profiles.get(name);
  if (profile === undefined) {
    const known = [...profiles.keys()].sort();
    const data = { store: remote.name, profile: name, known };
    throw new SnapdirError('REMOTE_PROFILE_NOT_FOUND', data);
  }
  const keys = sdk.fromIni({
    profile: name,
    filepath: files.credentials,
    configFilepath: files.config,
    ignoreCache: true,
  });
  return { keys: () => keys(), profile, profileName: name };
}

function keysOfEnvironment(env: Environment): AwsKeys | undefined {
  const [accessKeyId, secretAccessKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (!accessKeyId || !secretAccessKey) {
    return undefined;
  }
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** What a job or a machine in the cloud gets from there. The machine's own service is asked only if settings say so. */
function cloudKeys(
  remote: Remote,
  env: Environment,
  sdk: S3Sdk,
): (() => Promise<AwsKeys>) | undefined {
  if (env['AWS_WEB_IDENTITY_TOKEN_FILE']) {
    return () => sdk.fromTokenFile()();
  }
  if (!remote.instanceMetadata) {
    return undefined;
  }
  const container =
    env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const provider = container ? sdk.fromContainerMetadata() : sdk.fromInstanceMetadata();
  return () => provider();
}

/**
 * What keeps keys from being had, as a typed error. The SDK's own words are never passed on: they can hold a
 * program's command line.
 */
export function credentialError(
  remote: Remote,
  found: FoundCredentials,
  error: unknown,
): Error | undefined {
  const { name = '', message = '' } = error as { name?: string; message?: string };
  const isOne = /CredentialsProviderError|TokenProviderError|SSO|UnauthorizedException/.test(name);
  if (!isOne) {
    return undefined;
  }
  const store = remote.name;
  if (found.profile?.sso === true || /sso/i.test(message)) {
    return new SnapdirError('REMOTE_SIGN_IN', { store, profile: found.profileName });
  }
  if (found.profile?.process === true) {
    const reason = 'the program that credential_process names failed';
    return new SnapdirError('REMOTE_CREDENTIALS_FAILED', { store, reason });
  }
  if (found.profile !== undefined) {
    const reason = `the profile ${found.profileName} gives none`;
    return new SnapdirError('REMOTE_CREDENTIALS_FAILED', { store, reason });
  }
  return new SnapdirError('REMOTE_NO_CREDENTIALS', { store, host: remoteHost(remote) });
}
