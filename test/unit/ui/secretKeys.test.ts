import assert from 'node:assert/strict';
import { parseRemote, type Remote } from '../../../src/core/remote';
import { SecretKeys } from '../../../src/ui/remotes/secretKeys';

suite('keys in the secret storage', () => {
  const kept = new Map<string, string>();
  const memory = {
    get: (key: string) => Promise.resolve(kept.get(key)),
    store: (key: string, value: string) => Promise.resolve(void kept.set(key, value)),
    delete: (key: string) => Promise.resolve(void kept.delete(key)),
  };
  const keys = new SecretKeys(memory, ({ name, endpoint, url }) => `${name} ${endpoint} ${url}`);
  const remote = (name: string, host: string): Remote =>
    parseRemote(name, { url: 's3://bucket/x', endpoint: `https://${host}.invalid` });
  const pair = (secretAccessKey: string): { accessKeyId: string; secretAccessKey: string } => ({
    ...{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey },
  });
  setup(() => kept.clear());

  test('those of each endpoint that a store had are forgotten, and no others', async () => {
    await keys.set(remote('team', 'a'), pair('first'));
    await keys.set(remote('team', 'b'), pair('second'));
    await keys.set(remote('team', 'b'), pair('third'));
    await keys.set(remote('team2', 'a'), pair('other'));
    assert.deepEqual(await keys.get(remote('team', 'a')), pair('first'));
    assert.deepEqual(await keys.get(remote('team', 'b')), pair('third'));
    assert.equal(await keys.forget('team'), true);
    assert.ok(!/first|second|third|"team /.test(JSON.stringify([...kept])));
    assert.deepEqual(await keys.get(remote('team2', 'a')), pair('other'));
    assert.equal(await keys.forget('team'), false);
  });

  test('which stores have keys is known without any settings', async () => {
    assert.deepEqual(await keys.stores(), []);
    await keys.set(remote('team', 'a'), pair('first'));
    await keys.set(remote('team', 'b'), pair('second'));
    await keys.set(remote('other', 'a'), pair('third'));
    assert.deepEqual(await keys.stores(), ['other', 'team']);
    await keys.forget('team');
    assert.deepEqual(await keys.stores(), ['other']);
    // Entered before there was a list of stores, or by two windows at once: newer versions of VS Code tell of these.
    kept.delete('snapdir.storesWithKeys');
    assert.deepEqual(await keys.stores(), []);
    const telling = { ...memory, keys: () => Promise.resolve([...kept.keys()]) };
    assert.deepEqual(await new SecretKeys(telling, () => '').stores(), ['other']);
    const refusing = { ...memory, keys: () => Promise.reject(new Error('proposed')) };
    assert.deepEqual(await new SecretKeys(refusing, () => '').stores(), []);
    await keys.forget('other');
    assert.equal(kept.size, 0);
  });

  test('a damaged list or pair is none; without a list the keys of now are forgotten', async () => {
    await keys.set(remote('team', 'a'), pair('first'));
    for (const key of kept.keys()) {
      kept.set(key, '{');
    }
    assert.equal(await keys.get(remote('team', 'a')), undefined);
    assert.equal(await keys.forget('team'), false);
    await keys.set(remote('team', 'a'), pair('second'));
    kept.delete('snapdir.keysOf:team');
    assert.equal(await keys.forget('team', remote('team', 'a')), true);
    assert.equal(kept.size, 0);
  });
});
