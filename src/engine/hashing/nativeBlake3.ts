import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What the native module of `@napi-rs/blake-hash` has for streams. */
export interface NativeHasher {
  reset(): void;
  update(bytes: Uint8Array): unknown;
  digest(format: 'hex'): string;
}

type MakeHasher = new () => NativeHasher;

/** Lies beside the bundle in a package that was made for one platform. */
const BESIDE = join(__dirname, 'blake3.node');

/** Larger than any piece that a hasher takes at once, and no multiple of a block. Bytes. */
const PROBE_BYTES = 300_001;

let beside: { made: MakeHasher | undefined } | undefined;

/**
 * A hasher in the processor's own code: several times as fast as WASM where content is large. Undefined where there is
 * none for this platform, where it does not load, or where it hashes otherwise than WASM does.
 * @param expected what WASM makes of some bytes, lower-case hex
 */
export function nativeHasher(expected: (bytes: Uint8Array) => string): NativeHasher | undefined {
  beside ??= { made: loadNative(BESIDE, expected) };
  return beside.made && new beside.made();
}

/** The hasher of that file. A module that hashes wrongly must never be used, and one that is missing is no error. */
export function loadNative(
  path: string,
  expected: (bytes: Uint8Array) => string,
): MakeHasher | undefined {
  try {
    const { Blake3Hasher } = createRequire(__filename)(path) as { Blake3Hasher: MakeHasher };
    const hasher = new Blake3Hasher();
    const probe = Uint8Array.from({ length: PROBE_BYTES }, (_, at) => at % 251);
    const sums = [7, PROBE_BYTES].map((first) => {
      hasher.reset();
      hasher.update(probe.subarray(0, first));
      hasher.update(probe.subarray(first));
      return hasher.digest('hex');
    });
    const right = expected(probe);
    return sums.every((sum) => sum === right) ? Blake3Hasher : undefined;
  } catch {
    return undefined;
  }
}
