import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError, type ErrorCode } from '../../../src/core/errors';
import { parseChecksum, parseSnapshotId } from '../../../src/core/ids';
import {
  parseRemote,
  parseRemoteUrl,
  redactUrl,
  remoteHost,
  secretName,
} from '../../../src/core/remote';
import { REMOTE_FIELDS, REMOTE_NUMBERS } from '../../../src/core/remoteFields';
import {
  addressOf,
  decodeKeyPart,
  encodeKeyPart,
  isKey,
  manifestKey,
  objectKey,
} from '../../../src/core/storeKeys';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { repositoryRoot } from '../../support/paths';

interface Property {
  type: string;
  minimum?: number;
  maximum?: number;
}

interface Contributes {
  configuration: {
    properties: {
      'snapdir.remotes': { additionalProperties: { properties: Record<string, Property> } };
    };
  };
}

function fails(code: ErrorCode, work: () => unknown): void {
  assert.throws(work, (error: unknown) => SnapdirError.is(error, code));
}

suite('remotes', () => {
  test('URLs are read as the snapdir tools read them', () => {
    assert.deepEqual(parseRemoteUrl('s3://bucket'), { kind: 's3', bucket: 'bucket', prefix: '' });
    assert.deepEqual(parseRemoteUrl('s3://bucket/a b/%20x/'), {
      ...{ kind: 's3', bucket: 'bucket', prefix: 'a b/%20x' },
    });
    for (const url of ['file:///srv/x', 'file:/srv/x/', 'file://srv/x', 'file://localhost/srv/x']) {
      assert.deepEqual(parseRemoteUrl(url), { kind: 'file', path: '/srv/x' }, url);
    }
    assert.deepEqual(parseRemoteUrl('file:///C:/x'), { kind: 'file', path: 'C:/x' });
  });

  test('URLs that are not safe or not meant so are refused', () => {
    for (const url of [
      ...['', 'bucket', 'S3://bucket', 'ftp://x', 'https://key:secret@host/b', 's3://', 's3:///x'],
      ...['s3://key:secret@bucket', 's3://bucket?region=x', 's3://bucket/x?endpoint=y', 's3://b'],
      ...['s3://bucket/../x', 's3://bucket/x#y', 's3://bucket/a\nb', 'file:///', 'file:///a/../b'],
    ]) {
      fails('REMOTE_URL_INVALID', () => parseRemoteUrl(url));
    }
  });

  test('what is secret in a URL is not shown', () => {
    for (const url of ['s3://key:canary@b/x', 'https://u:canary@h/', 's3://b/x?secret=canary']) {
      assert.ok(!redactUrl(url).includes('canary'), url);
      try {
        parseRemoteUrl(url);
      } catch (error) {
        assert.ok(!String(error).includes('canary'));
      }
    }
    assert.equal(redactUrl('s3://bucket/x'), 's3://bucket/x');
  });

  test('settings are checked, and have defaults', () => {
    const url = 's3://bucket/x';
    const remote = parseRemote('team', { url, endpoint: 'https://h:7480/', future: 1 });
    assert.equal(remote.endpoint, 'https://h:7480');
    assert.equal(remoteHost(remote), 'h:7480');
    assert.deepEqual([remote.auth, remote.readOnly, remote.addressing], ['chain', false, 'auto']);
    assert.equal(parseRemote('team', { url, profile: 'p' }).auth, 'profile');
    for (const endpoint of ['h', 'ftp://h', 'https://u:p@h', 'https://h/path', 'https://h?x']) {
      fails('REMOTE_ENDPOINT_INVALID', () => parseRemote('team', { url, endpoint }));
    }
    for (const wrong of [
      { auth: 'x' },
      { region: 5 },
      { addressing: 'x' },
      { caFile: 'a\nb' },
      { readOnly: 'true' },
    ]) {
      fails('INVALID_ARGUMENT', () => parseRemote('team', { url, ...wrong }));
    }
    fails('INVALID_NAME', () => parseRemote('a b', { url }));
  });

  test('how content travels: whole numbers within bounds, and nothing where nothing is said', () => {
    const url = 's3://bucket/x';
    assert.deepEqual(parseRemote('team', { url }).transfer, {});
    const all = { concurrency: 4, partSizeMiB: 8, timeoutSeconds: 30, maxAttempts: 2 };
    const own = { ...all, limitKiBps: 0 };
    assert.deepEqual(parseRemote('team', { url, ...own }).transfer, own);
    for (const [key, [least, most]] of Object.entries(REMOTE_NUMBERS)) {
      parseRemote('team', { url, [key]: least });
      parseRemote('team', { url, [key]: most });
      for (const value of [least - 1, most + 1, least + 0.5, String(least), NaN, true, [least]]) {
        fails('INVALID_ARGUMENT', () => parseRemote('team', { url, [key]: value }));
      }
    }
  });

  test("B2 and Google are asked at their own S3 endpoints, which B2's region is part of", () => {
    const b2 = parseRemote('team', { url: 'b2://bucket/x', region: 'us-west-004' });
    assert.equal(b2.endpoint, 'https://s3.us-west-004.backblazeb2.com');
    assert.deepEqual(b2.place, { kind: 's3', bucket: 'bucket', prefix: 'x' });
    assert.deepEqual([b2.region, b2.conditionalWrites], ['us-west-004', 'auto']);
    for (const region of [undefined, '', 'a.example.org/', 'us-west-004:1']) {
      fails('REMOTE_URL_INVALID', () => parseRemote('team', { url: 'b2://bucket', region }));
    }
    const gs = parseRemote('team', { url: 'gs://bucket' });
    assert.equal(gs.endpoint, 'https://storage.googleapis.com');
    // Its S3 interface passes over conditions on writes; who thinks otherwise may have them tried.
    assert.deepEqual([gs.region, gs.conditionalWrites], ['auto', 'off']);
    const tried = { url: 'gs://bucket', region: 'eu', conditionalWrites: 'auto' };
    const { region, conditionalWrites } = parseRemote('team', tried);
    assert.deepEqual([region, conditionalWrites], ['eu', 'auto']);
    const there = parseRemote('team', { url: 'gs://bucket', endpoint: gs.endpoint });
    assert.deepEqual([there.region, there.conditionalWrites], ['auto', 'off'], 'said twice');
    const own = { url: 'b2://bucket', endpoint: 'https://cache.example.org' };
    assert.equal(parseRemote('team', own).endpoint, own.endpoint);
    fails('REMOTE_URL_INVALID', () => parseRemote('team', { url: 'b2://key:secret@bucket' }));
  });

  test('an endpoint elsewhere must encrypt, unless settings allow it; here it need not', () => {
    const parse = (endpoint: string, more: object = {}): unknown =>
      parseRemote('team', { url: 's3://bucket', endpoint, ...more });
    const here = [
      'http://localhost:9000',
      'http://127.0.0.1',
      'http://127.8.0.1:1/',
      'http://[::1]',
    ];
    here.forEach((endpoint) => parse(endpoint));
    for (const endpoint of [
      ...['http://ceph.example.org', 'HTTP://10.0.0.1:7480', 'http://127.0.0.1.example.org'],
      ...['http://localhost.example.org:80', 'http://[fe80::1]', 'http://1270.0.0.1'],
    ]) {
      fails('REMOTE_INSECURE', () => parse(endpoint));
      fails('REMOTE_INSECURE', () => parse(endpoint, { allowInsecure: false }));
      parse(endpoint, { allowInsecure: true });
    }
    fails('INVALID_ARGUMENT', () => parse('http://h', { allowInsecure: 'true' }));
  });

  test('the settings of the editor have all of the fields', () => {
    const text = readFileSync(join(repositoryRoot, 'package.json'), 'utf8');
    const { contributes } = JSON.parse(text) as { contributes: Contributes };
    const { properties } =
      contributes.configuration.properties['snapdir.remotes'].additionalProperties;
    const kind: Record<string, string> = { boolean: 'flag', integer: 'number', string: 'text' };
    const kinds = Object.entries(properties).map(([key, { type }]) => [key, kind[type]]);
    assert.deepEqual(Object.fromEntries(kinds), REMOTE_FIELDS);
    const bounds = Object.entries(properties)
      .filter(([, { type }]) => type === 'integer')
      .map(([key, { minimum, maximum }]) => [key, [minimum, maximum]]);
    assert.deepEqual(Object.fromEntries(bounds), REMOTE_NUMBERS);
  });

  test('keys in secret storage belong to endpoint, bucket and name', () => {
    const name = (url: string, endpoint: string, remote = 'team'): string =>
      secretName(parseRemote(remote, { url, endpoint }), blake3);
    const first = name('s3://bucket/x', 'https://a');
    assert.equal(first, name('s3://bucket/other', 'https://A'));
    assert.notEqual(first, name('s3://bucket/x', 'https://b'));
    assert.notEqual(first, name('s3://bucket2/x', 'https://a'));
    assert.notEqual(first, name('s3://bucket/x', 'https://a', 'other'));
  });
});

