// What the SDK, Node's network code and servers throw, as typed errors. Their own texts are never passed on: a server
// repeats signatures and key ids in them. What each situation looks like was tried on real servers.
import { CancelledError } from '../../base/abort';
import {
  CERTIFICATE_PROBLEMS,
  theirWords,
  type Cause,
  type CertificateProblem,
  type StoreCauses,
  type StoreOperation,
} from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import { readFailure, type Failed } from './failed';
import { readTlsFailure } from './tlsErrors';
import { whyNoS3 } from './webPages';

/** Where and why a request went out. */
export interface RequestContext {
  /** The remote's name. */
  store: string;
  host: string;
  bucket: string;
  region: string;
  secure: boolean;
  timeoutSeconds: number;
  operation: StoreOperation;
  /** What policies call the right that it needs. */
  permission: string;
  key?: string;
  now: number;
}

/** A cause that is safe in a log: names and numbers only. */
function safeCause({ name, code, status, headers }: Failed): Error {
  const id = headers['x-amz-request-id'];
  const parts = [plain(name), plain(code), status, id === undefined ? '' : `request ${plain(id)}`];
  return new Error(parts.filter((part) => part !== '' && part !== undefined).join(' '));
}

/** A server's word with nothing in it that could harm a log. */
export const plain = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 60);

type Make = (context: RequestContext, failed: Failed) => SnapdirError;

const denied: Make = ({ store, bucket, permission }) =>
  new SnapdirError('REMOTE_DENIED', { store, bucket, permission });
const slow: Make = ({ store, host }) => new SnapdirError('REMOTE_SLOW_DOWN', { store, host });
const expired: Make = ({ store, host }) =>
  new SnapdirError('REMOTE_SESSION_EXPIRED', { store, host });
const conflict: Make = ({ store, key = '' }) => new SnapdirError('REMOTE_CONFLICT', { store, key });
const missing: Make = ({ store, key = '' }) =>
  new SnapdirError('REMOTE_KEY_NOT_FOUND', { store, key });
const noBucket: Make = ({ store, host, bucket }) =>
  new SnapdirError('REMOTE_BUCKET_NOT_FOUND', { store, host, bucket });
const badBucket: Make = ({ bucket, host }) =>
  new SnapdirError('REMOTE_URL_INVALID', {
    url: `s3://${bucket}`,
    reason: { is: 'bucket-refused', host },
  });
const unknownKey: Make = ({ store, host }) =>
  new SnapdirError('REMOTE_UNKNOWN_KEY', { store, host });
const full: Make = ({ store }) => new SnapdirError('REMOTE_FULL', { store });
const archived: Make = ({ store, key = '' }) => new SnapdirError('REMOTE_ARCHIVED', { store, key });
const wrongRegion: Make = ({ store, bucket, region: used }, failed) => {
  const region = failed.headers['x-amz-bucket-region'] ?? failed.region ?? expectedIn(failed);
  const known = region === undefined || region === used ? {} : { region: plain(region) };
  return new SnapdirError('REMOTE_WRONG_REGION', { store, bucket, used, ...known });
};
const skewed: Make = ({ store, host, now }, { headers }) => {
  const theirs = Date.parse(headers['date'] ?? '');
  // The server's own clock may be right by now, or another one than what it compares with: less than a minute says nothing.
  const minutes = Math.round((now - theirs) / 60_000) || undefined;
  return new SnapdirError('REMOTE_CLOCK_SKEW', { store, host, ...(minutes && { minutes }) });
};
const proxied: Make = ({ store, host }, { status }) =>
  new SnapdirError('REMOTE_PROXY', { store, host, ...(status === undefined ? {} : { status }) });
const certificate =
  (reason: CertificateProblem): Make =>
  ({ store, host }) =>
    new SnapdirError('REMOTE_CERTIFICATE', { store, host, reason });
const unreachable =
  (reason: 'refused' | 'name' | 'network'): Make =>
  ({ store, host }) =>
    new SnapdirError('REMOTE_UNREACHABLE', { store, host, reason });
const lost: Make = ({ store, host, secure }) =>
  new SnapdirError('REMOTE_CONNECTION_LOST', { store, host, tryTls: !secure });
const noTls: Make = ({ store, host }) => new SnapdirError('REMOTE_NOT_TLS', { store, host });
const noAgreement =
  (reason: string): Make =>
  ({ store, host }) =>
    new SnapdirError('REMOTE_TLS_FAILED', { store, host, reason: theirWords(reason) });
const timeout: Make = ({ store, host, timeoutSeconds: seconds }) =>
  new SnapdirError('REMOTE_TIMEOUT', { store, host, seconds });

