import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileVersion } from '../../../src/core/engine';
import { fileHistory } from '../../../src/engine/methods/fileHistory';
import { quietControl } from '../../support/directEngine';
import { makeRepo } from '../../support/restoreRepo';

suite('file history since the last snapshot', () => {
  test('goes on under the name that HEAD has for a file which was moved since', () => {
    const repo = makeRepo({ 'a.txt': 'one', other: 'two', 'd/copy': 'one', empty: '' });
    repo.take();
    repo.write({ 'a.txt': 'once more' });
    const second = repo.take();
    const of = (path: string, limit = 200): FileVersion[] =>
      fileHistory(repo.env, repo.store, { path, limit }, quietControl).versions;
    const move = (from: string, to: string): void => {
      mkdirSync(dirname(join(repo.root, to)), { recursive: true });
      renameSync(join(repo.root, from), join(repo.root, to));
    };
    move('a.txt', 'lib/moved.txt');
    const versions = of('lib/moved.txt');
    assert.deepEqual(
      versions.map(({ status, path, movedSince }) => [status, path, movedSince]),
      [
        ['M', 'a.txt', 'lib/moved.txt'],
        ['A', 'a.txt', undefined],
      ],
    );
    assert.equal(versions[0]!.checkpoint.id, second.id);
    // Page by page as well, and the mark on the first alone.
    const params = { path: 'lib/moved.txt', limit: 1 };
    const { next } = fileHistory(repo.env, repo.store, params, quietControl);
    const rest = fileHistory(repo.env, repo.store, { ...params, from: next! }, quietControl);
    assert.deepEqual(rest.versions, versions.slice(1));
    // As the comparison has it: with a folder, from a name that had a history of its own.
    move('d', 'e');
    assert.equal(of('e/copy')[0]?.path, 'd/copy');
    repo.take();
    move('e/copy', 'a.txt');
    assert.deepEqual(
      of('a.txt').map(({ status, path }) => [status, path]),
      [
        ['R', 'e/copy'],
        ['A', 'd/copy'],
      ],
    );
    // A copy, other content, an empty file and a link came from nowhere.
    for (const path of ['copied', 'new', 'vacant', 'link']) {
      assert.deepEqual(of(path), [], 'not there yet');
    }
    repo.write({ copied: 'two', new: 'owt', vacant: '' });
    rmSync(join(repo.root, 'empty'));
    symlinkSync('e', join(repo.root, 'link'));
    for (const path of ['copied', 'new', 'vacant', 'link', 'link/copy', '.git/x']) {
      assert.deepEqual(of(path), [], path);
    }
  });
});
