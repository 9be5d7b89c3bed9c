import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError } from '../../src/core/errors';
import { checkManifest, formatManifest, parseManifest, snapshotIds } from '../../src/core/manifest';
import { buildManifest } from '../../src/core/merkle';
import type { SnapshotId } from '../../src/core/ids';
import { blake3 } from '../../src/engine/hashing/blake3';
import { goldenCase, goldenNames } from '../support/goldenTree';
import { goldenRoot } from '../support/paths';

const readJson = <T>(name: string): T =>
  JSON.parse(readFileSync(join(goldenRoot, name), 'utf8')) as T;
const OTHER_HASHES: Record<string, RegExp> = {
  md5: /MD5/,
  sha256: /SHA-256/,
  keyed: /SNAPDIR_MANIFEST_CONTEXT/,
};

suite('golden manifests', () => {
  const names = goldenNames();

  test('there are 28 cases', () => assert.equal(names.length, 28));

  for (const name of names) {
    const { manifest, id, dir } = goldenCase(name);
    const reason = OTHER_HASHES[name];
    if (reason !== undefined) {
      test(`${name}: refused in clear words`, () => {
        assert.throws(
          () => parseManifest(manifest, { hash: blake3 }),
          (error) => SnapdirError.is(error, 'UNSUPPORTED_HASH') && reason.test(error.data.reason),
        );
      });
      continue;
    }

    test(`${name}: read, written again byte for byte, and its id`, () => {
      const parsed = parseManifest(manifest, { hash: blake3 });
      assert.equal(formatManifest(parsed), manifest.toString('utf8'));
      assert.equal(blake3(manifest), id);
      assert.deepEqual(checkManifest(manifest, id as SnapshotId, blake3), parsed);
      assert.deepEqual(snapshotIds(manifest, blake3), { rawStripHash: id, parsedId: id });
    });

    test(`${name}: built again from its files and directories`, () => {
      const { entries } = parseManifest(manifest);
      const files = entries.filter((entry) => entry.type === 'F').reverse();
      const dirs = entries.filter((entry) => entry.type === 'D').reverse();
      assert.equal(
        formatManifest(buildManifest(files, dirs, blake3)),
        manifest.toString('utf8'),
        dir,
      );
    });
  }
});

interface IdVector {
  name: string;
  text: string;
  rawStripHash: string;
  rustParseId: string;
}

suite('golden ids', () => {
  for (const vector of readJson<IdVector[]>('id-vectors.json')) {
    test(vector.name, () => {
      const ids = snapshotIds(Buffer.from(vector.text, 'base64'), blake3);
      assert.equal(ids.rawStripHash, vector.rawStripHash);
      assert.equal(
        ids.parsedId,
        vector.rustParseId.startsWith('error') ? null : vector.rustParseId,
      );
    });
  }

  test('a manifest is accepted under either id, and under no other', () => {
    const vectors = readJson<IdVector[]>('id-vectors.json');
    const unsorted = vectors.find((vector) => vector.name === 'unsorted')!;
    const bytes = Buffer.from(unsorted.text, 'base64');
    for (const id of [unsorted.rawStripHash, unsorted.rustParseId]) {
      assert.equal(checkManifest(bytes, id as SnapshotId, blake3).entries.length, 3);
    }
    assert.throws(
      () => checkManifest(bytes, '0'.repeat(64) as SnapshotId, blake3),
      (error) => SnapdirError.is(error, 'INTEGRITY'),
    );
  });

  test('stores written under another locale are read', () => {
    // Sorted by en_US rules: its id is that of the text as it is, and the lines get our order.
    for (const name of ['locale-store', 'sort-order']) {
      const bytes = readFileSync(join(goldenRoot, name, 'manifest.bash-en_US.txt'));
      const id = readFileSync(join(goldenRoot, name, 'id.bash-en_US.txt'), 'utf8').trim();
      const manifest = checkManifest(bytes, id as SnapshotId, blake3);
      assert.equal(formatManifest(manifest), goldenCase(name).manifest.toString('utf8'));
    }
  });

  test("manifests with the Bash tool's wrong directory checksums are refused", () => {
    const wrong = readFileSync(join(goldenRoot, 'odd-dir-names', 'manifest.bash-wrong.txt'));
    assert.throws(
      () => parseManifest(wrong, { hash: blake3 }),
      (error) => SnapdirError.is(error, 'PARSE'),
    );
  });
});

interface Hostile {
  name: string;
  text: string;
}

suite('hostile manifests', () => {
  const hostile = readJson<Hostile[]>('hostile-manifests.json');

  test('there are 18', () => assert.equal(hostile.length, 18));

  for (const { name, text } of hostile) {
    const bytes = Buffer.from(text, 'base64');
    const refused = (error: unknown): boolean =>
      SnapdirError.is(error, 'PARSE') || SnapdirError.is(error, 'UNSAFE_PATH');
    test(`${name}: refused on every platform`, () => {
      assert.throws(() => parseManifest(bytes), refused);
      assert.throws(() => parseManifest(bytes, { hash: blake3 }), refused);
      assert.throws(() => parseManifest(bytes, { windows: true }), refused);
      // Also when its id fits: an attacker names it as he likes.
      const { rawStripHash } = snapshotIds(bytes, blake3);
      assert.throws(() => checkManifest(bytes, rawStripHash, blake3), refused);
    });
  }
});
