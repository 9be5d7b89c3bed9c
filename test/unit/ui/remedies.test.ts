import assert from 'node:assert/strict';
import { SnapdirError, type ErrorCode, type ErrorData } from '../../../src/core/errors';
import { remediesFor, signInCommand, type Remedy } from '../../../src/ui/remotes/remedies';
import { remoteExamples } from '../../support/remoteExamples';

suite('what may help against an error of a store', () => {
  const remedies = <C extends ErrorCode>(
    code: C,
    data: ErrorData[C],
    of: { profiles?: boolean; configured?: boolean } = {},
  ): Remedy[] =>
    remediesFor(new SnapdirError(code, data), { profiles: true, configured: true, ...of });

  const rows: { [C in keyof typeof remoteExamples]: Remedy[] } = {
    REMOTE_NO_CREDENTIALS: ['keys', 'profile', 'again'],
    REMOTE_PROFILE_NOT_FOUND: ['profile', 'keys', 'again'],
    REMOTE_SIGN_IN: ['signIn', 'again'],
    REMOTE_CREDENTIALS_FAILED: ['keys', 'profile', 'again'],
    REMOTE_SESSION_EXPIRED: ['keys', 'profile', 'again'],
    REMOTE_WRONG_SECRET: ['keys', 'profile', 'again'],
    REMOTE_UNKNOWN_KEY: ['keys', 'profile', 'again'],
    REMOTE_DENIED: ['keys', 'profile', 'again'],
    REMOTE_BUCKET_NOT_FOUND: ['again'],
    REMOTE_WORKING_STORE: [],
    REMOTE_WRONG_REGION: ['region'],
    REMOTE_CLOCK_SKEW: ['again'],
    REMOTE_UNREACHABLE: ['again'],
    REMOTE_TIMEOUT: ['again'],
    REMOTE_CONNECTION_LOST: ['again'],
    REMOTE_NOT_TLS: [],
    REMOTE_TLS_FAILED: [],
    REMOTE_CERTIFICATE: ['certificate'],
    REMOTE_CA_FILE: ['certificate'],
    REMOTE_URL_INVALID: [],
    REMOTE_ENDPOINT_INVALID: [],
    REMOTE_INSECURE: [],
    REMOTE_NOT_S3: ['again'],
    REMOTE_SLOW_DOWN: ['again'],
    REMOTE_KEY_NOT_FOUND: [],
    REMOTE_TRUNCATED: ['again'],
    REMOTE_INTEGRITY: [],
    REMOTE_NO_CONDITIONS: [],
    REMOTE_CONFLICT: ['again'],
    REMOTE_ARCHIVED: ['again'],
    REMOTE_PROXY: ['again'],
    REMOTE_READ_ONLY: [],
    REMOTE_FULL: ['again'],
    REMOTE_FOLDER_NOT_FOUND: ['again'],
    REMOTE_FAILED: ['again'],
  };
  for (const [code, expected] of Object.entries(rows) as [keyof typeof rows, Remedy[]][]) {
    test(`${code}: ${expected.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(remedies(code, remoteExamples[code]), expected);
    });
  }

  test('the folder of a new store may be made; of one that was used, its disk may come back', () => {
    const { REMOTE_FOLDER_NOT_FOUND: lost } = remoteExamples;
    assert.deepEqual(remedies('REMOTE_FOLDER_NOT_FOUND', lost, { configured: false }), ['make']);
  });

  test('no profile where there is none, and no second try before the store is in the settings', () => {
    const { REMOTE_NO_CREDENTIALS: none, REMOTE_PROFILE_NOT_FOUND: lost } = remoteExamples;
    assert.deepEqual(remedies('REMOTE_NO_CREDENTIALS', none, { configured: false }), [
      'keys',
      'profile',
    ]);
    const alone = { configured: false, profiles: false };
    assert.deepEqual(remedies('REMOTE_PROFILE_NOT_FOUND', lost, alone), ['keys']);
  });

  test('a region that nobody tells is asked for; what is no error of ours has no button', () => {
    const { store, bucket, used } = remoteExamples.REMOTE_WRONG_REGION;
    assert.deepEqual(remedies('REMOTE_WRONG_REGION', { store, bucket, used }), ['askRegion']);
    assert.deepEqual(remediesFor(new Error('x'), { profiles: true, configured: true }), []);
  });

  test('what is copied into a terminal is what it says, whatever a profile is called', () => {
    assert.equal(signInCommand('acme-dev'), 'aws sso login --profile acme-dev');
    assert.equal(signInCommand('our team'), 'aws sso login --profile "our team"');
    for (const odd of ['', '$(rm -rf x)', 'a"; b', 'a`b`', 'a\nb', 'a\\', '%PATH%', 'a!b']) {
      assert.equal(signInCommand(odd), 'aws sso login');
    }
  });
});
