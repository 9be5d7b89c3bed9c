import { strict as assert } from 'node:assert';
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EngineEnv } from '../../../src/engine/context';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { objectPath } from '../../../src/engine/store/objects';
import { openStore } from '../../../src/engine/store/storeRoot';
import { defaultRules, directEngine, quietControl, testEnv } from '../../support/directEngine';
import { tempDir } from '../../support/tempDir';

const LARGE = 3 * 1024 * 1024;

suite('a take with clones', function () {
  const linux = process.platform === 'linux';
  let root: string;
  let file: string;
  let asked: number;

  setup(function () {
    if (!linux) {
      this.skip();
    }
    root = tempDir();
    file = join(root, 'large.bin');
    asked = 0;
    writeFileSync(file, Buffer.alloc(LARGE, 'large '), { mode: 0o440 });
    writeFileSync(join(root, 'small.txt'), 'small');
  });

  /** As a file system that clones: the copy has the mode and the times of what it was made from. */
  function cloning(before: () => void = () => undefined): EngineEnv['fs'] {
    const clone = (from: string | number, to: string): boolean => {
      asked++;
      before();
      copyFileSync(`/proc/self/fd/${from}`, to);
      utimesSync(to, 1, 1);
      return true;
    };
    return { ...nodeFs, clone };
  }

  function take(fs: EngineEnv['fs']): { size: number; object: string } {
    directEngine(root, { fs }).take({ trigger: 'manual', rules: defaultRules }, quietControl);
    const sum = blake3(readFileSync(file));
    return { size: statSync(file).size, object: objectPath(openStore(testEnv(), { root }), sum) };
  }

  test('a large file is cloned, a small one read; the object is private and made now', () => {
    const { object, size } = take(cloning());
    const stat = statSync(object);
    assert.equal(asked, 1);
    assert.deepEqual([stat.size, stat.mode & 0o777], [size, 0o600]);
    assert.ok(stat.mtimeMs > 1_000_000);
    const { problems } = directEngine(root).verify({ full: true }, quietControl);
    assert.deepEqual(problems, []);
  });

  test('a file that grows in that moment is cloned again', () => {
    let grown = false;
    const grow = (): void => {
      if (!grown) {
        grown = true;
        appendFileSync(file, 'grown');
      }
    };
    const { object, size } = take(cloning(grow));
    assert.equal(asked, 2);
    assert.equal(statSync(object).size, size);
  });

  test('where there are no clones it is asked once, and copied', () => {
    writeFileSync(join(root, 'other.bin'), Buffer.alloc(LARGE, 'other '));
    const clone = (): boolean => {
      asked++;
      return false;
    };
    const { object, size } = take({ ...nodeFs, clone });
    assert.equal(asked, 1);
    assert.equal(statSync(object).size, size);
  });
});
