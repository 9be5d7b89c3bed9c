// Copies of what is forgotten that lie elsewhere than in their own place: in the vault, set aside as damaged, in drafts.
import { strict as assert } from 'node:assert';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ForgetResult } from '../../../../src/core/engine';
import { shard } from '../../../../src/core/storeLayout';
import { quietControl } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { readTree } from '../../../support/fileTree';
import { files, lose, makeHomeRepo, type HomeRepo } from '../repair/damagedRepo';

/** Only its content has it. */
const SECRET = 'PASSWORD=marker-52d0e8b1';
const HASH = blake3(Buffer.from(SECRET));

suite('copies of what is forgotten', () => {
  let repo: HomeRepo;
  setup(() => {
    repo = makeHomeRepo({ '.env': SECRET, 'a.txt': 'one' });
  });

  const forget = (control = quietControl): ForgetResult =>
    repo.engine.forget({ paths: ['.env'], dryRun: false }, control);
  const keep = (): void => {
    assert.ok(repo.engine.keepVault({ ms: 60_000 }, quietControl).done);
  };
  const vault = (): string => join(repo.home, 'vault', repo.store.id);
  const objectOf = (top: string): string => join(top, '.objects', shard(HASH));
  const namesIn = (rev: string): string[] =>
    repo.engine.readDir({ rev, path: '' }, quietControl).map(({ path }) => path);

  /** Files anywhere that hold the content, or have its checksum for a name. */
  const traces = (): string[] =>
    [repo.store.path, repo.home].flatMap((top) =>
      (existsSync(top) ? files(top) : []).filter((name) => {
        const isNamed = name.includes(shard(HASH)) || name.endsWith(HASH);
        return isNamed || readFileSync(join(top, name)).includes(SECRET);
      }),
    );
  const isSound = (): void =>
    assert.deepEqual(repo.engine.verify({ full: true }, quietControl).problems, []);

  function writeOld(path: string, text: string): void {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, 1, 1);
  }

  test('what a repair set aside as damaged goes', () => {
    repo.take();
    writeOld(join(repo.store.damaged, HASH), SECRET.replace('P', 'Q'));
    assert.equal(forget().objects, 1);
    assert.deepEqual(traces(), []);
  });

  test('content that the vault alone still has is counted, and goes', () => {
    repo.take();
    keep();
    lose(objectOf(repo.store.path));
    const plan = repo.engine.forget({ paths: ['.env'], dryRun: true }, quietControl);
    assert.deepEqual([plan.objects, plan.bytes], [1, SECRET.length]);
    assert.equal(forget().objects, 1);
    assert.deepEqual(traces(), []);
    isSound();
  });

  test('a snapshot that the vault alone can still tell of is forgotten in, on the list or off it', () => {
    const first = repo.take();
    repo.write({ 'a.txt': 'two' });
    const second = repo.take();
    repo.write({ '.env': null });
    repo.take();
    keep();
    repo.engine.delete({ revs: [first.id] }, quietControl);
    for (const { snapshot } of [first, second]) {
      lose(join(repo.store.manifests, shard(snapshot)));
    }
    const done = forget();
    assert.deepEqual([done.snapshots, done.unlisted, done.objects], [1, 1, 1]);
    assert.deepEqual(traces(), []);
    assert.deepEqual(namesIn(second.id), ['a.txt']);
    isSound();
  });

  test('the vault knows of it at once: what comes back from there lacks it', () => {
    const { id } = repo.take();
    keep();
    forget();
    const records = files(join(vault(), 'records'));
    assert.equal(records.length, 2);
    rmSync(repo.store.path, { recursive: true });
    repo.engine.recoverStore({}, quietControl);
    assert.deepEqual(namesIn(id), ['a.txt']);
    assert.deepEqual(traces(), []);
    isSound();
  });

  test('no folder named after it is left, here or in the vault', () => {
    repo.take();
    keep();
    forget();
    for (const top of [repo.store.path, vault()]) {
      const empty = dirname(`.objects/${shard(HASH)}`);
      assert.ok(!Object.keys(readTree(top)).includes(`${empty}/`), top);
      assert.ok(existsSync(join(top, '.objects')), top);
    }
  });

  test('what was on its way into the vault, or moved away by a restore, goes', () => {
    repo.take();
    keep();
    writeOld(join(vault(), 'tmp', 'whole'), SECRET);
    writeOld(join(vault(), 'tmp', 'f'.repeat(32)), SECRET.slice(0, 15));
    writeOld(join(repo.store.restore, 'lost', 'moved'), SECRET);
    forget();
    assert.deepEqual(traces(), []);
    assert.deepEqual(files(join(vault(), 'tmp')), []);
  });

  test("another store's copy in the place of the vault is left alone", () => {
    repo.take();
    keep();
    const other = makeHomeRepo({ '.env': SECRET });
    other.take();
    rmSync(vault(), { recursive: true });
    cpSync(other.store.path, vault(), { recursive: true });
    const before = readTree(vault());
    forget();
    assert.deepEqual(readTree(vault()), before);
    assert.ok(!existsSync(objectOf(repo.store.path)));
  });

  test('caches that tell its name or its checksum are dropped', () => {
    repo.take();
    repo.write({ '.env': 'changed' });
    repo.take();
    repo.engine.fileHistory({ path: '.env' }, quietControl);
    const digest = Buffer.from(HASH, 'hex');
    const telling = (): string[] =>
      files(repo.store.cache).filter((name) => {
        const bytes = readFileSync(join(repo.store.cache, name));
        return bytes.includes(digest) || bytes.includes(HASH) || bytes.includes('.env');
      });
    assert.ok(telling().length > 0);
    forget();
    assert.deepEqual(telling(), []);
  });

  test('what one that was cut off had left is finished by the next', () => {
    repo.take();
    const stop = {
      signal: { aborted: false },
      progress: (of: { phase: string }): void => {
        if (of.phase === 'sweep') {
          throw new Error('cut off');
        }
      },
    };
    assert.throws(() => forget(stop), /cut off/u);
    assert.notDeepEqual(traces(), []);
    assert.deepEqual([forget().objects, traces()], [1, []]);
    isSound();
  });
});
