import fc from 'fast-check';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { quietControl } from '../../src/engine/context';
import { blake3 } from '../../src/engine/hashing/blake3';
import { directEngine, everything } from '../support/directEngine';
import { repositoryRoot } from '../support/paths';
import { tempDir } from '../support/tempDir';
import { report, scaled, SEED } from './support/figures';
import { ramDir } from './support/ram';
import { countNodes, diskTree, writeTree } from './support/trees';

const BATCH = 50;
const oracle = join(repositoryRoot, 'test', 'reliability', 'support', 'oracle.bash');
const missing = ['b3sum', 'bash'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);

/** For each folder its manifest and id, from `find`, `b3sum` and `sort`. */
function independent(folders: string[]): { text: string; id: string }[] {
  const run = spawnSync('bash', [oracle, ...folders], { maxBuffer: 1 << 28 });
  assert.equal(run.status, 0, run.stderr.toString());
  const parts = run.stdout.toString('utf8').split(/^id ([0-9a-f]{64})\n/m);
  return folders.map((_, index) => ({ text: parts[2 * index]!, id: parts[2 * index + 1]! }));
}

/** The same from the engine, which also takes a snapshot. */
function ours(root: string): { text: string; id: string } {
  const engine = directEngine(root);
  const { checkpoint } = engine.take({ trigger: 'manual', rules: everything }, quietControl);
  const request = { rev: checkpoint.id, rules: everything };
  const { bytes, id } = engine.manifest(request, quietControl);
  assert.equal(id, checkpoint.snapshot);
  return { text: Buffer.from(bytes).toString('utf8'), id };
}

suite(
  `T10: against b3sum and sort${missing.length > 0 ? ' (skipped: no b3sum)' : ''}`,
  function () {
    this.timeout(3_600_000);
    suiteSetup(function () {
      if (missing.length > 0) {
        this.skip();
      }
    });

    test('manifests and ids of random trees', () => {
      const numRuns = Math.ceil(scaled(5_000) / BATCH);
      let nodes = 0;
      const batch = fc.array(diskTree, { minLength: BATCH, maxLength: BATCH, size: 'max' });
      const property = fc.property(batch, (trees) => {
        const place = ramDir();
        const folders = trees.map((tree, index) => {
          const folder = join(place, String(index));
          mkdirSync(folder);
          writeTree(folder, tree);
          nodes += countNodes(tree);
          return folder;
        });
        const expected = independent(folders);
        folders.forEach((folder, index) => assert.deepEqual(ours(folder), expected[index]));
      });
      // A batch that fails is kept whole: its seed names it.
      fc.assert(property, { numRuns, seed: SEED, endOnFailure: true });
      const note = `${nodes} files, folders and links`;
      report({ test: 'T10', what: 'random trees', count: numRuns * BATCH, broken: 0, note });
    });

    test('hashes of every length up to 4 KiB and around the sizes where pieces begin anew', () => {
      const place = ramDir();
      const around = [65_536, 131_072, 262_144, 1_048_576, 3_000_000];
      const sizes = [
        ...Array.from({ length: 4097 }, (_, size) => size),
        ...around.flatMap((size) => [size - 1, size, size + 1]),
      ];
      const all = new Uint8Array(3_000_001).map((_, index) => (index * 31 + (index >> 8)) & 0xff);
      const files = sizes.map((size) => {
        const path = join(place, String(size));
        const fd = openSync(path, 'w');
        writeSync(fd, all, 0, size);
        closeSync(fd);
        return path;
      });
      const run = spawnSync('b3sum', ['--no-names', ...files], { maxBuffer: 1 << 28 });
      const sums = run.stdout.toString().trim().split('\n');
      sizes.forEach((size, index) => {
        assert.equal(blake3(all.subarray(0, size)), sums[index], `${size} bytes`);
      });
      report({ test: 'T10', what: 'hashes of as many sizes', count: sizes.length, broken: 0 });
    });

    test('a file of 5 GiB and 3 bytes', function () {
      const place = tempDir();
      const { bavail, bsize } = statfsSync(place);
      if (scaled(100) < 100 || bavail * bsize < 12 * 2 ** 30) {
        console.log('      skipped: only in the full set, and with 12 GiB of free space');
        this.skip();
      }
      const path = join(place, 'large');
      const fd = openSync(path, 'w');
      const size = 5 * 2 ** 30 + 3;
      ftruncateSync(fd, size);
      writeSync(fd, 'end', size - 3);
      closeSync(fd);
      const { text } = ours(place);
      const sum = spawnSync('b3sum', ['--no-names', path]).stdout.toString().trim();
      assert.match(text, new RegExp(`^F 644 ${sum} ${size} ./large$`, 'm'));
      report({ test: 'T10', what: 'files of 5 GiB + 3 bytes', count: 1, broken: 0 });
    });
  },
);
