import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { fetchSnapshot } from '../../../../src/app/fetchSnapshot';
import type { CheckpointInfo, ImportedCheckpoints } from '../../../../src/core/engine';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import { saysElsewhere } from '../../../../src/core/history/origin';
import type { CheckpointId } from '../../../../src/core/ids';
import { shard } from '../../../../src/core/storeLayout';
import { quietControl as q } from '../../../../src/engine/context';
import type { Fs } from '../../../../src/engine/disk/fs';
import { createMethods } from '../../../../src/engine/engine';
import { MemoryStore } from '../../../../src/stores/memory/memoryStore';
import { person, promote, type Person } from '../../../support/people';
import { rules } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

const fails = (code: ErrorCode, work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));

interface Line {
  id: string;
  refs: unknown[];
  record: Record<string, unknown>;
}

suite('engine: import of checkpoints', () => {
  let alice: Person;
  let bob: Person;
  let store: MemoryStore;
  let file: string;
  let own: CheckpointInfo;
  setup(async () => {
    alice = person('alice', { a: '1', '.vscode/tasks.json': '{}' });
    bob = person('bob', { b: '2' });
    store = new MemoryStore(alice.env.clock);
    own = alice.take('of alice');
    alice.methods.tag({ rev: 'HEAD', add: ['green'] }, q);
    await promote(alice, store);
    bob.take('of bob');
    file = exported(alice);
  });

  function exported(of: Person): string {
    const path = join(tempDir(), 'all.jsonl.gz');
    of.methods.exportCheckpoints({ path }, q);
    return path;
  }
  const fetch = (who: Person, name = 'main'): Promise<unknown> =>
    fetchSnapshot(who.repository, { name: 'team', store }, { name });
  const read = (who: Person, path = file): ImportedCheckpoints =>
    who.methods.importCheckpoints({ path }, q);
  const list = (who: Person): CheckpointInfo[] => who.methods.timeline({}, q).checkpoints;
  const refs = (who: Person): Record<string, CheckpointId> => who.methods.timeline({}, q).refs;
  const records = (who: Person): string[] => readdirSync(join(who.root, '.snapdir/records')).sort();
  const elsewhere = (who: Person): CheckpointInfo[] => list(who).filter(saysElsewhere);

  /** The file with other lines: of each line of it what `change` gives, any number. */
  function changed(change: (line: Line) => object[], path = file): string {
    const [header, ...lines] = gunzipSync(readFileSync(path)).toString().trim().split('\n');
    const others = lines.flatMap((line) => change(JSON.parse(line) as Line));
    const target = join(tempDir(), 'changed.jsonl.gz');
    const texts = [header, ...others.map((line) => JSON.stringify(line)), ''];
    writeFileSync(target, gzipSync(texts.join('\n')));
    return target;
  }

  test('what was fetched is not listed again, and stays what it is: names and tags come, nothing is moved', async () => {
    await fetch(bob);
    const [before] = elsewhere(bob);
    alice.methods.tag({ rev: 'HEAD', add: ['later'] }, q);
    file = exported(alice);
    assert.deepEqual(read(bob), {
      ...{ imported: [], known: 1, missing: [], differing: [], named: 1, tagged: 1, kept: [] },
    });
    const [after, ...more] = elsewhere(bob);
    assert.equal(more.length, 0);
    assert.deepEqual([after!.id, after!.origin], [before!.id, before!.origin]);
    assert.deepEqual(
      [after!.tags, after!.refs],
      [
        ['green', 'later'],
        ['main', 'team/main'],
      ],
    );
    const written = records(bob);
    assert.equal(read(bob).known, 1);
    assert.deepEqual(records(bob), written);
    // What would be run by an editor is left out of a restore, as before.
    const plan = bob.methods.planRestore(
      { rev: 'main', exact: false, rules: bob.repository.settings.rules },
      q,
    );
    assert.equal(plan.withheld?.length, 1);
  });

  test('a name that stands for something else here is told, and stays', async () => {
    await fetch(bob);
    const mine = list(bob).find(({ origin }) => origin === undefined)!;
    bob.methods.setRef({ name: 'main', rev: mine.id }, q);
    const [fetched] = elsewhere(bob);
    const done = read(bob);
    assert.deepEqual(done.kept, [{ name: 'main', here: mine.id, there: fetched!.id }]);
    assert.deepEqual([done.named, refs(bob)['main']], [0, mine.id]);
  });

  test('what was imported is found by a fetch: once in the list, whichever comes first', async () => {
    // The same files were taken here, so the content is here before anything is fetched.
    const carol = person('carol', { a: '1', '.vscode/tasks.json': '{}' });
    carol.take('of carol');
    assert.deepEqual([read(carol).imported.length, refs(carol)['team/main']], [1, undefined]);
    await fetch(carol);
    const [row, ...more] = elsewhere(carol);
    assert.deepEqual([more.length, row!.refs], [0, ['main', 'team/main']]);
    assert.equal(row!.origin!.checkpoint, own.id);
    // Her own of the same files is still hers, and theirs is not.
    assert.equal(list(carol).length, 2);
  });

  test('one checkpoint is listed once, however often a file has it; one of our own comes back as such', async () => {
    await fetch(bob);
    const back = exported(bob);
    // Bob's record of what was taken here, and one that only he has.
    const done = read(alice, back);
    assert.deepEqual([done.known, done.imported, done.missing.length], [1, [], 1]);
    assert.equal(elsewhere(alice).length, 0);
    assert.ok(!gunzipSync(readFileSync(back)).toString().includes('team/main'));
    const twice = changed((line) => [line, { ...line, refs: [] }]);
    const carol = person('carol', { a: '1', '.vscode/tasks.json': '{}' });
    carol.take();
    const second = read(carol, twice);
    assert.deepEqual([second.imported.length, second.known], [1, 1]);
  });

  test('what is wrong is refused as a whole, before anything is written', async () => {
    await fetch(bob);
    const before = records(bob);
    const id = 'f'.repeat(64);
    const wrong: [ErrorCode, (line: Line) => object[]][] = [
      ['PARSE', (line) => [line, { ...line, id }]],
      ['PARSE', (line) => [{ ...line, refs: ['x', 'x'] }]],
      ['PARSE', (line) => [line, { ...line, id, refs: [5] }]],
      ['PARSE', (line) => [line, { ...line, id, refs: 'x' }]],
      ['INVALID_NAME', (line) => [line, { ...line, id, refs: ['../x'] }]],
      [
        'PARSE',
        (line) => [line, { ...line, id, refs: [], record: { ...line.record, tags: ['@{x'] } }],
      ],
      [
        'PARSE',
        (line) => [line, { ...line, id, refs: [], record: { ...line.record, snapshot: 'x' } }],
      ],
    ];
    for (const [code, change] of wrong) {
      fails(code, () => read(bob, changed(change)));
      assert.deepEqual(records(bob), before);
    }
  });

  test('what the file has as another snapshot is passed over, the rest is taken', async () => {
    await fetch(bob);
    const mine = list(bob).find(({ origin }) => origin === undefined)!;
    const id = 'f'.repeat(64);
    const record = { message: 'other', tags: ['trap'] };
    const lines = changed((line) => [
      { ...line, id: mine.id, refs: ['trap'], record: { ...line.record, ...record } },
      { ...line, id, refs: ['fine'], record: { ...line.record, time: 5 } },
    ]);
    const done = read(bob, lines);
    const { time } = own;
    assert.deepEqual(done.differing, [{ checkpoint: mine.id, message: 'other', time }]);
    assert.equal(done.imported.length, 1);
    assert.deepEqual([refs(bob)['trap'], refs(bob)['fine']], [undefined, done.imported[0]]);
    assert.ok(!list(bob).some(({ tags }) => tags.includes('trap')));
  });

  test('after paths were forgotten: what was exported before, in between, or by a copy that did', () => {
    alice.write({ 'two.txt': '2' });
    alice.take('second');
    const copy = join(tempDir(), 'copy');
    cpSync(alice.root, copy, { recursive: true });
    const at = (root: string): Person['methods'] => createMethods(alice.env, { root });
    const forgetting = at(copy);
    const forget = (path: string): unknown =>
      forgetting.forget({ paths: [path], dryRun: false }, q);
    const write = (): string => {
      const path = join(tempDir(), 'some.jsonl.gz');
      forgetting.exportCheckpoints({ path }, q);
      return path;
    };
    forget('two.txt');
    const between = write();
    forget('a');
    // The snapshot of that moment is one that something has, once more.
    rmSync(join(copy, 'two.txt'));
    forgetting.take({ trigger: 'manual', message: 'again', rules }, q);
    const come = (methods: Person['methods'], path: string): number[] => {
      const { imported, known, differing, missing } = methods.importCheckpoints({ path }, q);
      return [imported.length, known, differing.length, missing.length];
    };
    assert.deepEqual(come(forgetting, between), [0, 2, 0, 0]);
    assert.deepEqual(come(forgetting, file), [0, 1, 0, 0]);
    assert.deepEqual(come(at(alice.root), between), [0, 1, 1, 0]);
  });

  for (const when of ['before', 'after'] as const) {
    test(`paths are forgotten at the very moment of an import, ${when} it looks for the manifest`, () => {
      const carol = person('carol', { a: '1', '.vscode/tasks.json': '{}' });
      const { snapshot } = carol.take('of carol');
      let forgotten = 0;
      const forget = (path: string): void => {
        if (forgotten === 0 && path.endsWith(`/.manifests/${shard(snapshot)}`)) {
          forgotten++;
          carol.methods.forget({ paths: ['a'], dryRun: false }, q);
        }
      };
      const lstat: Fs['lstat'] = (path) => {
        if (when === 'before') {
          forget(path);
        }
        const found = carol.env.fs.lstat(path);
        if (when === 'after') {
          forget(path);
        }
        return found;
      };
      const fs = Object.assign(Object.create(carol.env.fs) as Fs, { lstat });
      const methods = createMethods({ ...carol.env, fs }, { root: carol.root });
      const done = methods.importCheckpoints({ path: file }, q);
      assert.equal(forgotten, 1);
      assert.deepEqual([done.imported.length, done.missing], [1, []]);
      assert.deepEqual(carol.methods.verify({ full: true }, q).problems, []);
      const [imported] = elsewhere(carol);
      assert.notEqual(imported!.snapshot, snapshot);
      const [own, ...more] = list(carol).filter(({ origin }) => origin === undefined);
      assert.deepEqual([own!.snapshot, more], [imported!.snapshot, []]);
      fails('PATH_NOT_FOUND', () => carol.methods.readFile({ rev: imported!.id, path: 'a' }, q));
    });
  }
});
