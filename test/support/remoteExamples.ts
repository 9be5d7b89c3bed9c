import { theirWords } from '../../src/core/causes';
import type { ErrorCode, ErrorData } from '../../src/core/errors';

const store = 'team';
const host = 'ceph.example.org';
const bucket = 'acme-snaps';
const key = '.objects/abc/def/012/3';

/** One example of each error of a permanent store; a new code without one does not compile. */
export const remoteExamples: { [C in Extract<ErrorCode, `REMOTE_${string}`>]: ErrorData[C] } = {
  REMOTE_NO_CREDENTIALS: { store, host },
  REMOTE_PROFILE_NOT_FOUND: { store, profile: 'acme', known: ['a', 'b'] },
  REMOTE_SIGN_IN: { store, profile: 'acme' },
  REMOTE_CREDENTIALS_FAILED: { store, reason: { is: 'program-failed' } },
  REMOTE_SESSION_EXPIRED: { store, host },
  REMOTE_WRONG_SECRET: { store, host },
  REMOTE_UNKNOWN_KEY: { store, host },
  REMOTE_DENIED: { store, bucket, permission: 's3:PutObject' },
  REMOTE_BUCKET_NOT_FOUND: { store, host, bucket },
  REMOTE_FOLDER_NOT_FOUND: { store, path: '/mnt/disk/snapshots' },
  REMOTE_WORKING_STORE: { store: 'team', path: '/home/me/web/.snapdir' },
  REMOTE_WRONG_REGION: { store, bucket, used: 'us-east-1', region: 'eu-west-3' },
  REMOTE_CLOCK_SKEW: { store, host, minutes: 17 },
  REMOTE_UNREACHABLE: { store, host, reason: 'refused' },
  REMOTE_TIMEOUT: { store, host, seconds: 60 },
  REMOTE_CONNECTION_LOST: { store, host, tryTls: true },
  REMOTE_NOT_TLS: { store, host },
  REMOTE_TLS_FAILED: { store, host, reason: theirWords('sslv3 alert handshake failure') },
  REMOTE_CERTIFICATE: { store, host, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  REMOTE_CA_FILE: { store, path: '/etc/ca.pem', reason: { is: 'file-unreadable' } },
  REMOTE_URL_INVALID: { url: 'ftp://x', reason: { is: 'url-scheme' } },
  REMOTE_ENDPOINT_INVALID: { store, endpoint: 'x', reason: { is: 'endpoint-scheme' } },
  REMOTE_INSECURE: { store, endpoint: 'http://ceph.example.org' },
  REMOTE_NOT_S3: { store, host, reason: { is: 'web-page' } },
  REMOTE_SLOW_DOWN: { store, host },
  REMOTE_KEY_NOT_FOUND: { store, key },
  REMOTE_TRUNCATED: { store, key, expected: 10, actual: 5 },
  REMOTE_INTEGRITY: { store, key, expected: 'ab'.repeat(32), actual: 'cd'.repeat(32) },
  REMOTE_NO_CONDITIONS: { store },
  REMOTE_CONFLICT: { store, key },
  REMOTE_ARCHIVED: { store, key },
  REMOTE_PROXY: { store, host, status: 407 },
  REMOTE_READ_ONLY: { store },
  REMOTE_FULL: { store },
  REMOTE_FAILED: {
    ...{ store, operation: 'put', status: 500 },
    reason: { is: 'answered', answer: theirWords('InternalError') },
  },
};
