import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareTrees } from '../../../src/core/compare';
import type { TakeResult } from '../../../src/core/engine';
import type { RelPath, Tree } from '../../../src/core/tree';
import { createMethods, type MethodTable } from '../../../src/engine/engine';
import { forgetLook } from '../../../src/engine/hashing/statCache';
import { treeOf } from '../../../src/engine/store/checkpointTrees';
import type { DirEntry, OpenMode } from '../../../src/engine/disk/fs';
import { MemoryFs } from '../../crash/memoryFs';
import { type Content, edit, type Process, rules, startProcess } from '../../crash/processes';
import { quietControl } from '../../support/directEngine';

const SECOND = 1_000_000_000n;

/** Remembers what was listed and opened. */
class WatchedFs extends MemoryFs {
  listed: string[] = [];
  readNames: string[] = [];

  override readdir(path: string): DirEntry[] {
    this.listed.push(inFolder(path));
    return super.readdir(path);
  }

  override open(path: string, how: OpenMode, mode?: number): number {
    this.readNames.push(inFolder(path));
    return super.open(path, how, mode);
  }
}

const inFolder = (path: string): string => path.replace(/^(\/m\d+)?\/folder/, '');

/** A folder in memory, and one process whose engine goes on and on. */
class World {
  readonly fs = new WatchedFs();
  readonly process: Process;
  readonly engine: MethodTable;

  constructor() {
    this.fs.mkdir('/folder', 0o755);
    this.process = startProcess(this.fs);
    this.engine = createMethods(this.process.env, { root: this.process.root });
  }

  /** Later enough that no stat is young. */
  wait(): void {
    this.fs.time += 10n * SECOND;
  }

  take(changed?: readonly RelPath[]): TakeResult {
    this.fs.listed = [];
    this.fs.readNames = [];
    const some = changed === undefined ? {} : { changed: [...changed] };
    return this.engine.take({ trigger: 'manual', rules, ...some }, quietControl);
  }

  /** The id that the folder has for somebody who knows nothing of it. */
  fresh(): string {
    const other = startProcess(this.fs);
    const store = other.open();
    const place = { root: other.root };
    const kept = this.fs.readdir(store.cache).map(({ name }) => name);
    kept.forEach((name) => this.fs.rename(`${store.cache}/${name}`, `${store.tmp}/${name}`));
    forgetLook({ ...other.env, fs: new MemoryFs() }, store);
    const { id } = createMethods(other.env, place).manifest({ rev: 'live', rules }, quietControl);
    kept.forEach((name) => this.fs.rename(`${store.tmp}/${name}`, `${store.cache}/${name}`));
    other.end();
    return id;
  }

  treeOf({ checkpoint }: TakeResult): Tree {
    const of = { snapshot: checkpoint.snapshot, checkpointId: checkpoint.id };
    return treeOf(this.process.env, this.process.open(), of);
  }

  /** A process that begins with what the file says. */
  reopen(): void {
    forgetLook({ ...this.process.env, fs: new MemoryFs() }, this.process.open());
  }
}

const worked = (listed: readonly string[]): string[] =>
  listed.filter((path) => !path.startsWith('/.snapdir'));

const NAMES = ['a', 'b', 'a-b', 'a.b', 'é', '\u{1f600}', '\uff5e'];
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'));
const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', 'one', 'two', 'three') },
  { weight: 1, arbitrary: fc.record({ text: fc.constant('one'), mode: fc.constant(0o755) }) },
  { weight: 1, arbitrary: fc.record({ dir: fc.constantFrom(0o755, 0o700) }) },
  { weight: 1, arbitrary: fc.record({ link: fc.constantFrom('x', '../y') }) },
  { weight: 3, arbitrary: fc.constant(null) },
);
const ignoreFile = fc.record({
  path: fc.constantFrom('.gitignore', 'a/.gitignore', 'a/b/.snapdirignore'),
  content: fc.constantFrom<Content>('b\n', '!b\na.b/\n', '', null),
});
const step = fc.record({
  edits: fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.record({ path, content }) },
      { weight: 1, arbitrary: ignoreFile },
    ),
    { maxLength: 4 },
  ),
  wait: fc.boolean(),
  reopen: fc.constantFrom(false, false, true),
  told: fc.boolean(),
});

/** What an editor would say of these edits: also a folder that an edit made on the way. */
function eventsOf(edits: readonly { path: RelPath }[]): RelPath[] {
  return edits.flatMap(({ path }) => {
    const parts = path.split('/');
    return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  });
}

/** A file that stands where an edit wants a folder goes. */
function apply(fs: MemoryFs, edits: readonly { path: RelPath; content: Content }[]): void {
  for (const { path, content } of edits) {
    const parts = path.split('/');
    const blocked = parts
      .slice(0, -1)
      .map((_, index) => parts.slice(0, index + 1).join('/'))
      .find((folder) => {
        const kind = fs.lstat(`/folder/${folder}`)?.kind;
        return kind !== undefined && kind !== 'dir';
      });
    if (blocked !== undefined) {
      edit(fs, { [blocked]: null });
    }
    edit(fs, { [path]: content });
  }
}

