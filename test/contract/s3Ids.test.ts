// What a store is known by, wherever something is remembered of it.
import assert from 'node:assert/strict';
import { parseRemote } from '../../src/core/remote';
import { storeOpener } from '../../src/stores/openStore';
import { placesFor } from '../support/s3';

const stored = { accessKeyId: 'AKIDSTORED', secretAccessKey: 'canary-7d1f-stored' };

suite('S3: what a store is known by', () => {
  test('stores are known by endpoint, bucket and prefix, however they are written, and by no key', async () => {
    const open = storeOpener(placesFor(stored));
    const idOf = async (url: string, fields: object): Promise<string> => {
      const store = await open(parseRemote('team', { url, auth: 'stored', ...fields }));
      await store.close();
      return store.id;
    };
    const at = 's3://bucket/x';
    const here = await idOf(at, { endpoint: 'https://one.example' });
    assert.equal(here, 's3:https://one.example/bucket/x/');
    assert.equal(await idOf(`${at}/`, { endpoint: 'https://ONE.example:443/' }), here);
    const others = [
      idOf(at, { endpoint: 'https://two.example' }),
      idOf(at, { endpoint: 'https://one.example:444' }),
      idOf(at, { endpoint: 'http://one.example', allowInsecure: true }),
      idOf('s3://bucket', { endpoint: 'https://one.example' }),
      idOf('s3://bucket/xy', { endpoint: 'https://one.example' }),
      idOf(at, {}),
      idOf(at, { region: 'cn-north-1' }),
    ];
    const ids = await Promise.all(others);
    assert.equal(new Set([here, ...ids]).size, 8, ids.join());
  });
});
