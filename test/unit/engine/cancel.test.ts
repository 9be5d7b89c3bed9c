import assert from 'node:assert/strict';
import { compareTrees } from '../../../src/core/compare';
import { compareManifests } from '../../../src/core/compareManifests';
import { encodeManifest } from '../../../src/core/manifest';
import { visitFiles } from '../../../src/core/manifest/addresses';
import { isSound } from '../../../src/core/manifest/sound';
import { buildManifest } from '../../../src/core/merkle';
import type { Checksum } from '../../../src/core/ids';
import type { ManifestEntry } from '../../../src/core/tree';
import type { CancelSignal } from '../../../src/base/abort';
import { blake3 } from '../../../src/engine/hashing/blake3';

const FILES = 60_000;

/** Cancelled at the second look at it. */
function soon(): CancelSignal & { looks: number } {
  return {
    looks: 0,
    get aborted() {
      return ++this.looks > 1;
    },
  };
}

suite('cancelling long work on memory', function () {
  this.timeout(60_000);
  const files: ManifestEntry[] = Array.from({ length: FILES }, (_, index) => ({
    type: 'F',
    mode: 0o644,
    checksum: blake3(Buffer.from(String(index))) as Checksum,
    size: 1,
    path: `file${String(index).padStart(6, '0')}`,
  }));
  const { entries } = buildManifest(files, [{ path: '', mode: 0o755 }], blake3);
  const bytes = encodeManifest({ entries });
  const cancelled = { name: 'AbortError' };
  const empty = { bytes: new Uint8Array(0), links: [] };

  test('reading and checking manifests', () => {
    assert.throws(() => isSound(bytes, blake3, soon()), cancelled);
    let visited = 0;
    assert.throws(() => visitFiles(bytes, () => visited++, soon()), cancelled);
    assert.ok(visited > 0 && visited < FILES / 4);
  });

  test('comparing', () => {
    const right = { bytes, links: [] };
    const signal = soon();
    assert.throws(() => compareManifests(empty, right, () => false, { signal }), cancelled);
    const none = { entries: [], links: [] };
    const all = { entries, links: [] };
    assert.throws(() => compareTrees(none, all, { signal: soon() }), cancelled);
    const steps = { looks: 0, aborted: false };
    const counting = {
      get aborted() {
        steps.looks++;
        return false;
      },
    };
    assert.equal(compareTrees(none, all, { signal: counting }).changes.length, FILES);
    // At least every few thousand paths, in each of its passes.
    assert.ok(steps.looks > (2 * FILES) / 5000, String(steps.looks));
  });
});
