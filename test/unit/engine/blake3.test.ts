import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blake3, Blake3Hasher } from '../../../src/engine/hashing/blake3';

/** The golden case `blake3-sizes`: sizes around every boundary of the tree mode, bytes i mod 251. */
function goldenSizes(): { size: number; checksum: string }[] {
  const text = readFileSync(join('test', 'golden', 'blake3-sizes', 'manifest.txt'), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('F '));
  return lines.map((line) => {
    const [, , checksum, size] = line.split(' ');
    return { size: Number(size), checksum: checksum! };
  });
}

const pattern = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i % 251);

suite('blake3', () => {
  test('equals the golden sums at every boundary', () => {
    const cases = goldenSizes();
    assert.ok(cases.length > 20);
    for (const { size, checksum } of cases) {
      assert.equal(blake3(pattern(size)), checksum, `${size} bytes`);
    }
  });

  test('gives the same sum in pieces of any size', () => {
    const bytes = pattern(300_000);
    const expected = blake3(bytes);
    for (const piece of [1000, 1024, 65_535, 65_536, 65_537, 262_144]) {
      const hasher = new Blake3Hasher();
      for (let at = 0; at < bytes.length; at += piece) {
        hasher.update(bytes, at, Math.min(piece, bytes.length - at));
      }
      assert.equal(hasher.digest(), expected, `pieces of ${piece}`);
    }
  });

  test('is reused for 20,000 files without growing', () => {
    const hasher = new Blake3Hasher();
    const empty = hasher.reset().digest();
    for (let round = 0; round < 20_000; round++) {
      hasher.reset().update(pattern(10)).digest();
    }
    assert.equal(hasher.reset().digest(), empty);
    assert.equal(empty, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
  });

  test('leaves no handlers in the process', () => {
    const count = (): number =>
      process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException');
    const before = count();
    new Blake3Hasher().update(pattern(5)).digest();
    assert.equal(count(), before);
  });
});
