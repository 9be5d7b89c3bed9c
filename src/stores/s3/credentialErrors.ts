// What keeps keys from being had, as typed errors. The SDK tells neither a service that is out of reach from one that
// refuses, nor either from a bucket that refuses; so what its requests came to is noted here. Its own words are never
// passed on: they can hold a program's command line.
import { theirWords, type Cause, type KeyCauses } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import { labelOfRemote, remoteHost, type Remote } from '../../core/remote';
import type { Handler } from './agents';
import type { AwsProfile } from './awsProfiles';
import { readFailure } from './failed';
import { plain, toStoreError } from './s3Errors';

/** Where keys were looked for: in a profile, by a job's token, in the cloud that this runs in. */
export type KeySource =
  | {
      kind: 'profile';
      name: string;
      profile: AwsProfile;
      /** The profile at the end of `source_profile`. */
      origin: { name: string; profile: AwsProfile | undefined };
    }
  | { kind: 'token' }
  | { kind: 'cloud' };

/** What a request to a service came to. */
export interface KeyRequest {
  host: string;
  /** STS is asked at `/`; single sign-on is not. */
  path: string;
  status?: number;
  /** Set where there was no answer. */
  error?: unknown;
  /** How long it took. */
  seconds: number;
}

type Handle = Handler['handle'];

/** Sends requests to the services that give keys, and notes what the last one came to. */
export class KeyRequests {
  last: KeyRequest | undefined;
  readonly metadata: Handler['metadata'];
  private readonly inner: Handler;

  constructor(inner: Handler) {
    this.inner = inner;
    this.metadata = inner.metadata;
  }

  async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const { hostname: host, path } = request;
    const started = performance.now();
    const seconds = (): number => Math.round((performance.now() - started) / 1000);
    try {
      const answer = await this.inner.handle(request, options);
      this.last = { host, path, status: answer.response.statusCode, seconds: seconds() };
      return answer;
    } catch (error) {
      this.last = { host, path, error, seconds: seconds() };
      throw error;
    }
  }

  /** The settings of connections are the store's. */
  updateHttpClientConfig(): void {
    return undefined;
  }

  httpHandlerConfigs(): object {
    return {};
  }
}

/** @param last what the last request came to; undefined: none was made */
export function keysError(
  remote: Remote,
  source: KeySource,
  error: unknown,
  last: KeyRequest | undefined,
): Error {
  const failed: FailedWith = (reason) =>
    new SnapdirError('REMOTE_CREDENTIALS_FAILED', { store: labelOfRemote(remote), reason });
  if (last?.error !== undefined) {
    return onTheWay(remote, last, last.error);
  }
  if (last?.status !== undefined && last.status >= 300) {
    return refused(remote, source, error, { ...last, status: last.status }, failed);
  }
  switch (source.kind) {
    case 'profile':
      return ofProfile(remote, source, error, failed);
    case 'token':
      return failed({ is: 'token-leads-nowhere' });
    case 'cloud': {
      const data = { store: labelOfRemote(remote), host: remoteHost(remote) };
      return new SnapdirError('REMOTE_NO_CREDENTIALS', data);
    }
  }
}

/** The service was not reached. */
function onTheWay(remote: Remote, { host, seconds }: KeyRequest, error: unknown): Error {
  return toStoreError(error, {
    ...{ store: labelOfRemote(remote), host, bucket: '', region: '', secure: true },
    ...{ timeoutSeconds: seconds, operation: 'sign in', permission: 'sts:AssumeRole', now: 0 },
  });
}

type FailedWith = (reason: Cause<KeyCauses>) => SnapdirError;

/** The service said no. */
function refused(
  remote: Remote,
  source: KeySource,
  error: unknown,
  { host, path, status }: KeyRequest & { status: number },
  failed: FailedWith,
): Error {
  const store = labelOfRemote(remote);
  const { name, message } = readFailure(error);
  if (status >= 500) {
    const reason = { is: 'host-trouble', host } as const;
    return new SnapdirError('REMOTE_FAILED', { store, operation: 'sign in', reason, status });
  }
  if (status === 429 || /^Throttling|TooManyRequests/.test(name)) {
    return new SnapdirError('REMOTE_SLOW_DOWN', { store, host });
  }
  if (path !== '/') {
    return status === 403 || status === 404
      ? failed({ is: 'role-not-given' })
      : signIn(remote, source, failed);
  }
  if (/Signature (expired|not yet current)/.test(message)) {
    return new SnapdirError('REMOTE_CLOCK_SKEW', { store, host });
  }
  switch (name) {
    case 'AccessDenied':
    case 'AccessDeniedException':
      return failed({ is: 'role-refused' });
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return new SnapdirError('REMOTE_SESSION_EXPIRED', { store, host });
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return new SnapdirError('REMOTE_UNKNOWN_KEY', { store, host });
    case 'SignatureDoesNotMatch':
      return new SnapdirError('REMOTE_WRONG_SECRET', { store, host });
    default:
      return failed({ is: 'service-refused', host, answer: theirWords(plain(name)), status });
  }
}

function signIn(remote: Remote, source: KeySource, failed: FailedWith): Error {
  const origin = source.kind === 'profile' ? source.origin : undefined;
  return origin?.profile?.login === true && !origin.profile.sso
    ? failed({ is: 'no-login', profile: origin.name })
    : new SnapdirError('REMOTE_SIGN_IN', {
        store: labelOfRemote(remote),
        profile: origin?.name ?? '',
      });
}

/** No service was asked, or it gave what is no keys: the profile is to blame, or who has not signed in. */
function ofProfile(
  remote: Remote,
  source: KeySource & { kind: 'profile' },
  error: unknown,
  failed: FailedWith,
): Error {
  const { name, profile, origin } = source;
  const { message, code, name: kind } = readFailure(error);
  const end = origin.profile;
  if (end === undefined) {
    return failed({ is: 'source-missing', profile: name, source: origin.name });
  }
  if (end.sso || end.login) {
    const incomplete = /could not be found|missing required|Required parameters|invalid SSO/i;
    // Of a session that is in no file the SDK reads the fields all the same.
    return incomplete.test(message) || kind === 'TypeError'
      ? failed({ is: 'profile-incomplete', profile: origin.name })
      : signIn(remote, source, failed);
  }
  if (profile.mfa) {
    return failed({ is: 'profile-device', profile: name });
  }
  if (end.process) {
    return failed({ is: 'program-failed' });
  }
  if (code === 'ENOENT' || code === 'EACCES') {
    return failed({ is: 'profile-file', profile: name });
  }
  return failed({ is: 'profile-empty', profile: name });
}
