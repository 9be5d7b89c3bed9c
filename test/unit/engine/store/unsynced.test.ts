import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CheckpointInfo } from '../../../../src/core/engine';
import type { Trigger } from '../../../../src/core/records';
import type { MethodTable } from '../../../../src/engine/engine';
import { thisHost, type LeaseHost } from '../../../../src/engine/disk/leaseHost';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { objectPath } from '../../../../src/engine/store/objects';
import { openStore } from '../../../../src/engine/store/storeRoot';
import { fileTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';
import { defaultRules, directEngine, quietControl, testEnv } from '../../../support/directEngine';

let pids = 1_000_000;

/** A process of its own: none of these numbers is anybody's, so each is dead as soon as another asks. */
function host(boot = 'this boot', alive: number[] = []): LeaseHost {
  const pid = ++pids;
  const startOf = (other: number): string | undefined => (alive.includes(other) ? '' : undefined);
  return { ...thisHost(), boot, pid, started: '', startOf };
}

function engine(root: string, leaseHost = host()): MethodTable {
  return directEngine(root, { platform: 'linux', leaseHost });
}

function take(methods: MethodTable, trigger: Trigger, more: object = {}): CheckpointInfo {
  return methods.take({ trigger, rules: defaultRules, rehash: true, ...more }, quietControl)
    .checkpoint;
}

function many(count: number): Record<string, string> {
  const files = Array.from({ length: count }, (_, n) => [`many/${n}.txt`, `content ${n}`]);
  return Object.fromEntries(files) as Record<string, string>;
}

const objectOf = (root: string, text: string): string =>
  objectPath(openStore(testEnv(), { root }), blake3(Buffer.from(text)));
const marks = (root: string): string[] => {
  const dir = join(root, '.snapdir', 'unsynced');
  return existsSync(dir) ? readdirSync(dir) : [];
};
const listed = (methods: MethodTable): string[] =>
  methods.timeline({}, quietControl).checkpoints.map(({ id }) => id);
const problems = (methods: MethodTable): unknown[] =>
  methods.verify({ full: true }, quietControl).problems;

suite('content that is not synced', () => {
  test('a durable take of many files leaves no mark', () => {
    const root = fileTree(tempDir(), many(100));
    const methods = engine(root);
    take(methods, 'manual');
    assert.deepEqual(marks(root), []);
    assert.deepEqual(problems(methods), []);
  });

  test('a relaxed take leaves one mark for its process; a durable one takes it away', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const methods = engine(root);
    const { id } = take(methods, 'auto');
    assert.equal(marks(root).length, 1);
    writeFileSync(join(root, 'a.txt'), 'changed');
    take(methods, 'auto');
    assert.equal(marks(root).length, 1);
    take(methods, 'manual');
    assert.deepEqual(marks(root), []);
    assert.ok(listed(methods).includes(id));
  });

  test('a tag or a name makes a relaxed take durable', () => {
    for (const name of ['tag', 'ref'] as const) {
      const root = fileTree(tempDir(), { 'a.txt': 'a' });
      const methods = engine(root);
      take(methods, 'auto');
      if (name === 'tag') {
        methods.tag({ rev: 'HEAD', add: ['kept'] }, quietControl);
      } else {
        methods.setRef({ name: 'kept', rev: 'HEAD' }, quietControl);
      }
      assert.deepEqual(marks(root), [], name);
    }
  });

  test('asked for, any take is relaxed or durable', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const methods = engine(root);
    take(methods, 'auto', { durability: 'durable' });
    assert.deepEqual(marks(root), []);
    take(methods, 'manual', { durability: 'relaxed', rehash: false });
    assert.equal(marks(root).length, 1, 'its record is not synced');
  });

  test('after a power cut torn content is set aside, and the next take writes it anew', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'promised', 'b.txt': 'b' });
    const durable = take(engine(root), 'manual');
    writeFileSync(join(root, 'a.txt'), 'relaxed');
    const lost = take(engine(root), 'auto');
    const object = objectOf(root, 'relaxed');
    writeFileSync(object, '\0'.repeat('relaxed'.length));
    const after = engine(root, host('next boot'));
    const again = take(after, 'manual');
    assert.equal(readFileSync(object, 'utf8'), 'relaxed');
    assert.deepEqual(listed(after), [again.id, durable.id]);
    assert.ok(!listed(after).includes(lost.id));
    assert.deepEqual(marks(root), []);
    assert.deepEqual(problems(after), []);
    assert.equal(readdirSync(join(root, '.snapdir', 'damaged')).length, 2);
  });

  test('after a power cut a relaxed take that is whole stays', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const { id } = take(engine(root), 'auto');
    const after = engine(root, host('next boot'));
    after.verify({ full: false }, quietControl);
    assert.deepEqual(listed(after), [id]);
    assert.deepEqual(marks(root), []);
  });

  test('what a kill left half written is set aside; the mark stays until everything is synced', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'whole' });
    take(engine(root), 'auto');
    const [mark] = marks(root);
    const path = join(root, '.snapdir', 'unsynced', mark!);
    const object = objectOf(root, 'whole');
    writeFileSync(object, 'wh');
    const { fs } = testEnv();
    fs.chmod(path, 0o600);
    const after = engine(root);
    assert.deepEqual(
      after
        .verify({ full: true }, quietControl)
        .problems.map(({ kind }) => kind)
        .filter((kind) => kind === 'object-damaged'),
      [],
    );
    assert.equal(marks(root).length, 1);
    take(after, 'manual');
    assert.deepEqual(marks(root), []);
    assert.deepEqual(problems(after), []);
  });

  test("a living process's mark and content are left alone", () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const first = host();
    take(engine(root, first), 'auto');
    const { fs } = testEnv();
    fs.chmod(join(root, '.snapdir', 'unsynced', marks(root)[0]!), 0o600);
    const object = objectOf(root, 'a');
    writeFileSync(object, 'A');
    const other = engine(root, host('this boot', [first.pid]));
    other.verify({ full: false }, quietControl);
    assert.equal(readFileSync(object, 'utf8'), 'A');
    assert.equal(marks(root).length, 1);
  });

  test('what a living process is just writing is no damage; without its mark it is', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const first = host();
    take(engine(root, first), 'auto');
    const mark = join(root, '.snapdir', 'unsynced', marks(root)[0]!);
    testEnv().fs.chmod(mark, 0o600);
    const torn = objectOf(root, 'half of it');
    mkdirSync(dirname(torn), { recursive: true });
    writeFileSync(torn, 'half');
    const other = engine(root, host('this boot', [first.pid]));
    assert.deepEqual(problems(other), []);
    testEnv().fs.chmod(mark, 0o400);
    assert.equal(problems(other).length, 1);
  });

  test('after a kill, what a living process is just writing stays in its place', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const killed = host();
    const { fs } = testEnv();
    const dir = join(root, '.snapdir', 'unsynced');
    take(engine(root, killed), 'auto');
    fs.chmod(join(dir, marks(root)[0]!), 0o600);
    const first = marks(root);
    writeFileSync(join(root, 'a.txt'), 'b');
    take(engine(root, host('this boot', [killed.pid])), 'auto');
    const mine = marks(root).find((name) => !first.includes(name))!;
    const text = JSON.parse(readFileSync(join(dir, mine), 'utf8')) as { pid: number };
    fs.chmod(join(dir, mine), 0o600);
    const half = objectOf(root, 'half of it');
    mkdirSync(dirname(half), { recursive: true });
    writeFileSync(half, 'half');
    engine(root, host('this boot', [text.pid])).verify({ full: false }, quietControl);
    assert.equal(readFileSync(half, 'utf8'), 'half');
    // When nobody writes any more, it is what a kill left.
    engine(root).verify({ full: false }, quietControl);
    assert.ok(!existsSync(half));
  });

  test('a damaged mark counts as one of a power cut', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const first = host();
    take(engine(root, first), 'auto');
    const path = join(root, '.snapdir', 'unsynced', marks(root)[0]!);
    testEnv().fs.chmod(path, 0o600);
    writeFileSync(path, '\0\0\0');
    writeFileSync(objectOf(root, 'a'), '\0');
    const other = engine(root, host('this boot', [first.pid]));
    other.verify({ full: false }, quietControl);
    assert.deepEqual(marks(root), []);
    assert.ok(!existsSync(objectOf(root, 'a')));
  });

  test('where a reboot cannot be told from a restart every take is durable', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    take(engine(root, host('')), 'auto');
    assert.ok(!existsSync(join(root, '.snapdir', 'unsynced')));
  });
});
