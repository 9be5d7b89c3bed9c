import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { serialize } from 'node:v8';
import type { VerifyResult } from '../../../../src/core/engine';
import { shard } from '../../../../src/core/storeLayout';
import { quietControl } from '../../../../src/engine/context';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { verify } from '../../../../src/engine/store/verify';
import { readTree } from '../../../support/fileTree';
import { makeRepo, type Repo } from '../../../support/restoreRepo';

function look(repo: Repo, full: boolean): VerifyResult {
  return verify(repo.env, repo.store, { full }, quietControl);
}

function fileWith(dir: string, text: string): string {
  const tree = readTree(dir);
  return join(
    dir,
    Object.keys(tree).find((name) => tree[name]!.includes(text))!,
  );
}

function damage(path: string, change: (bytes: Buffer) => Buffer): void {
  const bytes = readFileSync(path);
  chmodSync(path, 0o600);
  writeFileSync(path, change(bytes));
}

function flip(bytes: Buffer): Buffer {
  bytes[bytes.length >> 1]! ^= 1;
  return bytes;
}

suite('verify', () => {
  let repo: Repo;
  setup(() => {
    repo = makeRepo({ 'a.txt': 'content of a', 'b/c.txt': 'content of c', same: 'content of a' });
    repo.take({ message: 'first' });
    repo.write({ 'b/c.txt': 'another content of c' });
    repo.take({ message: 'second' });
  });

  test('a sound store', () => {
    const quick = look(repo, false);
    assert.deepEqual(quick, { ...quick, checkpoints: 2, manifests: 2, objects: 3, problems: [] });
    assert.deepEqual(look(repo, true).problems, []);
  });

  test('a flipped bit is found by the full look, a changed size by the quick one', () => {
    damage(fileWith(repo.store.objects, 'content of a'), flip);
    assert.deepEqual(look(repo, false).problems, []);
    const [problem, ...more] = look(repo, true).problems;
    assert.deepEqual(more, []);
    assert.equal(problem?.kind, 'object-damaged');
    assert.equal(problem?.path, 'a.txt');
    assert.equal(problem?.checkpoints.length, 2);
    damage(fileWith(repo.store.objects, 'another'), (bytes) => bytes.subarray(1));
    assert.equal(look(repo, false).problems[0]?.kind, 'object-damaged');
  });

  test('missing objects and manifests, damaged manifests and records', () => {
    rmSync(fileWith(repo.store.objects, 'another'));
    assert.equal(look(repo, false).problems[0]?.kind, 'object-missing');
    const manifests = Object.entries(readTree(repo.store.manifests)).filter(
      ([, text]) => text !== '<dir>',
    );
    damage(join(repo.store.manifests, manifests[0]![0]), flip);
    rmSync(join(repo.store.manifests, manifests[1]![0]));
    const kinds = look(repo, false).problems.map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), ['manifest-damaged', 'manifest-missing']);
    const [record] = readdirSync(repo.store.records);
    damage(join(repo.store.records, record!), flip);
    assert.equal(look(repo, false).problems[0]?.kind, 'record-damaged');
  });

  test('damage to what no snapshot needs is found by the full look alone', () => {
    const path = fileWith(repo.store.objects, 'another');
    const hex = path.slice(repo.store.objects.length).replaceAll('/', '');
    const spare = blake3(Buffer.from('spare'));
    const at = join(repo.store.objects, shard(spare));
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, 'spars');
    assert.deepEqual(look(repo, false).problems, []);
    const result = look(repo, true);
    assert.deepEqual(
      result.problems.map(({ kind, address, checkpoints }) => [kind, address, checkpoints]),
      [['object-damaged', spare, []]],
    );
    assert.equal(result.objects, 4);
    assert.notEqual(hex, spare);
  });

  /** Puts something under an address that no manifest names; its content is not what the address says. */
  function plant(hex: string): string {
    const at = join(repo.store.objects, shard(hex));
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, 'planted');
    return hex;
  }

  /** Another address that begins as this one does, and differs in the digit after that. */
  function beside(hex: string, digits: number): string {
    const other = hex[digits] === '0' ? '1' : '0';
    return hex.slice(0, digits) + other + hex.slice(digits + 1);
  }

  test('damage that nothing needs is found beside what is needed, on every level of folders', () => {
    const needed = blake3(Buffer.from('another content of c'));
    const planted = [0, 3, 6].map((digits) => plant(beside(needed, digits)));
    const found = look(repo, true).problems.map(({ address }) => address);
    assert.deepEqual(found.sort(), planted.sort());
  });

  test('a folder that came for one that went does not hide what is in it', () => {
    for (const digits of [3, 6]) {
      const needed = blake3(Buffer.from(digits === 3 ? 'another content of c' : 'content of a'));
      const gone = join(repo.store.objects, shard(needed).slice(0, digits === 3 ? 7 : 11));
      rmSync(gone, { recursive: true });
      const planted = plant(beside(needed, digits));
      const found = look(repo, true).problems.map(({ kind, address }) => [kind, address]);
      assert.ok(found.some(([kind, at]) => kind === 'object-damaged' && at === planted));
      assert.ok(found.some(([kind, at]) => kind === 'object-missing' && at === needed));
    }
  });

  test('a file system that says anything of its folders is not believed', () => {
    for (const nlink of [1, 3]) {
      const other = makeRepo({ a: 'a' });
      other.take();
      const planted = beside(blake3(Buffer.from('a')), 3);
      const at = join(other.store.objects, shard(planted));
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, 'planted');
      const lstat: typeof other.env.fs.lstat = (path) => {
        const stat = other.env.fs.lstat(path);
        return stat?.kind === 'dir' ? { ...stat, nlink } : stat;
      };
      const env = { ...other.env, fs: { ...other.env.fs, lstat } };
      const { problems } = verify(env, other.store, { full: true }, quietControl);
      assert.deepEqual(
        problems.map(({ address }) => address),
        [planted],
      );
    }
  });

  test('a needed object with a byte too many or too few is damaged, and counted once', () => {
    for (const change of [
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(10)]),
      (bytes: Buffer) => bytes.subarray(0, -2),
    ]) {
      damage(fileWith(repo.store.objects, 'content of a'), change);
      const { problems, objects } = look(repo, true);
      assert.deepEqual(
        problems.map(({ kind, path }) => [kind, path]),
        [['object-damaged', 'a.txt']],
      );
      assert.equal(objects, 3);
    }
  });

  test('names that are not of the layout are left alone', () => {
    mkdirSync(join(repo.store.objects, 'abc/def/012'), { recursive: true });
    for (const name of ['README', 'abc/note', 'abc/def/x', `abc/def/012/${'z'.repeat(55)}`]) {
      writeFileSync(join(repo.store.objects, name), 'not an object');
    }
    assert.deepEqual(look(repo, true).problems, []);
    assert.equal(look(repo, true).objects, 3);
  });

  test('a problem names a path and who needs it; of many as many as fit a message', () => {
    const files = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [
        `many/${'n'.repeat(200)}${index}`,
        `number ${index}`,
      ]),
    );
    repo.write(files);
    const { id } = repo.take();
    for (const [name, text] of Object.entries(readTree(repo.store.objects))) {
      if (text.includes('number')) {
        rmSync(join(repo.store.objects, name));
      }
    }
    const { problems, problemCount } = look(repo, false);
    assert.equal(problemCount, 2000);
    assert.ok(problems.length > 500 && problems.length < 2000);
    for (const { kind, path, checkpoints } of problems) {
      assert.equal(kind, 'object-missing');
      assert.match(path!, /^many\/n+\d+$/);
      assert.deepEqual(checkpoints, [id]);
    }
    assert.ok(serialize(problems).length < 1024 * 1024);
  });

  test('a checkpoint after the other that needs the same damaged file, up to twenty', () => {
    for (let index = 0; index < 25; index++) {
      repo.write({ counter: String(index) });
      repo.take();
    }
    damage(fileWith(repo.store.objects, 'content of a'), flip);
    const [problem] = look(repo, true).problems;
    assert.equal(problem?.checkpoints.length, 20);
    assert.equal(new Set(problem?.checkpoints).size, 20);
  });

  test('it can be cancelled', () => {
    for (const full of [true, false]) {
      const control = { signal: { aborted: true }, progress: () => undefined };
      assert.throws(() => verify(repo.env, repo.store, { full }, control), { name: 'AbortError' });
    }
  });
});
