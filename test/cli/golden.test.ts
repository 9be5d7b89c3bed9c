import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCliOk } from '../support/cli';
import { buildGoldenTree, goldenCase, goldenNames, whyNotHere } from '../support/goldenTree';
import { tempDir } from '../support/tempDir';

/** Made with another hash function: they are refused, see below. */
const OTHER_HASH = ['md5', 'sha256', 'keyed'];
/** Its manifest follows links, which is only read, never made. */
const ONLY_READ = ['symlinks-follow'];
suite('cli: golden manifests and ids', function () {
  this.timeout(60_000);
  for (const name of goldenNames()) {
    if (OTHER_HASH.includes(name) || ONLY_READ.includes(name)) {
      continue;
    }
    test(name, async function () {
      const { tree, manifest, id } = goldenCase(name);
      const reason = whyNotHere(tree);
      if (reason !== undefined) {
        this.test!.title += ` (skipped: ${reason})`;
        this.skip();
      }
      const dir = join(tempDir(), 'tree');
      buildGoldenTree(dir, tree);
      const { noFollow, exclude } = tree.options ?? {};
      const options = [
        ...(noFollow === true ? ['--no-follow'] : []),
        ...(exclude === undefined ? [] : ['--exclude', exclude]),
      ];
      const printed = await runCliOk(['manifest', dir, '--no-ignore', ...options]);
      assert.ok(printed.stdoutBytes.equals(manifest), printed.stdout);
      const printedId = await runCliOk(['id', dir, '--no-ignore', ...options]);
      assert.equal(printedId.stdout, `${id}\n`);
      assert.ok(!existsSync(join(dir, '.snapdir')), 'nothing is written');
    });
  }

  test('taken, the id is the same, also when the store lies inside', async () => {
    for (const name of ['nested', 'spaces', 'unicode-names', 'empty-root', 'sort-order']) {
      const { tree, id } = goldenCase(name);
      const dir = join(tempDir(), 'tree');
      buildGoldenTree(dir, tree);
      const taken = await runCliOk(['take', '-C', dir, '--no-ignore', '--json']);
      assert.equal(
        taken.json<{ checkpoint: { snapshot: string } }>().checkpoint.snapshot,
        id,
        name,
      );
    }
  });
});
