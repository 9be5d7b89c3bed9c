import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { blake3 } from '../../../../src/engine/hashing/blake3';
import { restore } from '../../../../src/engine/worktree/restore/restore';
import { restoreObject } from '../../../../src/engine/worktree/restore/restoreObject';
import { restoreTo } from '../../../../src/engine/worktree/restore/restoreTo';
import { readTree } from '../../../support/fileTree';
import { makeRepo, rules, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

const SIZE = 100_000;
/** A tenth more than the files, and 16 MiB that are left free. */
const ENOUGH = SIZE + SIZE / 10 + 16 * 1024 * 1024;

suite('space for a restore', () => {
  let free: number;
  let repo: Repo;
  setup(() => {
    free = ENOUGH;
    repo = makeRepo({ a: 'x'.repeat(SIZE) }, { fs: { ...nodeFs, freeBytes: () => free } });
    repo.take();
    repo.write({ a: 'changed' });
  });

  const refused = (work: () => unknown): void => {
    free = ENOUGH - 7;
    assert.throws(work, (error) => SnapdirError.is(error, 'DISK_FULL') && error.data.missing === 7);
    free = ENOUGH;
    work();
  };

  test('in place: nothing is touched, and what is missing is told', () => {
    const before = readTree(repo.root);
    free = ENOUGH - 1;
    const work = (): unknown =>
      restore(repo.env, repo.store, { rev: 'HEAD', exact: false, rules }, quietControl);
    assert.throws(work, (error) => SnapdirError.is(error, 'DISK_FULL') && error.data.missing === 1);
    const { a } = readTree(repo.root);
    assert.equal(a, before['a']);
    assert.deepEqual(readdirSync(repo.store.tmp), []);
    refused(work);
    assert.equal(readTree(repo.root)['a']!.length > 1000, true);
  });

  test('to another place', () => {
    const destination = tempDir();
    refused(() =>
      restoreTo(repo.env, repo.store, { rev: 'HEAD', mode: 'at', destination }, quietControl),
    );
    assert.equal(readdirSync(destination).length, 1);
  });

  test('of content by its checksum', () => {
    const checksum = blake3(new TextEncoder().encode('x'.repeat(SIZE)));
    const destination = join(tempDir(), 'a');
    refused(() => restoreObject(repo.env, repo.store, { checksum, destination }, quietControl));
  });
});
