import assert from 'node:assert/strict';
import { errorWords } from '../../../src/cli/errorWords';
import { SnapdirError, type ErrorCode } from '../../../src/core/errors';
import { toStoreError } from '../../../src/stores/s3/s3Errors';

const openssl = (reason: string): string =>
  `write EPROTO 807CA6300C7F0000:error:0A000410:SSL routines:ssl3_read_bytes:${reason}:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:1601:SSL alert number 40\n`;
const boringssl = (reason: string): string =>
  `write EPROTO 8398:error:100000f7:SSL routines:OPENSSL_internal:${reason}:../../third_party/boringssl/src/ssl/tls_record.cc:127:\n`;

function told(error: Error): SnapdirError {
  const made = toStoreError(error, {
    ...{ store: 'team', host: 'ceph.example.org', bucket: 'b', region: 'r', secure: true },
    ...{ timeoutSeconds: 1, operation: 'get', permission: 's3:GetObject', now: 0 },
  });
  assert.ok(SnapdirError.is(made));
  return made;
}
const failed = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });

suite('S3: what TLS libraries say', () => {
  const rows: [code: string, message: string, told: ErrorCode, reason?: string][] = [
    ['EPROTO', openssl('wrong version number'), 'REMOTE_NOT_TLS'],
    ['EPROTO', openssl('packet length too long'), 'REMOTE_NOT_TLS'],
    ['EPROTO', openssl('http request'), 'REMOTE_NOT_TLS'],
    ['EPROTO', boringssl('WRONG_VERSION_NUMBER'), 'REMOTE_NOT_TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'x', 'REMOTE_NOT_TLS'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'x', 'REMOTE_NOT_TLS'],
    ['EPROTO', openssl('unexpected eof while reading'), 'REMOTE_CONNECTION_LOST'],
    ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'x', 'REMOTE_CONNECTION_LOST'],
    ['EPROTO', boringssl('SSLV3_ALERT_BAD_RECORD_MAC'), 'REMOTE_CONNECTION_LOST'],
    ...[
      'sslv3 alert handshake failure',
      'tlsv13 alert certificate required',
      'tlsv1 alert protocol version',
      'unsupported protocol',
    ].flatMap((reason): [string, string, ErrorCode, string][] => {
      const named = reason.toUpperCase().replaceAll(' ', '_');
      return [
        ['EPROTO', openssl(reason), 'REMOTE_TLS_FAILED', reason],
        ['EPROTO', boringssl(named), 'REMOTE_TLS_FAILED', reason],
        [`ERR_SSL_${named}`, 'x', 'REMOTE_TLS_FAILED', reason],
      ];
    }),
    ['EPROTO', 'write EPROTO', 'REMOTE_TLS_FAILED', 'eproto'],
  ];
  for (const [code, message, expected, reason] of rows) {
    test(`${code} ${message.slice(0, 100).trim()}`, () => {
      const made = told(failed(code, message));
      assert.equal(made.code, expected);
      assert.equal((made.data as { reason?: string }).reason, reason);
    });
  }

  test('what is inside of another error counts as well', () => {
    const cause = failed('EPROTO', openssl('wrong version number'));
    assert.equal(told(new TypeError('fetch failed', { cause })).code, 'REMOTE_NOT_TLS');
  });

  test('nobody is told to give encryption up because a handshake failed, nor first of all', () => {
    const { code, data } = told(failed('EPROTO', openssl('sslv3 alert handshake failure')));
    assert.ok(code === 'REMOTE_TLS_FAILED');
    const words = errorWords[code](data as never);
    assert.match(words, /handshake failure.*client certificate.*ask whoever runs/);
    assert.doesNotMatch(words, /http:|allowInsecure/);
    const plain = errorWords.REMOTE_NOT_TLS({ store: 'team', host: 'h' });
    assert.match(plain, /Check the address and the port first.*http:/);
  });
});
