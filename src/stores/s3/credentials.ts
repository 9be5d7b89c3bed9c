// Where the keys for a store come from. Which place is used is decided here and not by the SDK's own chain: that one
// asks the cloud's metadata service, which takes seconds on a laptop, and says the same words for every failure.
import { SnapdirError } from '../../core/errors';
import { labelOfRemote, remoteHost, type Remote, type StoredKeys } from '../../core/remote';
import type { Handler } from './agents';
import {
  awsFiles,
  originOf,
  readProfiles,
  type AwsFiles,
  type AwsProfile,
  type Environment,
} from './awsProfiles';
import { keysError, KeyRequests, type KeySource } from './credentialErrors';
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
  /** What the profile says beside its keys; undefined where there is none. */
  profile: AwsProfile | undefined;
  /** The name of the profile that the keys are of; empty where none is used. */
  profileName: string;
}

/** All that a search for keys goes by. */
interface Search {
  remote: Remote;
  places: CredentialPlaces;
  files: AwsFiles;
  sdk: S3Sdk;
  handler: Handler;
}

const NONE = { profile: undefined, profileName: '' };

/**
 * Finds where a remote's keys are; they are fetched later, when they are needed. What keeps them from being had then is
 * a typed error, too: REMOTE_SIGN_IN, REMOTE_CREDENTIALS_FAILED, …
 * @param handler sends the requests to the services that give keys
 * @throws REMOTE_NO_CREDENTIALS, REMOTE_PROFILE_NOT_FOUND
 */
export async function findCredentials(
  remote: Remote,
  places: CredentialPlaces,
  sdk: S3Sdk,
  handler: Handler,
): Promise<FoundCredentials> {
  const search = { remote, places, sdk, handler, files: awsFiles(places.env, places.home) };
  switch (remote.auth) {
    case 'anonymous':
      return { ...NONE, keys: undefined };
    case 'stored': {
      const stored = (await places.storedKeys(remote)) ?? missing(remote);
      return { ...NONE, keys: () => Promise.resolve(stored) };
    }
    case 'profile': {
      const profiles = await readProfiles(search.files);
      return fromProfile(search, remote.profile ?? 'default', profiles);
    }
    case 'chain':
      return await fromChain(search);
  }
}

function missing(remote: Remote): never {
  const data = { store: labelOfRemote(remote), host: remoteHost(remote) };
  throw new SnapdirError('REMOTE_NO_CREDENTIALS', data);
}

/** The environment, a profile, a job's token, then the cloud. */
async function fromChain(search: Search): Promise<FoundCredentials> {
  const { remote, places, files } = search;
  const profiles = await readProfiles(files);
  const name = remote.profile ?? (places.env['AWS_PROFILE'] || undefined);
  const fromEnv = keysOfEnvironment(places.env);
  if (fromEnv !== undefined && name === undefined) {
    return { ...NONE, keys: () => Promise.resolve(fromEnv) };
  }
  // A default profile that nobody named often holds a region and nothing else: on machines whose keys come from the cloud.
  const usual = profiles.get('default');
  if (name !== undefined || usual?.givesKeys === true) {
    return fromProfile(search, name ?? 'default', profiles);
  }
  return { keys: cloudKeys(search) ?? missing(remote), profile: usual, profileName: '' };
}

function fromProfile(
  search: Search,
  name: string,
  profiles: ReadonlyMap<string, AwsProfile>,
): FoundCredentials {
  const { remote, files, sdk } = search;
  const profile = profiles.get(name);
  if (profile === undefined) {
    const known = [...profiles.keys()].sort();
    const data = { store: labelOfRemote(remote), profile: name, known };
    throw new SnapdirError('REMOTE_PROFILE_NOT_FOUND', data);
  }
  const source = { kind: 'profile', name, profile, origin: originOf(profiles, name) } as const;
  const keys = asked(search, source, profile.region, (clients) =>
    sdk.fromIni({
      profile: name,
      filepath: files.credentials,
      configFilepath: files.config,
      ignoreCache: true,
      ...clients,
    }),
  );
  return { keys, profile, profileName: name };
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
function cloudKeys(search: Search): (() => Promise<AwsKeys>) | undefined {
  const { remote, sdk } = search;
  const { env } = search.places;
  const webIdentityTokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE'];
  if (webIdentityTokenFile) {
    const roleArn = env['AWS_ROLE_ARN'] ?? '';
    const named = env['AWS_ROLE_SESSION_NAME'];
    const roleSessionName = named ? { roleSessionName: named } : {};
    return asked(search, { kind: 'token' }, undefined, (clients) =>
      sdk.fromTokenFile({ webIdentityTokenFile, roleArn, ...roleSessionName, ...clients }),
    );
  }
  if (!remote.instanceMetadata) {
    return undefined;
  }
  const container =
    env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const provider = container ? sdk.fromContainerMetadata() : sdk.fromInstanceMetadata();
  return asked(search, { kind: 'cloud' }, undefined, () => provider);
}

/** How the SDK's clients of the services that give keys are set up. */
function clientsFor(requests: KeyRequests, region: string): Clients {
  const requestHandler = requests as unknown as Handler;
  return {
    // Retried by `retrying.ts`. Without a region: that of single sign-on is in its profile.
    clientConfig: { requestHandler, maxAttempts: 1 },
    // The SDK looks here alone for profiles with a token's file.
    parentClientConfig: { requestHandler, region: () => Promise.resolve(region) },
  };
}

interface Clients {
  clientConfig: { requestHandler: Handler; maxAttempts: number };
  parentClientConfig: { requestHandler: Handler; region: () => Promise<string> };
}

/** Keys that are fetched when they are needed, with typed errors. */
function asked(
  { remote, places, handler }: Search,
  source: KeySource,
  region: string | undefined,
  providerOf: (clients: Clients) => () => Promise<AwsKeys>,
): () => Promise<AwsKeys> {
  const inEnv = places.env['AWS_REGION'] || places.env['AWS_DEFAULT_REGION'];
  return async () => {
    const requests = new KeyRequests(handler);
    try {
      return await providerOf(clientsFor(requests, region ?? (inEnv || 'us-east-1')))();
    } catch (error) {
      throw keysError(remote, source, error, requests.last);
    }
  };
}