suite('keys of stores', () => {
  const hex = `${'0123456789abcdef'.repeat(4)}`;

  test('addresses are those of the frozen layout, there and back', () => {
    const key = objectKey(parseChecksum(hex));
    assert.equal(key, `.objects/012/345/678/${hex.slice(9)}`);
    assert.deepEqual(addressOf(key), { kind: 'object', id: hex });
    const manifest = manifestKey(parseSnapshotId(hex));
    assert.deepEqual(addressOf(manifest), { kind: 'manifest', id: hex });
    assert.equal(addressOf('.refs/main'), undefined);
    assert.equal(addressOf(`${key}/x`), undefined);
  });

  test('any text becomes a part of a key, and never the same one', () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (text) => {
        fc.pre(Buffer.byteLength(text) <= 66); // three characters a byte: longer ones may be refused
        const part = encodeKeyPart(text);
        assert.ok(isKey(part), part);
        assert.equal(decodeKeyPart(part), text);
        assert.equal(seen.get(part) ?? text, text);
        seen.set(part, text);
      }),
    );
    for (const text of [
      '.',
      '..',
      'con',
      'nul.txt',
      'A',
      'a.',
      '.a',
      'ü',
      'a/b',
      'x'.repeat(200),
    ]) {
      assert.equal(decodeKeyPart(encodeKeyPart(text)), text);
    }
    for (const text of ['', '\ud800', 'x'.repeat(201)]) {
      fails('INVALID_NAME', () => encodeKeyPart(text));
    }
    for (const part of ['%41%', '%zz', 'A', '%61', '..']) {
      assert.equal(decodeKeyPart(part), undefined, part);
    }
  });
});
