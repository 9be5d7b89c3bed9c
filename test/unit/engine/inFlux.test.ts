import assert from 'node:assert/strict';
import { appendFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import type { TakeResult } from '../../../src/core/engine';
import type { Fs } from '../../../src/engine/disk/fs';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';
import { directEngine, everything, quietControl } from '../../support/directEngine';

/** A file system in which something happens to one file each time it was opened for reading. */
function meddling(path: string, meddle: (times: number) => void): Fs {
  let times = 0;
  return {
    ...nodeFs,
    open: (opened, how, mode) => {
      const fd = nodeFs.open(opened, how, mode);
      if (opened === path && how === 'r') {
        meddle(++times);
      }
      return fd;
    },
  };
}

function takeWith(root: string, fs: Fs): TakeResult {
  return directEngine(root, { fs }).take({ trigger: 'manual', rules: everything }, quietControl);
}

suite('files in flux', () => {
  test('a file that changes once while it is read is read again', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'old' });
    const path = join(root, 'a.txt');
    const fs = meddling(path, (times) => {
      if (times === 1) {
        writeFileSync(path, 'new and longer');
      }
    });
    const result = takeWith(root, fs);
    assert.deepEqual(result.unstable, []);
    const { bytes } = directEngine(root).readFile({ rev: 'HEAD', path: 'a.txt' }, quietControl);
    assert.equal(Buffer.from(bytes).toString(), 'new and longer');
  });

  test('a file that never rests is kept as it was read, told by name, and read again next time', () => {
    const root = fileTree(tempDir(), { 'log.txt': 'start\n', 'b.txt': 'b' });
    const path = join(root, 'log.txt');
    const result = takeWith(
      root,
      meddling(path, () => appendFileSync(path, 'more\n')),
    );
    assert.deepEqual(result.unstable, ['log.txt']);
    const engine = directEngine(root);
    const { checksum } = engine.stat({ rev: 'HEAD', path: 'log.txt' }, quietControl);
    const { bytes } = engine.readFile({ rev: 'HEAD', path: 'log.txt' }, quietControl);
    assert.equal(blake3(bytes), checksum);
    assert.deepEqual(engine.verify({ full: true }, quietControl).problems, []);
    assert.ok(takeWith(root, nodeFs).read >= 1);
  });

  test('a file that vanishes is listed', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a', 'b.txt': 'b' });
    const path = join(root, 'a.txt');
    const fs: Fs = {
      ...nodeFs,
      open: (opened, how, mode) => {
        if (opened === path) {
          unlinkSync(path);
        }
        return nodeFs.open(opened, how, mode);
      },
    };
    const result = takeWith(root, fs);
    assert.deepEqual(result.skipped, [{ path: 'a.txt', reason: 'vanished' }]);
    assert.equal(result.checkpoint.stats.files, 1);
  });

  test('a file that becomes a fifo does not hang the take', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'a' });
    const path = join(root, 'a.txt');
    let swapped = false;
    const fs: Fs = {
      ...nodeFs,
      open: (opened, how, mode) => {
        if (opened === path && !swapped) {
          swapped = true;
          unlinkSync(path);
          execFileSync('mkfifo', [path]);
        }
        return nodeFs.open(opened, how, mode);
      },
    };
    const { skipped } = takeWith(root, fs);
    assert.equal(skipped.length, 1);
    assert.equal(skipped[0]?.path, 'a.txt');
  }).timeout(30_000);

  test('a write that takes only a few bytes at a time loses none', () => {
    const root = fileTree(tempDir(), { 'a.txt': 'x'.repeat(10_000) });
    const fs: Fs = {
      ...nodeFs,
      write: (fd, buffer, offset, length) =>
        nodeFs.write(fd, buffer, offset, Math.min(length, 777)),
    };
    takeWith(root, fs);
    assert.deepEqual(directEngine(root).verify({ full: true }, quietControl).problems, []);
  });
});
