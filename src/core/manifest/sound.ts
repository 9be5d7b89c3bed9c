import { throwIfCancelled, type CancelSignal } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { HashBytes } from '../hasher';
import { checkPathForm, PATH_LIMITS } from '../paths';
import { MAX_ENTRIES, MAX_MANIFEST_BYTES } from './lines';
import { CANCEL_EVERY, LineScanner } from './scan';

const SLASH = 0x2f;
const DOT = 0x2e;
const BACKSLASH = 0x5c;
const CHECKSUM_LENGTH = 64;

/** A directory whose lines are being read. */
interface Open {
  /** Bytes of its path with the final slash; 0 for the root. */
  length: number;
  size: number;
  checksumAt: number;
  /** What its children's lines say. */
  sum: number;
  /** Where the checksums of its children are. */
  children: number[];
}

/**
 * Whether these bytes are a manifest in canonical form that `parseManifest` accepts with this hash: sorted,
 * no comments, names and structure right. Made for speed: it makes no entries. false means only that
 * somebody has to look closely.
 * @throws AbortError
 */
export function isSound(bytes: Uint8Array, hash: HashBytes, signal?: CancelSignal): boolean {
  if (bytes.length > MAX_MANIFEST_BYTES) {
    return false;
  }
  const check = new SoundCheck(bytes, hash);
  for (let count = 0; !check.done; count++) {
    if (count % CANCEL_EVERY === 0) {
      throwIfCancelled(signal);
    }
    if (count === MAX_ENTRIES || !check.line()) {
      return false;
    }
  }
  return check.finish();
}

class SoundCheck {
  private readonly scan: LineScanner;
  private readonly bytes: Uint8Array;
  private readonly hash: HashBytes;
  /** The directories that hold the present line, outermost first. */
  private readonly open: Open[] = [];
  /** Lengths of the files' paths that begin the present path: none of them may be a directory, too. */
  private readonly begun: number[] = [];
  private lastAt = 0;
  private lastEnd = -1;

  constructor(bytes: Uint8Array, hash: HashBytes) {
    this.scan = new LineScanner(bytes);
    this.bytes = bytes;
    this.hash = hash;
  }

  get done(): boolean {
    return this.scan.done;
  }

  /** Reads one line; false when something is odd. */
  line(): boolean {
    const { scan, open } = this;
    if (!scan.next()) {
      return false;
    }
    const { pathAt, pathEnd, isFile } = scan;
    if (this.lastEnd < 0) {
      return !isFile && pathAt === pathEnd && this.enter() && this.hexFits();
    }
    const common = this.commonWithLast();
    if (common < 0) {
      return false;
    }
    while (open.at(-1)!.length > common) {
      if (!this.leave()) {
        return false;
      }
    }
    const { begun } = this;
    while (begun.length > 0 && begun.at(-1)! > common) {
      begun.pop();
    }
    const parent = open.at(-1)!;
    if (open.length > PATH_LIMITS.depth || !this.nameFits(parent.length)) {
      return false;
    }
    parent.sum += scan.size;
    parent.children.push(scan.checksumAt);
    if (!isFile) {
      return begun.at(-1) !== pathEnd - 1 - pathAt && this.enter();
    }
    begun.push(pathEnd - pathAt);
    this.lastAt = pathAt;
    this.lastEnd = pathEnd;
    return this.hexFits();
  }

  finish(): boolean {
    if (this.open.length === 0) {
      return false;
    }
    while (this.open.length > 0) {
      if (!this.leave()) {
        return false;
      }
    }
    return true;
  }

  /** Always true. */
  private enter(): boolean {
    const { size, checksumAt, pathAt, pathEnd } = this.scan;
    this.open.push({ length: pathEnd - pathAt, size, checksumAt, sum: 0, children: [] });
    this.lastAt = pathAt;
    this.lastEnd = pathEnd;
    return true;
  }

  /** How many bytes this path shares with the last; −1 when it does not come after it. */
  private commonWithLast(): number {
    const { bytes, lastAt } = this;
    const { pathAt, pathEnd } = this.scan;
    const limit = Math.min(pathEnd - pathAt, this.lastEnd - lastAt);
    let common = 0;
    while (common < limit && bytes[pathAt + common] === bytes[lastAt + common]) {
      common++;
    }
    const after =
      common === limit
        ? pathEnd - pathAt > limit
        : bytes[pathAt + common]! > bytes[lastAt + common]!;
    return after ? common : -1;
  }

  /** Whether what follows the parent's path is one good name. */
  private nameFits(parentLength: number): boolean {
    const { bytes, scan } = this;
    const from = scan.pathAt + parentLength;
    const end = scan.isFile ? scan.pathEnd : scan.pathEnd - 1;
    const length = end - from;
    if (length < 1 || length > PATH_LIMITS.nameBytes) {
      return false;
    }
    if (scan.pathEnd - scan.pathAt > PATH_LIMITS.bytes || (!scan.isFile && bytes[end] !== SLASH)) {
      return false;
    }
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte < 0x20 || byte === SLASH || byte === 0x7f) {
        return false;
      }
      if (byte > 0x7f || byte === BACKSLASH) {
        return this.oddNameFits(from, end);
      }
    }
    const dots = bytes[from] === DOT && (length === 1 || (length === 2 && bytes[from + 1] === DOT));
    return !dots;
  }

  private oddNameFits(from: number, end: number): boolean {
    try {
      const name = decodeUtf8(this.bytes.subarray(from, end));
      return checkPathForm(name).length === 1;
    } catch {
      return false;
    }
  }

  private hexFits(): boolean {
    const { bytes } = this;
    const at = this.scan.checksumAt;
    for (let i = at; i < at + CHECKSUM_LENGTH; i++) {
      const byte = bytes[i]!;
      if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) {
        return false;
      }
    }
    return true;
  }

  /** All of a directory was read: its size and checksum must be those of its children (store-format §2). */
  private leave(): boolean {
    const { bytes } = this;
    const { size, sum, checksumAt, children } = this.open.pop()!;
    if (size !== sum) {
      return false;
    }
    const sorted = children.sort((a, b) => compareSums(bytes, a, b));
    const text = new Uint8Array(children.length * CHECKSUM_LENGTH);
    let length = 0;
    for (const [index, at] of sorted.entries()) {
      if (index === 0 || compareSums(bytes, sorted[index - 1]!, at) !== 0) {
        text.set(bytes.subarray(at, at + CHECKSUM_LENGTH), length);
        length += CHECKSUM_LENGTH;
      }
    }
    const checksum = this.hash(text.subarray(0, length));
    for (let i = 0; i < CHECKSUM_LENGTH; i++) {
      if (checksum.charCodeAt(i) !== bytes[checksumAt + i]) {
        return false;
      }
    }
    return true;
  }
}

function compareSums(bytes: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    const difference = bytes[a + i]! - bytes[b + i]!;
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}
