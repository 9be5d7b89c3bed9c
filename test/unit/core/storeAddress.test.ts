import assert from 'node:assert/strict';
import type { UrlCauses } from '../../../src/core/causes';
import { SnapdirError } from '../../../src/core/errors';
import { parseRemote } from '../../../src/core/remote';
import { readStoreAddress, type StoreAddress } from '../../../src/core/storeAddress';

const CASES: [text: string, read: StoreAddress][] = [
  ['s3://acme-snaps/web', { url: 's3://acme-snaps/web' }],
  ['  acme-snaps/a b/%20 ', { url: 's3://acme-snaps/a b/%20' }],
  ['gs://acme-snaps/web', { url: 'gs://acme-snaps/web' }],
  [
    'https://ceph.example.org:7480/acme-snaps/web/',
    { url: 's3://acme-snaps/web', endpoint: 'https://ceph.example.org:7480' },
  ],
  ['http://127.0.0.1:9000//bucket', { url: 's3://bucket', endpoint: 'http://127.0.0.1:9000' }],
  [
    'https://acc.r2.cloudflarestorage.com/bucket/a%20b',
    {
      ...{ url: 's3://bucket/a b', endpoint: 'https://acc.r2.cloudflarestorage.com' },
      region: 'auto',
    },
  ],
  ['https://acme.snaps.s3.amazonaws.com/web', { url: 's3://acme.snaps/web' }],
  ['https://b-1.s3.eu-west-3.amazonaws.com', { url: 's3://b-1', region: 'eu-west-3' }],
  ['https://b-1.s3-eu-west-3.amazonaws.com/x', { url: 's3://b-1/x', region: 'eu-west-3' }],
  ['https://S3.us-gov-west-1.amazonaws.com/b-1/x', { url: 's3://b-1/x', region: 'us-gov-west-1' }],
  ['https://s3.amazonaws.com/b-1/x', { url: 's3://b-1/x' }],
  ['https://b-1.s3.dualstack.eu-west-3.amazonaws.com/', { url: 's3://b-1', region: 'eu-west-3' }],
  ['https://s3.cn-north-1.amazonaws.com.cn/b-1', { url: 's3://b-1', region: 'cn-north-1' }],
  ['https://s3.us-west-004.backblazeb2.com/b-1/x', { url: 'b2://b-1/x', region: 'us-west-004' }],
  ['https://b-1.s3.us-west-004.backblazeb2.com/x', { url: 'b2://b-1/x', region: 'us-west-004' }],
  ['https://storage.googleapis.com/b-1/x', { url: 'gs://b-1/x' }],
  ['https://b-1.storage.googleapis.com/x', { url: 'gs://b-1/x' }],
];

suite('where a bucket is', () => {
  test('is read however people write it, and settings take what comes of it', () => {
    for (const [text, read] of CASES) {
      assert.deepEqual(readStoreAddress(text), read, text);
      assert.equal(parseRemote('team', { ...read }).place.kind, 's3', text);
    }
  });

  test('what does not say it is refused with what to write, and without keys', () => {
    const refused: [text: string, reason: keyof UrlCauses][] = [
      ['', 'write-address'],
      ['ab', 'bucket-letters'],
      ['file:///srv/x', 's3-shape'],
      ['ftp://host/x', 'url-scheme'],
      ['S3://bucket', 'url-shape'],
      ['b2://bucket/x', 'region-in-url'],
      ['https://ceph.example.org', 'bucket-missing'],
      ['https://ceph.example.org:7480/', 'bucket-missing'],
      ['https://key:canary@ceph.example.org/bucket', 'keys-come-later'],
      ['https://s3.amazonaws.com/b-1?canary=1', 'web-shape'],
      ['https://ceph.example.org/bucket#x', 'web-shape'],
      ['https://b.s3-accelerate.amazonaws.com/x', 'aws-shape'],
      ['https://host/bucket/%zz', 'bad-percent'],
      ['https://host/bucket/%0a', 'url-shape'],
      ['https://host/bucket/../x', 'prefix-parts'],
    ];
    for (const [text, reason] of refused) {
      assert.throws(
        () => readStoreAddress(text),
        (error: unknown) => {
          assert.ok(SnapdirError.is(error, 'REMOTE_URL_INVALID'), `${text}: ${String(error)}`);
          assert.equal(error.data.reason.is, reason, text);
          assert.ok(!error.data.url.includes('canary'));
          return true;
        },
      );
    }
    for (const text of ['https://', 'https://ho st/bucket', 'https:///bucket']) {
      assert.throws(
        () => readStoreAddress(text),
        (error: unknown) => SnapdirError.is(error, 'REMOTE_ENDPOINT_INVALID'),
        text,
      );
    }
  });
});
