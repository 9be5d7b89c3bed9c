// What is damaged or gone in a store comes back by what the words for it advise.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchSnapshot } from '../../src/app/fetchSnapshot';
import { describeError } from '../../src/cli/errorWords';
import { SnapdirError, type ErrorCode } from '../../src/core/errors';
import { addressOf } from '../../src/core/storeKeys';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseRemote } from '../../src/core/remote';
import { storeOpener } from '../../src/stores/openStore';
import { FaultServer } from '../support/faultServer';
import { person, promote, type Person } from '../support/people';
import { placesFor } from '../support/s3';
import { tempDir } from '../support/tempDir';

/** A store, and what somebody does to it behind its back. */
interface Place {
  open: () => Promise<PermanentStore>;
  keys: () => string[];
  damage: (key: string) => void;
  remove: (key: string) => void;
  stop?: () => Promise<void>;
}

const open = storeOpener(placesFor({ accessKeyId: 'AKID', secretAccessKey: 'secret' }));

function folder(): Place {
  const dir = tempDir();
  const path = (key: string): string => join(dir, key);
  return {
    open: () => open(parseRemote('team', { url: `file://${dir}` })),
    keys: () => (readdirSync(dir, { recursive: true }) as string[]).filter((key) => addressOf(key)),
    damage: (key) => writeFileSync(path(key), Buffer.alloc(statSync(path(key)).size, '!')),
    remove: (key) => rmSync(path(key)),
  };
}

async function bucket(): Promise<Place> {
  const server = await new FaultServer().start();
  const fields = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'stored' };
  const { objects } = server;
  return {
    open: () => open(parseRemote('team', fields)),
    keys: () => [...objects.keys()].map((key) => key.slice(2)).filter((key) => addressOf(key)),
    damage: (key) => objects.set(`x/${key}`, Buffer.alloc(objects.get(`x/${key}`)!.length, '!')),
    remove: (key) => void objects.delete(`x/${key}`),
    stop: () => server.stop(),
  };
}

for (const [name, start] of [
  ['a folder', () => Promise.resolve(folder())],
  ['a bucket', bucket],
] as const) {
  suite(`what is damaged or gone in ${name} is sent anew`, () => {
    let place: Place;
    let alice: Person;
    setup(async () => {
      place = await start();
      alice = person('alice', {
        ...Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, `file ${n}`])),
        large: Buffer.alloc(2_000_000, 'large '),
      });
      alice.take();
    });
    teardown(() => place.stop?.());

    /** As each command does it: with a store that it opens and closes. */
    const use = async <T>(work: (store: PermanentStore) => Promise<T>): Promise<T> => {
      const store = await place.open();
      try {
        return await work(store);
      } finally {
        await store.close();
      }
    };
    const send = (of: Parameters<typeof promote>[2] = {}): ReturnType<typeof promote> =>
      use((store) => promote(alice, store, of));
    const fetch = (): Promise<number> =>
      use(async (store) => {
        const carol = person('carol');
        const got = await fetchSnapshot(
          carol.repository,
          { name: 'team', store },
          { name: 'main' },
        );
        return got.received.objects;
      });
    const fails = (code: ErrorCode): Promise<void> =>
      assert.rejects(fetch(), (error) => {
        assert.ok(SnapdirError.is(error, code), String(error));
        assert.match(describeError(error), /"snapdir promote" it again with --force/);
        return true;
      });
    const objects = (): string[] => place.keys().filter((key) => key.startsWith('.objects'));

    test('objects, and manifests', async () => {
      await send();
      const [first = '', second = ''] = objects();
      place.damage(first);
      await fails('REMOTE_INTEGRITY');
      place.remove(second);
      place.damage(first);
      const plain = await send();
      assert.deepEqual(
        [plain.changed, plain.sent.objects],
        [false, 1],
        'what is damaged is not seen',
      );
      const anew = await send({ force: true });
      assert.deepEqual([anew.changed, anew.sent.objects, anew.present], [false, 61, 0]);
      assert.equal(await fetch(), 61);
      place.remove(objects()[3]!);
      await fails('REMOTE_KEY_NOT_FOUND');
      assert.equal((await send({ anew: true })).sent.objects, 61);
      assert.equal(await fetch(), 61);
      const [manifest = ''] = place.keys().filter((key) => key.startsWith('.manifests'));
      place.damage(manifest);
      await fails('REMOTE_INTEGRITY');
      await send({ anew: true });
      assert.equal(await fetch(), 61);
      place.remove(manifest);
      await fails('REMOTE_KEY_NOT_FOUND');
      const { changed, present } = await send();
      assert.deepEqual([changed, present], [false, 61], 'what is gone is noticed');
      assert.equal(await fetch(), 61);
    });

    test('a manifest that is there, and half of it, does not count', async () => {
      const { snapshot } = await send();
      const [manifest = ''] = place.keys().filter((key) => key.startsWith('.manifests'));
      place.remove(manifest);
      await use(async (store) => {
        // Raw: what is written under an address is checked only where all of it is at hand.
        const half = { size: 10, read: () => Promise.resolve(Buffer.alloc(10)) };
        await store.put(manifest, half);
      });
      const other = await send({ name: 'other' });
      assert.deepEqual([other.snapshot, other.changed], [snapshot, true]);
      assert.equal(await fetch(), 61);
    });

    test('a manifest that is cut short, or damaged, is sent again without more ado', async () => {
      await send();
      const [manifest = ''] = place.keys().filter((key) => key.startsWith('.manifests'));
      place.damage(manifest);
      assert.deepEqual((await send()).changed, false);
      assert.equal(await fetch(), 61);
      place.remove(manifest);
      await use((store) =>
        store.put(manifest, { size: 10, read: () => Promise.resolve(Buffer.alloc(10)) }),
      );
      assert.deepEqual((await send()).changed, false);
      assert.equal(await fetch(), 61);
    });

    test('an object that is gone is sent when the name is given to another snapshot', async () => {
      await send();
      place.remove(objects()[7]!);
      alice.write({ f3: 'changed' });
      alice.take();
      const { changed, sent, present } = await send();
      assert.ok(changed);
      assert.ok([1, 2].includes(sent.objects) && sent.objects + present === 61, `${sent.objects}`);
      assert.equal(await fetch(), 61);
    });

    test('anew moves nobody away, and names that are pushed together cost once', async () => {
      await send();
      const bob = person('bob', { b: 'of bob' });
      bob.take();
      await use((store) => promote(bob, store, { force: true }));
      alice.write({ new: 'new' });
      alice.take();
      await assert.rejects(send({ anew: true }), (error) =>
        SnapdirError.is(error, 'PROMOTION_CONFLICT'),
      );
      const first = await send({ force: true });
      const sentBefore = [first.snapshot];
      const second = await send({ name: 'other', force: true, sentBefore });
      assert.deepEqual([first.sent.objects, second.sent.objects], [62, 0]);
    });
  });
}