suite('looks', function () {
  this.timeout(120_000);

  test('whatever is edited, a look that goes on sees what a first one sees', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), (steps) => {
        const world = new World();
        let tree: Tree = { entries: [], links: [] };
        for (const { edits, wait, reopen, told } of steps) {
          apply(world.fs, edits);
          if (wait) {
            world.wait();
          }
          if (reopen) {
            world.take();
            world.reopen();
          }
          const before = reopen ? undefined : tree;
          const taken = world.take(told ? eventsOf(edits) : undefined);
          assert.equal(taken.checkpoint.snapshot, world.fresh());
          tree = world.treeOf(taken);
          if (before !== undefined) {
            assert.deepEqual(taken.changes, compareTrees(before, tree).counts);
          }
          const files = tree.entries.filter(({ type }) => type === 'F');
          assert.equal(taken.checkpoint.stats.files, files.length);
          assert.equal(
            taken.checkpoint.stats.bytes,
            files.reduce((sum, { size }) => sum + size, 0),
          );
        }
        world.process.end();
      }),
      { numRuns: 400 },
    );
  });

  test('lists again only the folder that changed, and reads only what is new', () => {
    const world = new World();
    edit(world.fs, { 'a/x/1': '1', 'a/2': '2', 'b/3': '3', '.gitignore': 'junk\n' });
    world.wait();
    // The first take makes the store, and with it the folder's own stat young; the second one sees that.
    world.take();
    world.wait();
    world.take();
    world.wait();
    world.take();
    assert.deepEqual(worked(world.fs.listed), []);
    edit(world.fs, { 'a/new': 'n', 'a/junk': 'j', 'a/sub/deep': 'd', 'a/2': null });
    world.wait();
    const { changes, read } = world.take();
    assert.deepEqual(changes, { added: 2, deleted: 1, modified: 0, renamed: 0 });
    assert.deepEqual(worked(world.fs.listed), ['/a', '/a/sub']);
    assert.equal(read, 2);
    assert.deepEqual(worked(world.fs.readNames).sort(), ['/.gitignore', '/a/new', '/a/sub/deep']);
  });

  test('new ignore rules: everything is listed again', () => {
    const world = new World();
    edit(world.fs, { 'a/x/1': '1', 'a/2': '2' });
    world.wait();
    world.take();
    edit(world.fs, { 'a/.gitignore': 'x\n' });
    world.wait();
    assert.equal(world.take().changes.deleted, 1);
    assert.ok(worked(world.fs.listed).includes(''));
    edit(world.fs, { 'a/.gitignore': '2\n' });
    world.wait();
    assert.deepEqual(world.take().changes, { added: 1, deleted: 1, modified: 1, renamed: 0 });
    edit(world.fs, { 'a/.gitignore': null });
    world.wait();
    assert.deepEqual(world.take().changes, { added: 1, deleted: 1, modified: 0, renamed: 0 });
  });

  test('a file that came in the same tick as the look is seen', () => {
    const world = new World();
    edit(world.fs, { 'd/1': '1' });
    world.take();
    const folder = world.fs.table.mutable(Number(world.fs.lstat('/folder/d')!.ino));
    const { mtime, ctime } = folder;
    edit(world.fs, { 'd/2': '2' });
    Object.assign(folder, { mtime, ctime });
    world.wait();
    assert.equal(world.take().changes.added, 1);
  });

  test('told what changed, looks at nothing else, and forgets nothing for the next look', () => {
    const world = new World();
    edit(world.fs, { 'a/1': '1', 'b/2': '2', 'c/3': '3' });
    world.wait();
    world.take();
    edit(world.fs, { 'a/1': 'one', 'b/2': 'two' });
    assert.equal(world.take(['a/1']).changes.modified, 1);
    assert.deepEqual(worked(world.fs.listed), ['/a']);
    assert.deepEqual(worked(world.fs.readNames), ['/a/1']);
    assert.equal(world.take(['a']).changes.modified, 0);
    assert.equal(world.take().changes.modified, 1);
    world.wait();
    assert.equal(world.take().checkpoint.snapshot, world.fresh());
  });

  test('told of another path, a file that was young at the last look stays in doubt', () => {
    const world = new World();
    edit(world.fs, { a: 'a', b: 'b1' });
    world.take();
    // A write in the same tick as the look: no stat shows it.
    const { ino } = world.fs.lstat('/folder/b')!;
    world.fs.table.mutable(Number(ino)).data.set(Buffer.from('b2'));
    world.wait();
    assert.equal(world.take(['a']).changes.modified, 0);
    assert.equal(world.take().changes.modified, 1);
  });

  test('a look that was cut short loses no change', () => {
    const world = new World();
    edit(world.fs, { 'a/1': '1', 'a/2': '2', 'b/3': '3' });
    world.wait();
    world.take();
    for (let stop = 1; stop < 60; stop++) {
      edit(world.fs, { 'a/1': `one ${stop}`, [`b/n${stop}`]: 'new' });
      world.wait();
      let asked = 0;
      const signal = {
        get aborted(): boolean {
          return ++asked >= stop;
        },
      };
      try {
        world.engine.take({ trigger: 'manual', rules }, { ...quietControl, signal });
      } catch (error) {
        assert.equal((error as Error).name, 'AbortError');
      }
      assert.equal(world.take().checkpoint.snapshot, world.fresh(), `stopped at ${stop}`);
    }
  });

  test('what a take saw, a view does not show as it was before', () => {
    const world = new World();
    edit(world.fs, { 'a/1': '1' });
    world.wait();
    world.take();
    const live = () => world.engine.manifest({ rev: 'live', rules }, quietControl).id;
    const before = live();
    edit(world.fs, { 'a/1': 'one' });
    world.wait();
    world.take();
    world.wait();
    world.take();
    assert.notEqual(live(), before);
    assert.equal(live(), world.fresh());
  });
});
