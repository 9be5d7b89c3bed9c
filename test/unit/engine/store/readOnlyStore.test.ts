import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../../src/core/errors';
import type { Fs } from '../../../../src/engine/disk/fs';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { directEngine, everything as rules, quietControl } from '../../../support/directEngine';
import { fileTree, readTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';

type AnyCall = (...args: unknown[]) => unknown;

const CHANGING = new Set<keyof Fs>([
  ...(['mkdir', 'rmdir', 'unlink', 'rename', 'link', 'clone', 'symlink'] as const),
  ...(['chmod', 'chown', 'touch'] as const),
]);

/** A file system on which nothing below this folder can be changed. */
function readOnlyBelow(folder: string, code: string): Fs {
  const isBelow = (arg: unknown): boolean => typeof arg === 'string' && arg.startsWith(folder);
  const wrapped = Object.entries(nodeFs).map(([name, call]) => {
    const guarded: AnyCall = (...args) => {
      const changes = CHANGING.has(name as keyof Fs) || (name === 'open' && args[1] === 'wx');
      if (changes && args.some(isBelow)) {
        throw Object.assign(new Error(code), { code, path: args.find(isBelow) });
      }
      return (call as AnyCall)(...args);
    };
    return [name, guarded];
  });
  const fs = Object.fromEntries(wrapped) as Fs;
  return { ...fs, writable: (path) => !isBelow(path) && nodeFs.writable(path) };
}

suite('a store that cannot be written', () => {
  for (const code of ['EROFS', 'EACCES']) {
    test(`can be listed, compared, verified and restored from (${code})`, () => {
      const root = fileTree(tempDir(), { 'a.txt': 'one', 'd/b.txt': 'two' });
      const take = { trigger: 'manual', rules } as const;
      directEngine(root).take({ ...take, message: 'first' }, quietControl);
      fileTree(root, { 'a.txt': 'changed' });
      directEngine(root).take(take, quietControl);
      fileTree(root, { 'd/b.txt': 'changed, too' });
      const store = join(root, '.snapdir');
      const before = readTree(store);
      const engine = directEngine(root, { fs: readOnlyBelow(store, code) });

      assert.notEqual(engine.status({}, quietControl).readOnly, null);
      assert.equal(engine.timeline({}, quietControl).total, 2);
      const compare = (left: string, right: string): string[] =>
        engine.compare({ left, right, rules }, quietControl).changes.map(({ path }) => path);
      assert.deepEqual(compare('HEAD~1', 'HEAD'), ['a.txt']);
      assert.deepEqual(compare('HEAD', 'live'), ['d/b.txt']);
      assert.deepEqual(engine.verify({ full: true }, quietControl).problems, []);
      const { bytes } = engine.readFile({ rev: 'HEAD~1', path: 'a.txt' }, quietControl);
      assert.equal(Buffer.from(bytes).toString(), 'one');
      assert.equal(engine.fileHistory({ path: 'a.txt' }, quietControl).versions.length, 2);
      const destination = tempDir();
      const to = { rev: 'HEAD~1', mode: 'safe', destination } as const;
      const { path } = engine.restoreTo(to, quietControl);
      assert.equal(readFileSync(join(path, 'a.txt'), 'utf8'), 'one');

      assert.throws(
        () => engine.take(take, quietControl),
        (error) => SnapdirError.is(error, 'READ_ONLY'),
      );
      assert.throws(
        () => engine.restore({ rev: 'HEAD~1', exact: false, rules }, quietControl),
        (error) => SnapdirError.is(error, 'READ_ONLY'),
      );
      assert.deepEqual(readTree(store), before);
    });
  }
});