/** "…; expecting 'eu-west-1'": how some servers say it. */
const expectedIn = ({ message }: Failed): string | undefined =>
  /expecting '([a-z0-9-]+)'/.exec(message)?.[1];

/** By the code in the answer. */
const BY_NAME: Readonly<Record<string, Make>> = {
  AccessDenied: denied,
  AllAccessDisabled: denied,
  Forbidden: denied,
  SignatureDoesNotMatch: ({ store, host }) =>
    new SnapdirError('REMOTE_WRONG_SECRET', { store, host }),
  InvalidAccessKeyId: unknownKey,
  InvalidToken: expired,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  TokenRefreshRequired: expired,
  RequestTimeTooSkewed: skewed,
  NoSuchBucket: noBucket,
  // Which names are taken differs between servers, and between old and new buckets: only they can tell.
  InvalidBucketName: badBucket,
  NoSuchKey: missing,
  PermanentRedirect: wrongRegion,
  TemporaryRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  SlowDown: slow,
  ServiceUnavailable: slow,
  Throttling: slow,
  ThrottlingException: slow,
  RequestLimitExceeded: slow,
  TooManyRequests: slow,
  TooManyRequestsException: slow,
  PreconditionFailed: conflict,
  InvalidObjectState: archived,
  QuotaExceeded: full,
  InsufficientCapacity: full,
  EntityTooLarge: full,
  RequestTimeout: timeout,
};

/** By the system's code. */
const BY_CODE: Readonly<Record<string, Make>> = {
  EPROXY: proxied,
  ECONNREFUSED: unreachable('refused'),
  ENOTFOUND: unreachable('name'),
  EAI_AGAIN: unreachable('name'),
  EHOSTUNREACH: unreachable('network'),
  ENETUNREACH: unreachable('network'),
  ENETDOWN: unreachable('network'),
  EADDRNOTAVAIL: unreachable('network'),
  ECONNRESET: lost,
  ECONNABORTED: lost,
  EPIPE: lost,
  ERR_STREAM_PREMATURE_CLOSE: lost,
  HPE_INVALID_CONSTANT: lost,
  ETIMEDOUT: timeout,
  ESOCKETTIMEDOUT: timeout,
  ...Object.fromEntries(CERTIFICATE_PROBLEMS.map((code) => [code, certificate(code)])),
};

/** By what TLS says. */
function byTls({ code, message, inner }: Failed): Make | undefined {
  const failure = readTlsFailure(code, `${message} ${inner}`);
  switch (failure?.kind) {
    case 'plain':
      return noTls;
    case 'broken':
      return lost;
    case 'failed':
      return noAgreement(failure.reason);
    default:
      return undefined;
  }
}

/** By the status alone: answers without a body, and what stands between us and the store. */
function byStatus(failed: Failed): Make {
  switch (failed.status) {
    case 301:
    case 307:
      return wrongRegion;
    case 400:
      // HEAD has no body. With a region in the header it is that.
      return failed.headers['x-amz-bucket-region'] === undefined ? other : wrongRegion;
    case 403:
      return denied;
    case 407:
      return proxied;
    case 412:
      return conflict;
    case 429:
    case 503:
      return slow;
    case 507:
      return full;
    default:
      return other;
  }
}

const other: Make = ({ store, operation }, { name, code, status }) => {
  const answer = theirWords(plain(code) || plain(name));
  const more = status === undefined ? {} : { status };
  const reason: Cause<StoreCauses> =
    answer === '' ? { is: 'not-told' } : { is: 'answered', answer };
  return new SnapdirError('REMOTE_FAILED', { store, operation, reason, ...more });
};

/** What a failed request means. `AbortError` stays what it is. */
export function toStoreError(error: unknown, context: RequestContext): Error {
  if (error instanceof SnapdirError) {
    return error;
  }
  const failed = readFailure(error);
  if (failed.name === 'AbortError') {
    return new CancelledError();
  }
  const made = choose(failed)(context, failed);
  made.cause = safeCause(failed);
  return made;
}

function choose(failed: Failed): Make {
  const { name, code } = failed;
  const named = BY_NAME[name] ?? BY_CODE[code] ?? BY_NAME[code] ?? byTls(failed);
  if (named !== undefined) {
    return named;
  }
  if (failed.status === undefined && /socket hang up|aborted/.test(failed.message)) {
    return lost;
  }
  if (failed.name === 'TimeoutError') {
    return timeout;
  }
  const reason = whyNoS3(failed);
  return reason === undefined
    ? byStatus(failed)
    : ({ store, host }) =>
        new SnapdirError('REMOTE_NOT_S3', { store, host, reason: { is: reason } });
}
