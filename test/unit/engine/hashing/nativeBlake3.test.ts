import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { blake3, Blake3Hasher } from '../../../../src/engine/hashing/blake3';
import { blake3 as byWasm } from '../../../../src/engine/hashing/blake3';
import { loadNative } from '../../../../src/engine/hashing/nativeBlake3';
import { isNativeInstalled } from '../../../support/nativeHash';
import { tempDir } from '../../../support/tempDir';

const pattern = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i % 251);
const dist = join(process.cwd(), 'dist');
const native = join(dist, 'blake3.node');

interface HashBundle {
  blake3: typeof blake3;
  Blake3Hasher: typeof Blake3Hasher;
}

// Bundles of tests have nothing beside them, so what they import is WASM; dist/ is what people run.
suite('native blake3', function () {
  suiteSetup(function () {
    if (!isNativeInstalled(process.cwd())) {
      this.skip(); // npm has none for this platform.
    }
  });

  test('equals WASM, in pieces of any size and from any memory', () => {
    const bundle = createRequire(__filename)(join(dist, 'hash.cjs')) as HashBundle;
    const hasher = new bundle.Blake3Hasher();
    const other = new bundle.Blake3Hasher();
    for (const size of [0, 1, 8191, 8192, 8193, 65_536, 262_144, 300_000, 3_000_001]) {
      const bytes = pattern(size);
      const expected = byWasm(bytes);
      assert.equal(bundle.blake3(bytes), expected, `${size} bytes`);
      for (const piece of [1000, 8191, 8192, 262_144]) {
        hasher.reset();
        for (let at = 0; at < size; at += piece) {
          hasher.update(bytes, at, Math.min(piece, size - at));
          // Streams beside it are none of its business.
          other.reset().update(bytes);
          bundle.blake3(bytes.subarray(0, 9000));
        }
        assert.equal(hasher.digest(), expected, `${size} bytes in pieces of ${piece}`);
        assert.equal(other.digest(), size === 0 ? other.reset().digest() : expected);
      }
      const inside = hasher.window.subarray(0, Math.min(size, hasher.window.length));
      inside.set(bytes.subarray(0, inside.length));
      assert.equal(hasher.reset().update(inside).digest(), byWasm(inside));
    }
  });

  test('is what hashes large content, where it is there', () => {
    const require = createRequire(__filename);
    const module = require(native) as { Blake3Hasher: { prototype: { update: unknown } } };
    const { prototype } = module.Blake3Hasher;
    const update = prototype.update as (bytes: Uint8Array) => unknown;
    const seen: number[] = [];
    prototype.update = function (this: unknown, bytes: Uint8Array): unknown {
      seen.push(bytes.length);
      return update.call(this, bytes);
    };
    try {
      const bundle = require(join(dist, 'hash.cjs')) as HashBundle;
      bundle.blake3(pattern(8192));
      bundle.blake3(pattern(8191));
    } finally {
      prototype.update = update;
    }
    assert.deepEqual(seen.at(-1), 8192);
  });

  test('is not used where it hashes wrongly, does not load or is not there', () => {
    const dir = tempDir();
    assert.ok(loadNative(native, byWasm));
    assert.equal(
      loadNative(native, () => 'other'),
      undefined,
    );
    assert.equal(loadNative(join(dir, 'none.node'), byWasm), undefined);
    const text = join(dir, 'text.node');
    writeFileSync(text, 'no module');
    assert.equal(loadNative(text, byWasm), undefined);
    const cut = join(dir, 'cut.node');
    copyFileSync(native, cut);
    writeFileSync(cut, 'cut', { flag: 'r+' });
    assert.equal(loadNative(cut, byWasm), undefined);
    const empty = join(dir, 'empty.cjs');
    writeFileSync(empty, 'module.exports = {};');
    assert.equal(loadNative(empty, byWasm), undefined);
  });
});
