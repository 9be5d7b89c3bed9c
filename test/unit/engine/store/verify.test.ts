import { strict as assert } from 'node:assert';
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifyResult } from '../../../../src/core/engine';
import { quietControl } from '../../../../src/engine/context';
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
});
