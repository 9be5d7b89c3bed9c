import { strict as assert } from 'node:assert';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ForgetResult } from '../../../../src/core/engine';
import { shard } from '../../../../src/core/storeLayout';
import { quietControl } from '../../../../src/engine/context';
import type { Fs } from '../../../../src/engine/disk/fs';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { createMethods, type MethodTable } from '../../../../src/engine/engine';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { loadDamage } from '../../../../src/engine/store/damage';
import { keepLookedAt } from '../../../../src/engine/store/lookedAt';
import { loadHistory } from '../../../../src/engine/store/records';
import { rules } from '../../../support/restoreRepo';
import { fails, files, flip, makeHomeRepo, type HomeRepo } from '../repair/damagedRepo';

const SECRET = 'PASSWORD=marker-51d0c7aa';
const LONG_AGO = 1_000_000_000;

/** The file system, with something that happens before calls of some function. */
function watched(name: keyof Fs, before: (...paths: string[]) => void): Fs {
  return new Proxy(nodeFs, {
    get(target, key) {
      const own = Reflect.get(target, key) as unknown;
      if (typeof own !== 'function') {
        return own;
      }
      return (...args: unknown[]): unknown => {
        if (key === name) {
          before(...args.map(String));
        }
        return own.apply(target, args) as unknown;
      };
    },
  });
}

