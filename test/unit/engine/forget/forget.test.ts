import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ForgetResult } from '../../../../src/core/engine';
import { quietControl, type Control } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { loadHistory } from '../../../../src/engine/store/records';
import { shard } from '../../../../src/core/storeLayout';
import { rules } from '../../../support/restoreRepo';
import { fails, files, flip, makeHomeRepo, type HomeRepo } from '../repair/damagedRepo';

/** Only its content has it. */
const SECRET = 'PASSWORD=marker-7f3a91c2';

suite('forget', () => {
  let repo: HomeRepo;
  setup(() => {
    repo = makeHomeRepo({ '.env': SECRET, 'a.txt': 'one', 'src/b.txt': 'two' });
  });

  const forget = (...paths: string[]): ForgetResult =>
    repo.engine.forget({ paths, dryRun: false }, quietControl);
  const dry = (...paths: string[]): ForgetResult =>
    repo.engine.forget({ paths, dryRun: true }, quietControl);
  const keep = (): void => {
    const { done } = repo.engine.keepVault({ ms: 60_000 }, quietControl);
    assert.ok(done);
  };
  const vault = (): string => join(repo.home, 'vault', repo.store.id);

  /** Every file of the store and the home that holds some bytes, or has a checksum for a name. */
  function traces(...texts: string[]): string[] {
    const found: string[] = [];
    for (const top of [repo.store.path, repo.home]) {
      for (const name of existsSync(top) ? files(top) : []) {
        const bytes = readFileSync(join(top, name));
        const sums = texts.map((text) => blake3(Buffer.from(text)));
        const isNamed = sums.some((sum) => name.includes(shard(sum)) || name.endsWith(sum));
        if (isNamed || texts.some((text) => bytes.includes(text))) {
          found.push(name);
        }
      }
    }
    return found;
  }

  function isSound(): void {
    const { problems } = repo.engine.verify({ full: true }, quietControl);
    assert.deepEqual(problems, []);
    repo.engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    assert.deepEqual(repo.engine.verify({ full: true }, quietControl).problems, []);
  }

  test('it is in no snapshot and nowhere on the disk any more; ids, names and words are as they were', () => {
    const first = repo.take({ message: 'first', tags: ['t'] });
    repo.engine.setRef({ name: 'kept', rev: first.id }, quietControl);
    repo.write({ '.env': `${SECRET} again`, 'a.txt': 'three' });
    const second = repo.take({ message: 'second' });
    keep();
    repo.engine.fileHistory({ path: '.env' }, quietControl);
    assert.ok(traces(SECRET).length >= 4);

    const plan = dry('.env');
    assert.deepEqual([plan.snapshots, plan.objects, plan.kept], [2, 2, []]);
    assert.deepEqual(plan.promoted, [{ name: 'kept', from: null }]);
    assert.ok(traces(SECRET).length >= 4);

    const { fingerprint } = plan;
    const done = repo.engine.forget({ paths: ['.env'], dryRun: false, fingerprint }, quietControl);
    assert.deepEqual([done.snapshots, done.objects, done.operations.length], [2, 2, 1]);
    assert.equal(done.bytes, 2 * SECRET.length + ' again'.length);
    assert.deepEqual(traces(SECRET, `${SECRET} again`), []);
    assert.equal(readFileSync(join(repo.root, '.env'), 'utf8'), `${SECRET} again`);

    const page = repo.engine.timeline({}, quietControl);
    assert.deepEqual(
      page.checkpoints.map(({ id, message, tags, refs }) => [id, message, tags, refs]),
      [
        [second.id, 'second', [], []],
        [first.id, 'first', ['t'], ['kept']],
      ],
    );
    for (const { id } of page.checkpoints) {
      fails('PATH_NOT_FOUND', () => repo.engine.readFile({ rev: id, path: '.env' }, quietControl));
    }
    const { bytes } = repo.engine.readFile({ rev: first.id, path: 'a.txt' }, quietControl);
    assert.equal(Buffer.from(bytes).toString(), 'one');
    assert.deepEqual(repo.engine.fileHistory({ path: '.env' }, quietControl).versions, []);
    const { changes } = repo.engine.compare(
      { left: first.id, right: second.id, rules },
      quietControl,
    );
    assert.deepEqual(
      changes.map(({ path }) => path),
      ['a.txt'],
    );
    isSound();
    keep();
    assert.deepEqual(traces(SECRET), []);
    // A take captures it again.
    const again = repo.take({ onlyIfChanged: true });
    assert.notEqual(again.id, second.id);
    assert.ok(traces(`${SECRET} again`).length > 0);
    assert.equal(forget('.env').objects, 1);
    assert.deepEqual(traces(`${SECRET} again`), []);
    isSound();
  });

  test('a folder goes with all that is in it; the vault brings back what is left, and no more', () => {
    repo.write({ 'keys/a': SECRET, 'keys/deep/b': 'other key', 'keys.txt': 'stays' });
    const { id } = repo.take();
    keep();
    const before = repo.engine.resolve({ rev: id }, quietControl);
    const { objects, paths } = forget('keys/deep', 'keys', '.env');
    assert.deepEqual([objects, paths], [2, ['.env', 'keys']]);
    keep();
    assert.deepEqual(traces(SECRET, 'other key'), []);
    const names = files(join(vault(), 'records'));
    assert.equal(names.length, 2);
    const list = (): string[] => {
      const { bytes } = repo.engine.manifest({ rev: id, rules }, quietControl);
      return Buffer.from(bytes)
        .toString()
        .split('\n')
        .map((line) => line.split(' ')[4] ?? '');
    };
    const left = list();
    assert.deepEqual(left, ['./', './a.txt', './keys.txt', './src/', './src/b.txt', '']);
    assert.notDeepEqual(repo.engine.resolve({ rev: id }, quietControl), before);

    rmSync(repo.store.path, { recursive: true });
    repo.engine.recoverStore({}, quietControl);
    assert.deepEqual(list(), left);
    assert.deepEqual(traces(SECRET, 'other key'), []);
    isSound();
  });

  test('content that another path has stays, and is told of', () => {
    repo.write({ 'copy.txt': SECRET });
    const { id } = repo.take();
    const plan = dry('.env');
    assert.deepEqual(plan.kept, [{ path: '.env', keptIn: 'copy.txt' }]);
    const done = forget('.env');
    assert.deepEqual([done.objects, done.kept, done.keptCount], [0, plan.kept, 1]);
    const { bytes } = repo.engine.readFile({ rev: id, path: 'copy.txt' }, quietControl);
    assert.equal(Buffer.from(bytes).toString(), SECRET);
    assert.equal(forget('copy.txt').objects, 1);
    assert.deepEqual(traces(SECRET), []);
    isSound();
  });

  test('what was taken off the list, set aside, or left behind goes, too', () => {
    const { id } = repo.take();
    repo.write({ '.env': null, 'other.txt': SECRET });
    repo.take();
    repo.write({ 'other.txt': null });
    const head = repo.take();
    repo.engine.delete({ revs: [id] }, quietControl);
    repo.engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
    const old = join(repo.store.tmp, 'f'.repeat(32));
    writeFileSync(old, SECRET);
    utimesSync(old, 1, 1);
    const young = join(repo.store.tmp, 'e'.repeat(32));
    writeFileSync(young, SECRET);
    assert.equal(dry('.env').kept.length, 1);
    const done = forget('.env', 'other.txt');
    assert.deepEqual([done.snapshots, done.unlisted, done.objects, done.underWay], [1, 1, 1, 1]);
    assert.deepEqual(traces(SECRET), [`tmp/${'e'.repeat(32)}`]);
    utimesSync(young, 1, 1);
    assert.equal(forget('.env').underWay, 0);
    assert.deepEqual(traces(SECRET), []);
    // The deletion can be undone all the same.
    repo.engine.undoOperations({ what: 'undo', rules }, quietControl);
    assert.equal(repo.engine.timeline({}, quietControl).total, 3);
    assert.equal(loadHistory(repo.env, repo.store).history.head, head.id);
    isSound();
  });

  test('an undo leaves what was forgotten alone, and so does an exact restore', () => {
    const first = repo.take();
    repo.write({ '.env': 'changed', 'a.txt': 'changed' });
    repo.take();
    const request = { rev: first.id, exact: true, rules };
    repo.engine.restore(request, quietControl);
    forget('.env');
    const env = (): string => readFileSync(join(repo.root, '.env'), 'utf8');
    repo.write({ '.env': 'by hand' });
    repo.engine.undo({ what: 'undo', rules }, quietControl);
    assert.equal(env(), 'by hand');
    assert.equal(readFileSync(join(repo.root, 'a.txt'), 'utf8'), 'changed');
    repo.engine.undo({ what: 'redo', rules }, quietControl);
    assert.equal(env(), 'by hand');
    repo.write({ 'extra.txt': 'goes' });
    const { counts } = repo.engine.restore(request, quietControl);
    assert.equal(env(), 'by hand');
    assert.deepEqual([counts.deleted, existsSync(join(repo.root, 'extra.txt'))], [1, false]);
  });

  test('an undo leaves alone what a restore had brought back, in its folder', () => {
    repo.write({ 'keys/k': SECRET });
    const first = repo.take();
    repo.write({ keys: null });
    repo.take();
    repo.engine.restore({ rev: first.id, exact: false, rules }, quietControl);
    forget('keys/k');
    const { failed } = repo.engine.undo({ what: 'undo', rules }, quietControl);
    assert.deepEqual(failed, []);
    assert.equal(readFileSync(join(repo.root, 'keys/k'), 'utf8'), SECRET);
  });

  test('cannot be undone, and says so; what came before it can', () => {
    const first = repo.take();
    repo.engine.tag({ rev: first.id, add: ['x'] }, quietControl);
    const [operation] = forget('.env').operations;
    fails('CANNOT_UNDO', () =>
      repo.engine.undoOperations({ what: 'undo', operation: operation!, rules }, quietControl),
    );
    repo.engine.undoOperations({ what: 'undo', rules }, quietControl);
    assert.deepEqual(repo.engine.timeline({}, quietControl).tags, []);
  });

  test('what makes no sense is refused; what no snapshot has is nothing', () => {
    repo.take();
    fails('INVALID_ARGUMENT', () => forget());
    fails('INVALID_ARGUMENT', () => forget(''));
    fails('UNSAFE_PATH', () => forget('.'));
    fails('UNSAFE_PATH', () => forget('../x'));
    fails('UNSAFE_PATH', () => forget('.git/config'));
    const before = files(repo.store.path);
    const nothing = forget('none', 'a.txt/b', 'src/b');
    assert.deepEqual([nothing.snapshots, nothing.objects, nothing.operations], [0, 0, []]);
    assert.deepEqual(files(repo.store.path), before);
    const fingerprint = 'f'.repeat(64);
    fails('PLAN_CHANGED', () =>
      repo.engine.forget({ paths: ['.env'], dryRun: false, fingerprint }, quietControl),
    );
  });

  test('where a manifest is damaged nothing is done, and its snapshot is named', () => {
    const first = repo.take();
    repo.write({ 'a.txt': 'more' });
    repo.take();
    flip(join(repo.store.manifests, shard(first.snapshot)));
    const before = files(repo.store.path);
    assert.throws(
      () => forget('.env'),
      (error: { data?: unknown }) => {
        assert.deepEqual(error.data, { checkpoints: [first.id], count: 1 });
        return true;
      },
    );
    assert.deepEqual(files(repo.store.path), before);
  });

  test('cancelled before the switch nothing has happened; after it everything goes on', () => {
    repo.take();
    const stopAt = (phase: string): Control => {
      const signal = { aborted: false };
      const progress = (of: { phase: string }): void => {
        signal.aborted ||= of.phase === phase;
      };
      return { signal, progress };
    };
    const params = { paths: ['.env'], dryRun: false };
    assert.throws(() => repo.engine.forget(params, stopAt('write')), { name: 'AbortError' });
    assert.equal(dry('.env').snapshots, 1);
    assert.equal(repo.engine.forget(params, stopAt('sweep')).objects, 1);
    assert.deepEqual(traces(SECRET), []);
  });
});
