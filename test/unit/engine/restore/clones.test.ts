import { strict as assert } from 'node:assert';
import { copyFileSync, lstatSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import { quietControl } from '../../../../src/engine/context';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { restoreTo } from '../../../../src/engine/worktree/restore/restoreTo';
import { readTree } from '../../../support/fileTree';
import { makeRepo, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';

const LARGE = 2 * 1024 * 1024;

/** Clones as APFS does: the copy has the times of what it was made from. */
function cloneWithTimes(from: string | number, to: string): boolean {
  copyFileSync(typeof from === 'number' ? `/proc/self/fd/${from}` : from, to);
  utimesSync(to, 1, 1);
  return true;
}

suite('clones', () => {
  let asked: string[];
  let clone: (from: string | number, to: string) => boolean;
  let repo: Repo;
  let out: string;

  setup(() => {
    asked = [];
    clone = cloneWithTimes;
    const fs = {
      ...nodeFs,
      clone: (from: string | number, to: string) => {
        asked.push(to);
        return clone(from, to);
      },
    };
    const bytes = (fill: number): Uint8Array => new Uint8Array(LARGE).fill(fill);
    const large = (fill: number): { content: Uint8Array; mode: number } => ({
      content: bytes(fill),
      mode: 0o640,
    });
    repo = makeRepo({ a: large(1), b: large(2), small: 'small' }, { fs });
    repo.take();
    asked = [];
    out = join(tempDir(), 'copy');
  });

  const run = (): string =>
    restoreTo(repo.env, repo.store, { rev: 'HEAD', mode: 'at', destination: out }, quietControl)
      .path;

  test('large files are cloned, with their mode and a time of their own', () => {
    const path = run();
    assert.equal(asked.length, 2);
    assert.deepEqual(readTree(path, { modes: true }), readTree(repo.root, { modes: true }));
    assert.ok(lstatSync(join(path, 'a')).mtimeMs > 1_000_000);
  });

  test('where there are no clones it is tried once, and files are copied', () => {
    clone = () => false;
    assert.deepEqual(readTree(run(), { modes: true }), readTree(repo.root, { modes: true }));
    assert.equal(asked.length, 1);
  });

  test('a clone is checked like a copy', () => {
    clone = (from, to) => {
      cloneWithTimes(from, to);
      writeFileSync(to, 'x', { flag: 'r+' });
      return true;
    };
    assert.throws(run, (error) => SnapdirError.is(error, 'INTEGRITY'));
    assert.deepEqual(readdirSync(join(out, '..')), []);
    assert.deepEqual(readdirSync(repo.store.tmp), []);
  });

  test('few large files are shared by the threads, few small ones are not', () => {
    const kinds: string[] = [];
    const crew = {
      start: (job: object): number => {
        kinds.push((job as { kind: string }).kind);
        return 0;
      },
    };
    const go = (paths: string[]): void => {
      const params = { rev: 'HEAD', mode: 'safe', destination: out, paths } as const;
      restoreTo({ ...repo.env, crew }, repo.store, params, quietControl);
    };
    go(['small']);
    assert.ok(!kinds.includes('copy'));
    go(['a', 'b']);
    assert.ok(kinds.includes('copy'));
  });

  test('the real file system clones or says that it cannot', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'a'), 'text');
    const cloned = nodeFs.clone(join(dir, 'a'), join(dir, 'b'));
    assert.deepEqual(readTree(dir), cloned ? { a: 'text', b: 'text' } : { a: 'text' });
    assert.throws(() => nodeFs.clone(join(dir, 'none'), join(dir, 'c')), { code: 'ENOENT' });
  });
});