suite('forget, and what others do meanwhile', () => {
  let repo: HomeRepo;
  setup(() => {
    repo = makeHomeRepo({ '.env': SECRET, 'k/key.pem': 'another key', 'a.txt': 'one' });
  });

  const forget = (engine = repo.engine, paths = ['.env', 'k']): ForgetResult =>
    engine.forget({ paths, dryRun: false }, quietControl);
  const withFs = (fs: Fs): MethodTable => createMethods({ ...repo.env, fs }, { root: repo.root });
  const objectOf = (text: string): string =>
    join(repo.store.objects, shard(blake3(Buffer.from(text))));

  /** Forgets; something happens right before the first deletion, or move, of a content of some kind. */
  function forgetWhile(
    call: 'unlink' | 'rename',
    kind: 'objects' | 'manifests',
    other: () => void,
  ): ForgetResult {
    let met = false;
    const done = forget(
      withFs(
        watched(call, (...paths) => {
          if (!met && paths.at(-1)!.includes('/trash/') && paths.at(-1)!.includes(`/${kind}/`)) {
            met = true;
            other();
          }
        }),
      ),
    );
    assert.ok(met);
    return done;
  }

  /** Files of the store that have a text, whole or the beginning of it. */
  const traces = (text: string): string[] =>
    files(repo.store.path).filter((name) =>
      readFileSync(join(repo.store.path, name)).includes(text),
    );
  const problems = (): unknown => repo.engine.verify({ full: true }, quietControl).problems;
  const makeOld = (path: string): void => utimesSync(path, LONG_AGO, LONG_AGO);

  for (const call of ['rename', 'unlink'] as const) {
    for (const kind of ['objects', 'manifests'] as const) {
      test(`a take has all of its content, and so do later ones: ${call} of ${kind}`, () => {
        repo.take({ message: 'first' });
        if (kind === 'objects') {
          repo.write({ 'a.txt': 'two' });
        }
        forgetWhile(call, kind, () => repo.take({ message: 'meanwhile' }));
        assert.deepEqual(problems(), []);
        assert.equal(repo.engine.timeline({}, quietControl).total, 2);
        const { bytes } = repo.engine.readFile({ rev: 'HEAD', path: '.env' }, quietControl);
        assert.equal(Buffer.from(bytes).toString(), SECRET);
        repo.write({ 'a.txt': 'three' });
        repo.take({ message: 'later' });
        assert.deepEqual(problems(), []);
        // Now nobody is in its way.
        forget();
        assert.deepEqual([traces(SECRET), traces('another key')], [[], []]);
        assert.deepEqual(problems(), []);
      });
    }
  }

  test('what somebody brings back without a snapshot that needs it goes all the same', () => {
    repo.take();
    const { objects, underWay } = forgetWhile('unlink', 'objects', () => {
      mkdirSync(dirname(objectOf(SECRET)), { recursive: true });
      writeFileSync(objectOf(SECRET), SECRET);
    });
    assert.deepEqual([objects, underWay], [2, 0]);
    assert.deepEqual(traces(SECRET), []);
  });

  /** A take that stores its content and finds no room for its manifest. */
  function failToTake(): void {
    const engine = withFs(
      watched('rename', (_, to) => {
        if (to.includes('/.manifests/')) {
          throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
        }
      }),
    );
    fails('DISK_FULL', () => engine.take({ trigger: 'manual', rules }, quietControl));
  }

  test('content of a take that failed goes, too, once nobody writes any more', () => {
    repo.write({ '.env': 'old' });
    repo.take();
    repo.write({ '.env': SECRET });
    failToTake();
    repo.write({ '.env': 'new' });
    repo.take();
    assert.deepEqual([forget().underWay, traces(SECRET).length], [1, 1]);
    makeOld(objectOf(SECRET));
    const draft = join(repo.store.tmp, 'd'.repeat(32));
    writeFileSync(draft, 'of a long file');
    assert.deepEqual([forget().underWay, traces(SECRET).length], [1, 1]);
    rmSync(draft);
    const { objects, kept, underWay } = forget();
    assert.deepEqual([objects, kept, underWay], [0, [], 0]);
    assert.deepEqual(traces(SECRET), []);
    assert.deepEqual(problems(), []);
  });

  test('what a take that is under way has stored, or a snapshot that cannot be read may need, stays', () => {
    repo.write({ 'b.txt': 'of the other one' });
    const { id, snapshot } = repo.take();
    repo.write({ 'b.txt': null });
    repo.take();
    repo.engine.delete({ revs: [id] }, quietControl);
    makeOld(objectOf('of the other one'));
    flip(join(repo.store.manifests, shard(snapshot)));
    forget(repo.engine, ['a.txt']);
    assert.ok(existsSync(objectOf('of the other one')));
  });

  test('a file that was opened from a promoted snapshot goes: only what is looked into names it', () => {
    const other = makeHomeRepo({ '.env': 'theirs', 'a.txt': 'seen, too' });
    const { snapshot } = other.take();
    repo.take();
    const manifest = readFileSync(join(other.store.manifests, shard(snapshot)));
    keepLookedAt(repo.env, repo.store, snapshot, manifest);
    for (const text of ['theirs', 'seen, too']) {
      mkdirSync(dirname(objectOf(text)), { recursive: true });
      writeFileSync(objectOf(text), text);
    }
    const { objects } = forget();
    assert.equal(objects, 3);
    assert.deepEqual([traces('theirs'), traces('seen, too').length], [[], 1]);
  });

  test('parts of content that killed processes left go', () => {
    repo.take();
    const part = join(repo.store.tmp, 'c'.repeat(32));
    writeFileSync(part, SECRET.slice(0, 15));
    makeOld(part);
    const young = join(repo.store.tmp, 'b'.repeat(32));
    writeFileSync(young, SECRET.slice(0, 15));
    const beside = join(dirname(repo.root), `.snapdir-${'a'.repeat(32)}`);
    mkdirSync(beside);
    writeFileSync(join(beside, 'a'.repeat(32)), SECRET);
    const process = { host: 'h', boot: 'b', pidSpace: '', pid: 1, started: '' };
    const me = { ...process, boot: 'another', monotonic: () => performance.now() };
    const note = join(repo.store.tmp, `beside-${'a'.repeat(32)}`);
    writeFileSync(note, `${JSON.stringify({ ...process, dir: beside })}\n`);
    forget(createMethods({ ...repo.env, leaseHost: me as never }, { root: repo.root }));
    assert.deepEqual(readdirSync(repo.store.tmp), ['b'.repeat(32)]);
    assert.ok(!existsSync(beside));
  });

  suite('a part of a file that a fetch which was killed just before had written', () => {
    const PART = SECRET.slice(0, 15);
    const parts = (): string[] =>
      readdirSync(repo.store.tmp).filter((name) => /^[0-9a-f]{32}$/.test(name));
    const age = (minutes: number): void => {
      const time = Date.now() / 1000 - minutes * 60;
      parts().forEach((part) => utimesSync(join(repo.store.tmp, part), time, time));
    };
    setup(() => {
      repo.take();
      const checksum = blake3(Buffer.from(SECRET));
      const row = { kind: 'objects' as const, checksum, offset: 0 };
      const rows = [{ ...row, length: PART.length, size: SECRET.length }];
      repo.engine.placeContent({ rows, bytes: Buffer.from(PART) }, quietControl);
      // Somebody may still go on with it.
      forget();
      assert.equal(parts().length, 1);
      assert.deepEqual([traces(SECRET).length, traces(PART).length], [0, 1]);
    });

    test('goes when the same is forgotten once more, ten minutes later', () => {
      age(9);
      forget();
      assert.equal(parts().length, 1);
      age(11);
      forget();
      assert.deepEqual([parts(), traces(PART)], [[], []]);
    });

    test('goes with the next garbage collection, a day later', () => {
      const collect = (): number =>
        repo.engine.collectGarbage({ dryRun: false }, quietControl).leftovers;
      age(60 * 23);
      assert.deepEqual([collect(), parts().length], [0, 1]);
      age(60 * 25);
      assert.deepEqual([collect(), parts(), traces(PART)], [1, [], []]);
    });
  });

  test('a copy for the vault that is finished afterwards does not stay there', () => {
    repo.take();
    let met = false;
    const fs = watched('rename', (_, to) => {
      if (!met && to.includes('/vault/') && to.includes(shard(blake3(Buffer.from(SECRET))))) {
        met = true;
        // Something else lies in its folder, so that it stays.
        writeFileSync(join(dirname(to), 'other'), '');
        forget();
      }
    });
    const byHand = new Proxy(fs, {
      get: (target, key): unknown =>
        key === 'clone'
          ? () => false
          : key === 'link'
            ? () => {
                throw Object.assign(new Error('another disk'), { code: 'EXDEV' });
              }
            : Reflect.get(target, key),
    });
    assert.ok(withFs(byHand).keepVault({ ms: 60_000 }, quietControl).done);
    assert.ok(met);
    const inVault = (): string[] => {
      const vault = join(repo.home, 'vault', repo.store.id);
      return files(vault).filter((name) => readFileSync(join(vault, name)).includes(SECRET));
    };
    assert.deepEqual(inVault(), []);
    assert.ok(repo.engine.keepVault({ ms: 60_000 }, quietControl).done);
    assert.deepEqual(inVault(), []);
    rmSync(repo.store.path, { recursive: true });
    repo.engine.recoverStore({}, quietControl);
    assert.equal(repo.engine.timeline({}, quietControl).total, 1);
    assert.deepEqual(problems(), []);
  });

  test('what a build that knows of no forgetting found damaged is not believed of what was replaced', () => {
    const { id, snapshot } = repo.take();
    repo.write({ '.env': null, k: null, 'a.txt': 'two' });
    const later = repo.take();
    forget();
    const entry = { paths: [], pathCount: 0 };
    const found = {
      problems: [{ kind: 'manifest-missing', address: snapshot }],
      checkpoints: { [id]: entry, [later.id]: entry },
    };
    mkdirSync(repo.store.cache, { recursive: true });
    writeFileSync(join(repo.store.cache, 'damage'), JSON.stringify(found));
    const damaged = (): string[] =>
      repo.engine
        .timeline({}, quietControl)
        .checkpoints.filter((one) => one.damaged !== undefined)
        .map((one) => one.id);
    assert.deepEqual(damaged(), [later.id]);
    assert.deepEqual(loadDamage(repo.env, repo.store).problems, []);
    // What is found since then is.
    const now = loadHistory(repo.env, repo.store).history.checkpoint(id)!.snapshot;
    flip(join(repo.store.manifests, shard(now)));
    assert.equal(repo.engine.verify({ full: false }, quietControl).damagedCount, 1);
    assert.deepEqual(damaged(), [id]);
  });
});
