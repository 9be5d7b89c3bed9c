import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../../src/core/errors';
import type { Fs } from '../../../src/engine/disk/fs';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import type { MethodTable } from '../../../src/engine/engine';
import { quietControl } from '../../../src/engine/context';
import { fileTree } from '../../support/fileTree';
import { rules } from '../../support/restoreRepo';
import { fileWith, makeHomeRepo, type HomeRepo } from './repair/damagedRepo';

const SIZE = 300_000;
const FREE = 100_000;

/** A disk without clones and second names that is full once it is told to be. */
function fillable(): { fs: Fs; fill: (unasked?: number) => void } {
  let full = false;
  let unasked = 0;
  const failure = (code: string): never => {
    throw Object.assign(new Error(code), { code });
  };
  const fs: Fs = {
    ...nodeFs,
    clone: () => false,
    link: () => failure('EPERM'),
    write: (fd, bytes, offset, length) =>
      full && length > 1000 ? failure('ENOSPC') : nodeFs.write(fd, bytes, offset, length),
    freeBytes: () => (full && unasked-- <= 0 ? FREE : undefined),
  };
  return {
    fs,
    fill: (first = 0) => {
      full = true;
      unasked = first;
    },
  };
}

suite('a disk that fills up half-way', () => {
  let repo: HomeRepo;
  let fill: (unasked?: number) => void;
  setup(() => {
    const disk = fillable();
    fill = disk.fill;
    repo = makeHomeRepo({ a: 'x'.repeat(SIZE), b: 'y'.repeat(10) }, { fs: disk.fs });
    repo.take();
  });

  const tells = (work: (engine: MethodTable) => unknown): void => {
    assert.throws(
      () => work(repo.engine),
      (error) => {
        assert.ok(SnapdirError.is(error, 'DISK_FULL'), String(error));
        const { missing = 0 } = error.data;
        assert.ok(missing >= SIZE - FREE && missing < SIZE, String(missing));
        return true;
      },
    );
    assert.deepEqual(readdirSync(repo.store.tmp), []);
  };

  test('in a restore: what is missing is told', () => {
    fileTree(repo.root, { a: 'changed', b: 'changed' });
    // There is room as far as anybody knows when it begins.
    fill(1);
    tells((engine) => engine.restore({ rev: 'HEAD', exact: false, rules }, quietControl));
  });

  test('in a repair', () => {
    rmSync(fileWith(repo.store.objects, 'xxx'));
    fill();
    tells((engine) => engine.repair({ full: false, rules }, quietControl));
  });

  test('in the vault', () => {
    fill();
    tells((engine) => engine.keepVault({ ms: 60_000 }, quietControl));
    const vaults = readdirSync(join(repo.home, 'vault'));
    assert.deepEqual(readdirSync(join(repo.home, 'vault', vaults[0]!, 'tmp')), []);
  });
});
