import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fetchSnapshot } from '../../../src/app/fetchSnapshot';
import { listRemote } from '../../../src/app/listRemote';
import { promoteSnapshot } from '../../../src/app/promoteSnapshot';
import { restore } from '../../../src/app/restore';
import { systemClock } from '../../../src/base/clock';
import { SnapdirError } from '../../../src/core/errors';
import type { Checksum } from '../../../src/core/ids';
import { objectKey } from '../../../src/core/storeKeys';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { GitStore } from '../../../src/stores/git/gitStore';
import { mostHeldBuffers } from '../../support/heldBuffers';
import { person, type Person } from '../../support/people';
import { tempDir } from '../../support/tempDir';

const git = (dir: string, ...args: string[]): string =>
  execFileSync(
    'git',
    [
      '-C',
      dir,
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@t',
      '-c',
      'core.hooksPath=/dev/null',
      ...args,
    ],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
const open = (root: string): Promise<GitStore> => GitStore.open(root, () => systemClock.now());

/** Checksums of all that a promotion must not touch. */
function untouchable(root: string): Record<string, string> {
  const seen: Record<string, string> = {};
  const add = (path: string): void => {
    seen[path] = createHash('sha256')
      .update(readFileSync(join(root, '.git', path)))
      .digest('hex');
  };
  ['index', 'HEAD', 'config'].forEach(add);
  readdirSync(join(root, '.git/hooks')).forEach((name) => add(`hooks/${name}`));
  readdirSync(join(root, '.git/refs/heads')).forEach((name) => add(`refs/heads/${name}`));
  seen['status'] = git(root, 'status', '--porcelain');
  seen['refs'] = git(root, 'for-each-ref', 'refs/heads', 'refs/tags', 'refs/remotes');
  return seen;
}

suite('git store', function () {
  this.timeout(120_000);
  let bare: string;
  let alice: Person;
  let bob: Person;
  const ODD = {
    'crlf.txt': 'a\r\nb\r\n',
    'bin.dat': Buffer.from([0, 255, 13, 10, 1]),
    'ident.txt': '$Id$\n',
  };
  setup(() => {
    bare = join(tempDir(), 'shared.git');
    execFileSync('git', ['init', '-q', '--bare', bare]);
    alice = person('alice', {
      'a.txt': 'one',
      ...ODD,
      '.gitattributes': '* text=auto eol=lf ident\n',
    });
    bob = person('bob', { 'b.txt': 'of bob' });
    for (const { root } of [alice, bob]) {
      git(root, 'init', '-q');
      git(root, 'add', '.');
      git(root, 'commit', '-q', '-m', 'first');
      git(root, 'remote', 'add', 'origin', bare);
      for (const hook of [
        'reference-transaction',
        'post-index-change',
        'pre-push',
        'post-checkout',
      ]) {
        const path = join(root, '.git/hooks', hook);
        writeFileSync(path, `#!/bin/sh\ntouch "${root}/../hook-ran"\n`);
        chmodSync(path, 0o755);
      }
      git(root, 'config', 'core.autocrlf', 'true');
    }
    alice.write({ staged: 'staged' });
    git(alice.root, 'add', 'staged');
  });

  const promote = async (who: Person, name: string): Promise<string> => {
    const store = await open(who.root);
    try {
      const { snapshot } = await promoteSnapshot(
        who.repository,
        { name: 'git', store },
        { rev: 'HEAD', name },
      );
      return snapshot;
    } finally {
      await store.close();
    }
  };
  const SHARE = 'refs/snapdir/*:refs/snapdir/*';

  test('push and fetch share promotions; index, HEAD, branches and hooks stay as they are', async () => {
    alice.take('of alice');
    const before = untouchable(alice.root);
    const snapshot = await promote(alice, 'main');
    assert.deepEqual(untouchable(alice.root), before);
    assert.ok(!existsSync(join(alice.root, '../hook-ran')), 'a hook ran');
    git(alice.root, 'push', '-q', 'origin', SHARE);
    bob.take();
    await promote(bob, 'other');
    git(bob.root, 'fetch', '-q', 'origin', SHARE);
    const untouched = untouchable(bob.root);
    const store = await open(bob.root);
    const target = { name: 'git', store };
    const { names } = await listRemote(bob.repository, target);
    assert.deepEqual(
      names.map(({ name, by }) => [name, by]),
      [
        ['main', 'alice@test'],
        ['other', 'bob@test'],
      ],
    );
    const fetched = await fetchSnapshot(bob.repository, target, { name: 'main' });
    assert.equal(fetched.snapshot, snapshot);
    await store.close();
    assert.deepEqual(untouchable(bob.root), untouched);
    await restore(bob.repository, { rev: 'git/main', exact: false });
    for (const [name, content] of Object.entries(ODD)) {
      assert.deepEqual(readFileSync(join(bob.root, name)), Buffer.from(content), name);
    }
    git(bob.root, 'push', '-q', 'origin', SHARE);
    git(alice.root, 'fetch', '-q', 'origin', SHARE);
    const back = await open(alice.root);
    assert.equal(
      (await listRemote(alice.repository, { name: 'git', store: back })).names.length,
      2,
    );
    await back.close();
    git(alice.root, 'fsck', '--strict');
  });

  test('both promote one name before they push: nothing conflicts, nothing is lost, both are shown', async () => {
    alice.take('of alice');
    bob.take('of bob');
    await promote(alice, 'main');
    await promote(bob, 'main');
    for (const { root } of [alice, bob, alice]) {
      git(root, 'fetch', '-q', 'origin', SHARE);
      git(root, 'push', '-q', 'origin', SHARE);
    }
    const store = await open(alice.root);
    const {
      names: [main],
    } = await listRemote(alice.repository, { name: 'git', store });
    assert.deepEqual([main?.promotions, main?.aside.length], [2, 1]);
    for (const nonce of [main!.nonce, ...main!.aside]) {
      await fetchSnapshot(alice.repository, { name: 'git', store }, { name: `main#${nonce}` });
    }
    await store.close();
  });

  test('variables of Git lead nowhere else; no repository is told', async () => {
    alice.take();
    const other = tempDir();
    execFileSync('git', ['init', '-q', other]);
    process.env['GIT_DIR'] = join(other, '.git');
    process.env['GIT_INDEX_FILE'] = join(other, 'index');
    try {
      await promote(alice, 'main');
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_INDEX_FILE'];
    }
    assert.equal(git(other, 'for-each-ref'), '');
    assert.match(git(alice.root, 'for-each-ref', 'refs/snapdir'), /refs\/snapdir\/main\//);
    await assert.rejects(open(tempDir()), (error) => SnapdirError.is(error, 'GIT_UNAVAILABLE'));
  });

  test('says where it can be used', async () => {
    assert.equal(await GitStore.isAvailable(alice.root), true);
    mkdirSync(join(alice.root, 'deep'));
    assert.equal(await GitStore.isAvailable(join(alice.root, 'deep')), true);
    assert.equal(await GitStore.isAvailable(tempDir()), false);
  });

  test('content that a promotion needs and is not there: no ref shows it', async () => {
    alice.take();
    const store = await open(alice.root);
    const put = store.put.bind(store);
    store.put = (key, content, call) =>
      key.startsWith('.objects') ? Promise.resolve({}) : put(key, content, call);
    await assert.rejects(
      promoteSnapshot(alice.repository, { name: 'git', store }, { rev: 'HEAD', name: 'main' }),
      (error) => SnapdirError.is(error, 'REMOTE_KEY_NOT_FOUND'),
    );
    await store.close();
    assert.equal(git(alice.root, 'for-each-ref', 'refs/snapdir'), '');
  });

  test('large content comes in pieces, in any order, and is never whole in memory', async () => {
    const size = 64 * 1024 * 1024;
    const part = 4 * 1024 * 1024;
    // Compresses well; each part is another one.
    const byteAt = (first: number, at: number): number => first + Math.floor(at / part);
    const of = (first: number): Buffer =>
      Buffer.concat(
        Array.from({ length: size / part }, (_, n) => Buffer.alloc(part, byteAt(first, n * part))),
      );
    const keys = [1, 100].map((first) => {
      const bytes = of(first);
      return { key: objectKey(blake3(bytes) as Checksum), first, bytes };
    });
    const store = await open(alice.root);
    for (const { key, bytes } of keys) {
      await store.put(key, bytes);
      assert.equal((await store.get(key, { offset: 5, length: 10 })).size, size);
    }
    keys.forEach((one) => (one.bytes = Buffer.alloc(0)));
    const check = async (first: number, key: string, at: number, length = part): Promise<void> => {
      const { bytes, size: whole } = await store.get(key, { offset: at, length });
      assert.equal(whole, size);
      assert.equal(bytes.length, Math.min(length, Math.max(0, size - at)));
      // A piece lies in two parts at most, and each of them is of one byte.
      const second = Math.min(bytes.length, part - (at % part));
      const expected = Buffer.concat([
        Buffer.alloc(second, byteAt(first, at)),
        Buffer.alloc(bytes.length - second, byteAt(first, at + second)),
      ]);
      assert.ok(expected.equals(bytes), `${first}: ${at}`);
    };
    const most = await mostHeldBuffers(async () => {
      for (let at = 0; at < size; at += part) {
        await Promise.all(keys.map(({ first, key }) => check(first, key, at)));
      }
      const [{ first, key } = keys[0]!] = keys;
      for (const at of [3 * part + 7, part - 1, size - 9, size, size + 5]) {
        await check(first, key, at, 1000);
      }
      await Promise.all([0, 0, part].map((at) => check(first, key, at)));
    });
    await store.close();
    assert.ok(most < size, `${most} bytes`); // Two are read at once.
  });

  test('whoever closes it while a large content comes leaves no process behind', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const bytes = Buffer.alloc(24 * 1024 * 1024, 'x');
    const key = objectKey(blake3(bytes) as Checksum);
    const store = await open(alice.root);
    await store.put(key, bytes);
    const reading = store.get(key, { offset: 0, length: 8 * 1024 * 1024 });
    const children = (): string[] =>
      readdirSync('/proc').filter((id) => {
        try {
          const [, rest = ''] = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ');
          const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
          return rest.split(' ')[1] === String(process.pid) && command.includes('cat-file\0blob');
        } catch {
          return false; // It is no process, or none any more.
        }
      });
    for (let tries = 0; children().length === 0 && tries < 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await store.close();
    await reading.catch(() => undefined);
    for (let tries = 0; children().length > 0 && tries < 2000; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(children(), []);
  });
});
