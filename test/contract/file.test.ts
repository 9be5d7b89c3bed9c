import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SnapdirError } from '../../src/core/errors';
import { FileStore } from '../../src/stores/file/fileStore';
import { tempDir } from '../support/tempDir';
import { collect, failsWith } from './helpers';
import { storeContract } from './storeContract';

storeContract('file', () => {
  const dir = tempDir();
  return Promise.resolve({ open: () => FileStore.open(dir), conditional: true });
});

suite('file store', () => {
  const content = Buffer.from('content');

  test('keys are paths, and nothing else stays behind', async () => {
    const dir = join(tempDir(), 'new');
    const store = await FileStore.open(dir, { make: true });
    await store.put('.objects/abc/def/012/345', content);
    await store.put('.refs/main', content, { condition: { ifAbsent: true } });
    await store.put('.refs/main', content, {
      condition: { ifVersion: (await store.head('.refs/main'))?.version ?? '' },
    });
    assert.deepEqual(readFileSync(join(dir, '.objects/abc/def/012/345')), content);
    assert.deepEqual(readdirSync(join(dir, '.snapdir-tmp')), []);
    assert.deepEqual(
      (await collect(store.list(''))).map(({ key }) => key),
      ['.objects/abc/def/012/345', '.refs/main'],
    );
  });

  test('a missing folder is made only where that is asked for, and none above it: its disk may be away', async () => {
    const dir = tempDir();
    const missing = (path: string, of: { make?: boolean }, told = path): Promise<void> =>
      assert.rejects(FileStore.open(path, of), (error) => {
        assert.ok(SnapdirError.is(error, 'REMOTE_FOLDER_NOT_FOUND'), String(error));
        return error.data.path === told;
      });
    await missing(join(dir, 'disk', 'store'), { make: true }, join(dir, 'disk'));
    await missing(join(dir, 'store'), {});
    assert.deepEqual(readdirSync(dir), []);
    await FileStore.open(join(dir, 'store'), { make: true });
    assert.deepEqual(readdirSync(dir), ['store']);
    writeFileSync(join(dir, 'file'), '');
    await failsWith('IO', () => FileStore.open(join(dir, 'file')));
  });

  test('a folder where Snapdir works is none, nor what lies below: nothing is written there', async () => {
    const work = join(tempDir(), '.snapdir');
    mkdirSync(join(work, 'records'), { recursive: true });
    writeFileSync(join(work, 'FORMAT'), '');
    mkdirSync(join(work, 'below'));
    for (const path of [work, join(work, 'below')]) {
      const store = await FileStore.open(path);
      assert.deepEqual(await collect(store.list('.refs/')), [], 'looking is allowed');
      await failsWith('REMOTE_WORKING_STORE', () => store.put('.refs/main', content));
      await failsWith('REMOTE_WORKING_STORE', () => store.delete('.refs/main'));
      await failsWith('REMOTE_WORKING_STORE', () => FileStore.open(path, { make: true }));
    }
    const fresh = join(work, 'new');
    await failsWith('REMOTE_WORKING_STORE', () => FileStore.open(fresh, { make: true }));
    assert.deepEqual(readdirSync(work).sort(), ['FORMAT', 'below', 'records']);
    assert.deepEqual(readdirSync(join(work, 'below')), []);
    // Either one alone may be anything.
    const other = tempDir();
    mkdirSync(join(other, 'records'));
    await (await FileStore.open(other, { make: true })).put('.refs/main', content);
  });

  test('links are not followed, neither to read nor to write', async () => {
    const [dir, outside] = [tempDir(), tempDir()];
    writeFileSync(join(outside, 'secret'), 'secret');
    const store = await FileStore.open(dir);
    symlinkSync(outside, join(dir, '.refs'));
    symlinkSync(join(outside, 'secret'), join(dir, 'link'));
    for (const key of ['.refs/secret', 'link']) {
      await failsWith('UNSAFE_PATH', () => store.get(key));
      await failsWith('UNSAFE_PATH', () => store.head(key));
      await failsWith('UNSAFE_PATH', () => store.put(key, content));
    }
    await failsWith('UNSAFE_PATH', () => store.put('.refs/new', content));
    await failsWith('UNSAFE_PATH', () => store.delete('.refs/secret'));
    assert.deepEqual(await collect(store.list('')), []);
    assert.deepEqual(readdirSync(outside), ['secret']);
    assert.equal(readFileSync(join(outside, 'secret'), 'utf8'), 'secret');
  });

  test('a folder for drafts that is a link is refused', async () => {
    const [dir, outside] = [tempDir(), tempDir()];
    symlinkSync(outside, join(dir, '.snapdir-tmp'));
    const store = await FileStore.open(dir);
    await failsWith('UNSAFE_PATH', () => store.put('a', content));
    assert.deepEqual(readdirSync(outside), []);
  });

  test('names that are no keys are not listed', async () => {
    const dir = tempDir();
    for (const name of ['A', 'a b', 'ü', 'ok.tmp~', 'ok']) {
      writeFileSync(join(dir, name), 'x');
    }
    const store = await FileStore.open(dir);
    assert.deepEqual(
      (await collect(store.list(''))).map(({ key }) => key),
      ['ok', 'ok.tmp~'],
    );
  });

  test('drafts of killed processes go after a day, younger ones stay', async () => {
    const dir = tempDir();
    const temp = join(dir, '.snapdir-tmp');
    mkdirSync(temp);
    writeFileSync(join(temp, 'old'), 'x');
    writeFileSync(join(temp, 'young'), 'x');
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    utimesSync(join(temp, 'old'), twoDaysAgo, twoDaysAgo);
    await (await FileStore.open(dir)).put('a', content);
    assert.deepEqual(readdirSync(temp), ['young']);
  });

  test('the lock of a process that is gone, or that has it for too long, is broken', async () => {
    const dir = tempDir();
    const temp = join(dir, '.snapdir-tmp');
    const store = await FileStore.open(dir);
    const { version } = await store.put('a', content);
    // sha256 of `a`: the name of its lock.
    const lock = join(temp, 'ca978112ca1bbdcafac231b39a23dc4d.lock');
    const replace = (): Promise<unknown> =>
      store.put('a', content, { condition: { ifVersion: version ?? '' } });
    writeFileSync(lock, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, nonce: 'x' }));
    await replace();
    writeFileSync(lock, JSON.stringify({ host: 'elsewhere', pid: 1, nonce: 'x' }));
    const stop = AbortSignal.timeout(400);
    await assert.rejects(
      store.put('a', content, { condition: { ifVersion: version ?? '' }, signal: stop }),
      { name: 'AbortError' },
    );
    const minuteAgo = Date.now() / 1000 - 60;
    utimesSync(lock, minuteAgo, minuteAgo);
    await replace();
    assert.deepEqual(readdirSync(temp), []);
  });

  const modesBelow = (dir: string): Record<string, string> =>
    Object.fromEntries(
      (readdirSync(dir, { recursive: true }) as string[]).map((path) => {
        const { mode } = statSync(join(dir, path));
        return [path, (mode & 0o7777).toString(8)];
      }),
    );
  const posix = process.platform === 'win32' ? test.skip : test;

  for (const [umask, root, folder, file] of [
    [0o022, 0o2775, '2775', '664'],
    [0o077, 0o2770, '2770', '660'],
    [0o077, 0o755, '755', '644'],
    [0o000, 0o700, '700', '600'],
    [0o022, 0o3777, '2777', '666'],
  ] as const) {
    posix(
      `umask ${umask.toString(8)}: as the folder of mode ${root.toString(8)} has it`,
      async () => {
        const dir = tempDir();
        chmodSync(dir, root);
        const before = process.umask(umask);
        try {
          const store = await FileStore.open(dir);
          await store.put('.objects/abc/def/012/345', content);
          await store.put('.objects/abc/def/678/9', content);
          const { version = '' } = await store.put('.refs/main', content);
          await store.put('.refs/main', content, { condition: { ifVersion: version } });
        } finally {
          process.umask(before);
        }
        const folders = ['.objects', '.objects/abc', '.objects/abc/def', '.objects/abc/def/012'];
        const files = ['.objects/abc/def/012/345', '.objects/abc/def/678/9', '.refs/main'];
        assert.deepEqual(
          modesBelow(dir),
          Object.fromEntries([
            ...[...folders, '.objects/abc/def/678', '.refs', '.snapdir-tmp'].map((at) => [
              at,
              folder,
            ]),
            ...files.map((at) => [at, file]),
          ]),
        );
      },
    );
  }
});
