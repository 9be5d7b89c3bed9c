import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blake3 } from '../../src/engine/hashing/blake3';
import { runCli, runCliOk } from '../support/cli';
import { fileTree, readTree } from '../support/fileTree';
import { plantManifest } from '../support/foreignStore';
import { goldenRoot } from '../support/paths';
import { tempDir } from '../support/tempDir';

suite('cli: hostile manifests', function () {
  this.timeout(120_000);
  const texts = JSON.parse(readFileSync(join(goldenRoot, 'hostile-manifests.json'), 'utf8')) as {
    name: string;
    text: string;
  }[];

  for (const { name, text } of texts) {
    test(`${name} is refused before anything is written`, async () => {
      const bytes = Buffer.from(text, 'base64');
      // Both ids under which a reader could accept it: of the text as it is, and without comment lines.
      const stripped = Buffer.from(bytes.toString('latin1').replace(/^#.*\n/gm, ''), 'latin1');
      const place = tempDir();
      const repo = fileTree(join(place, 'repo'), { 'a.txt': 'mine' });
      await runCliOk(['take', '-C', repo]);
      for (const id of new Set([blake3(bytes), blake3(stripped)])) {
        plantManifest(repo, id, bytes);
        const before = readTree(place);
        const store = readTree(repo, { store: true });
        for (const how of [['--yes', '--exact'], ['--to', join(place, 'out')], ['--dry-run']]) {
          const result = await runCli(['restore', id, ...how, '-C', repo, '--json']);
          assert.equal(result.code, 3, `${name} ${how.join(' ')}: ${result.stdout}`);
          const { error } = result.json<{ error: { code: string } }>();
          assert.match(
            error.code,
            /^(PARSE|UNSAFE_PATH|UNSUPPORTED_HASH|INTEGRITY|NAME_COLLISION)$/,
          );
        }
        assert.deepEqual(readTree(place), before);
        assert.deepEqual(records(readTree(repo, { store: true })), records(store));
        for (const evil of ['/tmp/evil', '/evil', join(place, 'evil')]) {
          assert.ok(!existsSync(evil), evil);
        }
      }
    });
  }
});

/** The store without what may be deleted at any time. */
function records(tree: Record<string, string>): string[] {
  return Object.keys(tree).filter((path) => !/^\.snapdir\/(cache|tmp)\//.test(path));
}
