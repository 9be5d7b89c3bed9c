import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Damaged } from '../../../src/core/reasons';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { fileHistory } from '../../../src/engine/methods/fileHistory';
import { timeline } from '../../../src/engine/methods/history';
import { saveDamage } from '../../../src/engine/store/damage';
import { manifestPath } from '../../../src/engine/store/manifests';
import { trashPath } from '../../../src/engine/store/trash';
import { quietControl } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { makeRepo, type Repo } from '../../support/restoreRepo';

const MISSING: Damaged = { what: 'manifest-missing' };

suite('rows of damaged checkpoints', () => {
  let repo: Repo;
  let looked: string[];
  /** Messages and marks, as the timeline has them with a filter that finds all. */
  const marks = (): Record<string, Damaged | undefined> => {
    looked = [];
    const page = timeline(repo.env, repo.store, { filter: { text: 'test' } }, quietControl);
    return Object.fromEntries(page.checkpoints.map(({ message, damaged }) => [message, damaged]));
  };

  setup(() => {
    looked = [];
    const lstat: typeof nodeFs.lstat = (path) => {
      looked.push(path);
      return nodeFs.lstat(path);
    };
    repo = makeRepo({ a: 'one' }, { fs: { ...nodeFs, lstat } });
    repo.take({ message: 'first' });
    repo.take({ message: 'same as first' });
    repo.write({ a: 'two' });
    repo.take({ message: 'second' });
  });

  test('are marked at the next look, and no longer once they are whole again', () => {
    const sound = { first: undefined, 'same as first': undefined, second: undefined };
    assert.deepEqual(marks(), sound);
    const { checkpoints } = timeline(repo.env, repo.store, {}, quietControl);
    const path = manifestPath(repo.store, checkpoints.at(-1)!.snapshot);
    renameSync(path, `${path}.away`);
    assert.deepEqual(marks(), { ...sound, first: MISSING, 'same as first': MISSING });
    renameSync(`${path}.away`, path);
    assert.deepEqual(marks(), sound);
    const paths = ['a'];
    const problems = [{ kind: 'object-missing' as const, address: 'f'.repeat(64) }];
    const damage = { problems, checkpoints: { [checkpoints[0]!.id]: { paths, pathCount: 2 } } };
    saveDamage(repo.env, repo.store, damage);
    const content: Damaged = { what: 'content', path: 'a', more: 1 };
    assert.deepEqual(marks(), { ...sound, second: content });
    saveDamage(repo.env, repo.store, { problems: [], checkpoints: {} });
    assert.deepEqual(marks(), sound);
  });

  test('have a manifest that garbage collection set aside: those are not', () => {
    const { snapshot } = timeline(repo.env, repo.store, {}, quietControl).checkpoints[0]!;
    const gc = '20261121091155-0123abcd';
    const aside = trashPath(repo.store, gc, 'manifests', snapshot);
    fileTree(repo.store.trash, { [`${gc}/manifests/x`]: '' });
    renameSync(manifestPath(repo.store, snapshot), aside);
    assert.equal(marks()['second'], undefined);
    rmSync(aside);
    assert.deepEqual(marks()['second'], MISSING);
  });

  test('cost one look at each manifest, and one at what was found', () => {
    marks();
    const manifests = looked.filter((path) => path.startsWith(repo.store.manifests));
    assert.equal(manifests.length, 2);
    assert.equal(looked.filter((path) => path === join(repo.store.cache, 'damage')).length, 1);
  });

  test('are marked in the history of a file', () => {
    const ask = () => fileHistory(repo.env, repo.store, { path: 'a' }, quietControl).versions;
    assert.deepEqual(
      ask().map(({ checkpoint }) => checkpoint.damaged),
      [undefined, undefined],
    );
    rmSync(manifestPath(repo.store, ask()[0]!.checkpoint.snapshot));
    assert.deepEqual(
      ask().map(({ checkpoint }) => checkpoint.damaged),
      [MISSING, undefined],
    );
  });
});
