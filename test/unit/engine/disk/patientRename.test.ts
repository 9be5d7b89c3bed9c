import assert from 'node:assert/strict';
import { nodeFs } from '../../../../src/engine/disk/nodeFs';
import { patientRename } from '../../../../src/engine/disk/patientRename';
import { directEngine, everything, quietControl } from '../../../support/directEngine';
import { fileTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

interface Tried {
  calls: number;
  pauses: number[];
  rename: (from: string, to: string) => void;
}

/** A rename that fails in this way so many times for each target, as on Windows. */
function busy(code: string, times: number, real = (): void => undefined): Tried {
  const left = new Map<string, number>();
  const tried: Tried = { calls: 0, pauses: [], rename: () => undefined };
  const rename = (_from: string, to: string): void => {
    tried.calls++;
    const rest = left.get(to) ?? times;
    left.set(to, rest - 1);
    if (rest > 0) {
      throw failure(code);
    }
    real();
  };
  const mayPass = (to: string): boolean => to !== '/folder';
  tried.rename = patientRename(rename, mayPass, (ms) => void tried.pauses.push(ms));
  return tried;
}

const waited = ({ pauses }: Tried): number => pauses.reduce((sum, ms) => sum + ms, 0);

suite('a rename onto a file that something else has open', () => {
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    test(`is tried again after ${code}, later and later`, () => {
      const tried = busy(code, 3);
      tried.rename('/a', '/b');
      assert.deepEqual([tried.calls, tried.pauses], [4, [10, 20, 40]]);
    });
  }

  test('is given up after a second and a half, and a thousand of them after no more', () => {
    const tried = busy('EPERM', Infinity);
    assert.throws(() => tried.rename('/a', '/b'), { code: 'EPERM' });
    const first = waited(tried);
    assert.ok(first > 1000 && first <= 1500, String(first));
    for (let n = 0; n < 1000; n++) {
      assert.throws(() => tried.rename('/a', `/b${n}`), { code: 'EPERM' });
    }
    assert.ok(waited(tried) <= 1500);
  });

  test('has all its patience again once one has succeeded', () => {
    const tried = busy('EBUSY', 8);
    for (let n = 0; n < 5; n++) {
      tried.rename('/a', `/b${n}`);
    }
    assert.equal(tried.calls, 45);
  });

  test('is not tried again where waiting does not help', () => {
    for (const [code, to] of [
      ['ENOENT', '/b'],
      ['ENOSPC', '/b'],
      ['EPERM', '/folder'],
    ] as const) {
      const tried = busy(code, 1);
      assert.throws(() => tried.rename('/a', to), { code });
      assert.deepEqual(tried.pauses, []);
    }
  });

  test('ends well for objects, manifests, records and restored files', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'one', 'b/c.txt': 'two' });
    let failed = 0;
    const times = new Map<string, number>();
    const rename = (from: string, to: string): void => {
      const before = times.get(to) ?? 0;
      times.set(to, before + 1);
      if (before < 2) {
        failed++;
        throw failure('EPERM');
      }
      nodeFs.rename(from, to);
    };
    const fs = {
      ...nodeFs,
      rename: patientRename(
        rename,
        () => true,
        () => undefined,
      ),
    };
    const engine = directEngine(root, { fs });
    const rules = everything;
    const { id } = engine.take({ trigger: 'manual', rules }, quietControl).checkpoint;
    fileTree(root, { 'a.txt': 'changed' });
    const { failed: left } = engine.restore({ rev: id, exact: true, rules }, quietControl);
    assert.deepEqual(left, []);
    assert.deepEqual(engine.verify({ full: true }, quietControl).problems, []);
    assert.ok(failed > 10, String(failed));
  });
});
