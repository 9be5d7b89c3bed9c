// How many requests a promotion costs that opens its store anew, as each one does in the editor and in the command.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/base/clock';
import type { PermanentStore } from '../../src/core/permanentStore';
import { parseRemote } from '../../src/core/remote';
import { probeStore } from '../../src/core/storePieces';
import { ConditionMemory } from '../../src/stores/conditionMemory';
import { storeOpener } from '../../src/stores/openStore';
import { cliFolder } from '../support/cli';
import { fileTree } from '../support/fileTree';
import { FaultServer } from '../support/faultServer';
import { failure } from '../support/faultyBucket';
import { person, promote } from '../support/people';
import { placesFor } from '../support/s3';
import { tempDir } from '../support/tempDir';

const MOST = 20;
const DAY_MS = 24 * 3_600_000;
const files = (count: number, text: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, `${text} ${n}`]));

suite('S3: how many requests', function () {
  this.timeout(60_000);
  let server: FaultServer;
  let home: string;
  let now: number;
  setup(async () => {
    server = await new FaultServer().start();
    home = join(tempDir(), 'not', 'there yet');
    now = 1_700_000_000_000;
  });
  teardown(() => server.stop());

  /** As another process would: nothing is shared but the user's folder. */
  const open = (fields: object = {}, at: string | undefined = home): Promise<PermanentStore> => {
    const clock: Clock = { now: () => now };
    const conditions = new ConditionMemory(at, clock);
    const keys = { accessKeyId: 'AKID', secretAccessKey: 'canary' };
    const remote = { url: 's3://bucket/x', endpoint: server.endpoint, auth: 'stored', ...fields };
    return storeOpener(placesFor(keys, { conditions }))(parseRemote('team', remote));
  };
  const asked = (): string[] => {
    const all = server.asked.map(({ method, key }) => `${method} ${key}`);
    server.asked.length = 0;
    return all;
  };
  /** Whether a store, opened anew, keeps conditions, and whether that was tried out. */
  const tried = async (...of: Parameters<typeof open>): Promise<[boolean, boolean]> => {
    server.asked.length = 0;
    const store = await open(...of);
    const { conditional } = await store.capabilities();
    await store.close();
    return [conditional, asked().some((one) => one.includes('.snapdir-probe'))];
  };

  test(`ten files changed: ${MOST} at most, of a store that is opened anew`, async () => {
    const alice = person('alice', files(300, 'file'));
    const send = async (): Promise<number> => {
      const store = await open();
      try {
        return (await promote(alice, store)).sent.objects;
      } finally {
        await store.close();
      }
    };
    alice.take();
    assert.equal(await send(), 300);
    const sent = server.asked.filter(({ method, key }) => method === 'PUT' && /objects/.test(key));
    for (const { key, headers } of sent) {
      const sum = createHash('sha256').update(server.objects.get(key)!).digest('hex');
      assert.equal(headers['x-amz-content-sha256'], sum, 'signed is what was sent');
    }
    assert.equal(sent.length, 300);
    asked();
    alice.write(files(10, 'changed'));
    alice.take();
    assert.equal(await send(), 10);
    const second = asked();
    assert.ok(second.length <= MOST, second.join('\n'));
    assert.equal(await send(), 0);
    const third = asked();
    assert.ok(third.length <= 5, third.join('\n'));
  });

  test(`the command: ${MOST} at most, too`, async () => {
    const nowhere = join(tempDir(), 'none');
    const alice = cliFolder(files(100, 'file'), {
      ...{ AWS_ENDPOINT_URL_S3: server.endpoint, AWS_REGION: 'us-east-1', SNAPDIR_STORE: '' },
      ...{ AWS_SHARED_CREDENTIALS_FILE: nowhere, AWS_CONFIG_FILE: nowhere, SNAPDIR_HOME: home },
      ...{ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'canary' },
    });
    const send = async (): Promise<string[]> => {
      asked();
      await alice.ok('take');
      await alice.ok('promote', 'HEAD', 'main', '--to', 's3://bucket/x');
      return asked();
    };
    assert.ok((await send()).length > 100);
    fileTree(alice.dir, files(10, 'changed'));
    const second = await send();
    assert.ok(second.length <= MOST, second.join('\n'));
    assert.equal(readdirSync(join(home, 'conditions')).length, 1);
  });

  test('conditions are tried out once a week for each store, and again when one was not kept', async () => {
    assert.deepEqual(await tried(), [true, true]);
    assert.deepEqual(await tried(), [true, false]);
    assert.deepEqual(await tried({ url: 's3://bucket/y' }), [true, true], 'another prefix');
    const first = server;
    server = await new FaultServer().start();
    assert.deepEqual(await tried(), [true, true], 'another endpoint');
    await server.stop();
    server = first;
    now += 7 * DAY_MS - 1;
    assert.deepEqual(await tried(), [true, false]);
    now += 1;
    assert.deepEqual(await tried(), [true, true]);
    now -= DAY_MS;
    assert.deepEqual(await tried(), [true, true], 'of a clock that was set back');
    server.fault = ({ headers }) =>
      headers['if-none-match'] === undefined && headers['if-match'] === undefined
        ? undefined
        : { status: 501, code: 'NotImplemented' };
    assert.deepEqual(await tried(), [true, false]);
    const store = await open();
    const condition = { ifAbsent: true } as const;
    await failure('REMOTE_NO_CONDITIONS', () => store.put('a', Buffer.from('a'), { condition }));
    await store.close();
    assert.deepEqual(await tried(), [false, true]);
    assert.deepEqual(await tried(), [false, false]);
    server.fault = () => undefined;
    const tested = await open();
    await probeStore(tested, 'by-a-person', () => 0);
    await tested.close();
    assert.deepEqual(await tried(), [true, true], 'somebody tried it out');
    assert.deepEqual(await tried({ conditionalWrites: 'off' }), [false, false]);
  });

  test('without a folder to remember in, or with a damaged one, it is tried out', async () => {
    assert.deepEqual(await tried({}, '/dev/null/x'), [true, true]);
    await tried();
    const folder = join(home, 'conditions');
    readdirSync(folder).forEach((name) => writeFileSync(join(folder, name), 'kept'));
    assert.deepEqual(
      [await tried(), await tried()].map(([, trial]) => trial),
      [true, false],
    );
  });
});
