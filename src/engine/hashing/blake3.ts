// The only file that knows blake3-wasm, which always works; large content goes through native code where there is any. Its SIMD module is called directly: the package's own wrapper
// hashes wrongly above 1 MiB a piece and installs process-wide handlers when it loads.
import { nativeHasher, type NativeHasher } from './nativeBlake3';
import wasmBytes from 'blake3-wasm/dist/wasm/blake3.wasm';

interface Exports {
  /** memory */
  d: { buffer: ArrayBuffer };
  /** constructors */
  e(): void;
  /** malloc */
  h(bytes: number): number;
  /** hasher_init: allocates a hasher */
  i(): number;
  /** hasher_update(hasher, address, length) */
  l(hasher: number, address: number, length: number): void;
  /** hasher_read(hasher, seekHigh, seekLow, address, length) */
  m(hasher: number, seekHigh: number, seekLow: number, address: number, length: number): void;
  /** free */
  o(address: number): void;
}

interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

/** Larger pieces halve the speed: they fall out of the processor's cache. */
const PIECE = 64 * 1024;
const DIGEST = 32;
/** From this size on native code wins, where there is any: what a call of it costs is small then. Bytes. */
const NATIVE_FROM = 8 * 1024;
/** Bytes of {@link Blake3Hasher.window}. */
export const WINDOW_BYTES = 256 * 1024;

/** `foo\n`, from the frozen vectors: a module that hashes wrongly must never be used. */
const PROBE = [0x66, 0x6f, 0x6f, 0x0a];
const PROBE_DIGEST = '49dc870df1de7fd60794cebce449f5ccdae575affaa67a24b62acb03e039db92';

function load(): Exports {
  const api = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const fail = (what: string) => (): never => {
    throw new Error(`BLAKE3 module: ${what}`);
  };
  const imports = {
    a: {
      a: fail('out of memory'),
      b: (to: number, from: number, length: number): void => {
        new Uint8Array(exports.d.buffer).copyWithin(to, from, from + length);
      },
      c: fail('assertion failed'),
    },
  };
  const exports = new api.Instance(new api.Module(wasmBytes), imports).exports as Exports;
  exports.e();
  return exports;
}

/** Hashes a stream piece by piece. One instance is reused for file after file: `reset` starts anew. */
export class Blake3Hasher {
  private readonly wasm: Exports;
  private readonly heap: Uint8Array<ArrayBuffer>;
  private readonly input: number;
  private readonly windowAt: number;
  private readonly output: number;
  private readonly sum: Buffer;
  private state = 0;
  /** Undefined until it is looked for, null where there is none. */
  private native: NativeHasher | null | undefined;
  /** Who hashes this stream; decided by its first piece. */
  private by: NativeHasher | 'wasm' | undefined;
  /**
   * A part of the module's own memory. What is read straight into it is hashed where it lies; anything
   * else has to be copied in first. Its content is the caller's until the next one uses it.
   */
  readonly window: Uint8Array<ArrayBuffer>;

  constructor() {
    this.wasm = load();
    // The module's memory is fixed in size (16 MiB), so this view stays valid.
    this.heap = new Uint8Array(this.wasm.d.buffer);
    this.input = this.wasm.h(PIECE);
    this.windowAt = this.wasm.h(WINDOW_BYTES);
    this.window = new Uint8Array(this.heap.buffer, this.windowAt, WINDOW_BYTES);
    this.output = this.wasm.h(DIGEST);
    this.sum = Buffer.from(this.heap.buffer, this.output, DIGEST);
    this.reset();
    this.update(Uint8Array.from(PROBE));
    if (this.digest() !== PROBE_DIGEST) {
      throw new Error('BLAKE3 module: self-check failed');
    }
    this.reset();
  }

  /** Forgets what was hashed so far. */
  reset(): this {
    if (this.state !== 0) {
      this.wasm.o(this.state);
    }
    this.state = this.wasm.i();
    this.by = undefined;
    return this;
  }

  update(bytes: Uint8Array, offset = 0, length = bytes.length - offset): this {
    this.by ??= length < NATIVE_FROM ? 'wasm' : this.fast();
    if (this.by !== 'wasm') {
      this.by.update(bytes.subarray(offset, offset + length));
      return this;
    }
    return this.updateWasm(bytes, offset, length);
  }

  /** Lower-case hex of the 32 bytes. May be called once per `reset`. */
  digest(): string {
    if (this.by !== undefined && this.by !== 'wasm') {
      return this.by.digest('hex');
    }
    this.wasm.m(this.state, 0, 0, this.output, DIGEST);
    return this.sum.toString('hex');
  }

  /** Native code at the begin of a stream, where there is any. */
  private fast(): NativeHasher | 'wasm' {
    if (this.native === undefined) {
      this.native = nativeHasher((bytes) => this.reset().updateWasm(bytes).digest()) ?? null;
      this.reset();
    }
    this.native?.reset();
    return this.native ?? 'wasm';
  }

  private updateWasm(bytes: Uint8Array, offset = 0, length = bytes.length - offset): this {
    const end = offset + length;
    const inside = bytes.buffer === this.heap.buffer;
    for (let at = offset; at < end; at += PIECE) {
      const count = Math.min(PIECE, end - at);
      if (inside) {
        this.wasm.l(this.state, bytes.byteOffset + at, count);
        continue;
      }
      this.heap.set(bytes.subarray(at, at + count), this.input);
      this.wasm.l(this.state, this.input, count);
    }
    return this;
  }
}

let shared: Blake3Hasher | undefined;

/** BLAKE3-256 of bytes that are in memory, as lower-case hex. */
export function blake3(bytes: Uint8Array): string {
  shared ??= new Blake3Hasher();
  return shared.reset().update(bytes).digest();
}
