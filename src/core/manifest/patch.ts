import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import type { HashBytes } from '../hasher';
import type { Checksum } from '../ids';
import { directoryChecksum } from '../merkle';
import { compareUtf8 } from '../order';
import type { ManifestEntry, RelPath } from '../tree';
import { type Dirty, isThere, type PathChange, planPatch } from './patchPlan';
import { LineWriter } from './writer';

const LF = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const CHECKSUM_LENGTH = 64;
/** Behind `D ` or `F ` the mode begins. */
const MODE_AT = 2;
const FILE = 0x46;

/** One line of the text, its fields read but not checked. */
interface Line {
  isFile: boolean;
  mode: number;
  /** Where the checksum and the path (behind `./`) begin, and where the next line does. */
  sumAt: number;
  size: number;
  pathAt: number;
  end: number;
}

interface Total {
  checksum: Checksum;
  size: number;
}

/**
 * The text of a manifest with some paths changed: only their lines and those of the folders above them
 * are made anew, everything else is copied in runs. Costs what the changed folders hold, not the whole.
 * @param text canonical (store-format §1), as `encodeManifest` gives it
 * @param allocate memory for the result; what is in it does not matter, and it may be longer than asked for
 * @returns undefined when the changes do not fit the text: a path whose folder is not there
 */
export function patchManifest(
  text: Uint8Array,
  changes: readonly PathChange[],
  hash: HashBytes,
  allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array | undefined {
  if (changes.length === 0) {
    return text;
  }
  const patch = new Patch(text, hash);
  const total = patch.folder(planPatch(changes), text.length === 0 ? undefined : [0, text.length]);
  return total === undefined ? undefined : patch.finish(allocate);
}

class Patch {
  private readonly text: Uint8Array;
  private readonly hash: HashBytes;
  private readonly pieces: Uint8Array[] = [];
  private above = { folder: '', bytes: 0 };
  private runFrom = 0;
  private runTo = 0;

  constructor(text: Uint8Array, hash: HashBytes) {
    this.text = text;
    this.hash = hash;
  }

  /**
   * Writes a folder that changes and all that is in it.
   * @param block where the text has it; undefined: nowhere
   * @returns undefined when the changes do not fit
   */
  folder(dirty: Dirty, block: readonly [number, number] | undefined): Total | undefined {
    const old = block === undefined ? undefined : this.line(block[0]);
    const mode = dirty.own?.now?.mode ?? old?.mode;
    if (mode === undefined) {
      return undefined;
    }
    this.flush();
    const place = this.pieces.push(new Uint8Array(0)) - 1;
    const sums: Checksum[] = [];
    let size = 0;
    const add = (total: Total): void => {
      sums.push(total.checksum);
      size += total.size;
    };
    let at = old?.end ?? 0;
    const end = block?.[1] ?? 0;
    for (const child of dirty.children) {
      at = this.keepUpTo(child.key, { at, end, prefix: dirty.path }, add);
      const known = at < end && this.keyAt(at, dirty.path) === child.key;
      const childEnd = known ? this.blockEnd(at, end) : at;
      if (child.dir === undefined) {
        this.put(child.file ?? null, add);
      } else if (!this.subfolder(child.dir, known ? [at, childEnd] : undefined, add)) {
        return undefined;
      }
      at = childEnd;
    }
    this.keepUpTo(undefined, { at, end, prefix: dirty.path }, add);
    const checksum = directoryChecksum(sums, this.hash);
    this.pieces[place] = lineBytes({ type: 'D', mode, checksum, size, path: dirty.path });
    return { checksum, size };
  }

  /** The whole text. */
  finish(allocate: (bytes: number) => Uint8Array): Uint8Array {
    this.flush();
    const size = this.pieces.reduce((sum, piece) => sum + piece.length, 0);
    const bytes = allocate(size).subarray(0, size);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /** false: what is in a folder changes that is not there. */
  private subfolder(
    dirty: Dirty,
    block: readonly [number, number] | undefined,
    add: (total: Total) => void,
  ): boolean {
    if (dirty.own?.now === null) {
      return !dirty.children.some(isThere);
    }
    const total = this.folder(dirty, block);
    if (total === undefined) {
      // Nothing was there and nothing is: so it is with what was below a folder that went.
      return dirty.own === undefined && !dirty.children.some(isThere);
    }
    add(total);
    return true;
  }

  private put(file: ManifestEntry | null, add: (total: Total) => void): void {
    if (file !== null) {
      this.flush();
      this.pieces.push(lineBytes(file));
      add(file);
    }
  }

  /** Keeps the children of a folder as they are, up to a key; returns where that stands. */
  private keepUpTo(
    key: string | undefined,
    { at, end, prefix }: { at: number; end: number; prefix: RelPath },
    add: (total: Total) => void,
  ): number {
    while (at < end && (key === undefined || compareUtf8(this.keyAt(at, prefix), key) < 0)) {
      const line = this.line(at);
      const next = this.blockEnd(at, end);
      const sum = this.text.subarray(line.sumAt, line.sumAt + CHECKSUM_LENGTH);
      add({ checksum: decodeUtf8(sum) as Checksum, size: line.size });
      this.keep(at, next);
      at = next;
    }
    return at;
  }

  private keep(from: number, to: number): void {
    if (from !== this.runTo) {
      this.flush();
      this.runFrom = from;
    }
    this.runTo = to;
  }

  private flush(): void {
    if (this.runTo > this.runFrom) {
      this.pieces.push(this.text.subarray(this.runFrom, this.runTo));
    }
    this.runFrom = this.runTo;
  }

  private line(start: number): Line {
    const { text } = this;
    let at = start + MODE_AT;
    let mode = 0;
    for (; text[at] !== SPACE; at++) {
      mode = mode * 8 + text[at]! - ZERO;
    }
    const sumAt = at + 1;
    at = sumAt + CHECKSUM_LENGTH + 1;
    let size = 0;
    for (; text[at] !== SPACE; at++) {
      size = size * 10 + text[at]! - ZERO;
    }
    const end = text.indexOf(LF, at) + 1;
    return { isFile: text[start] === FILE, mode, sumAt, size, pathAt: at + 3, end };
  }

  /** A child's name as it stands in the text: a folder's ends with `/`. */
  private keyAt(start: number, folder: RelPath): string {
    const { pathAt, end } = this.line(start);
    return decodeUtf8(this.text.subarray(pathAt + this.bytesAbove(folder), end - 1));
  }

  /** How much of the paths in a folder is its own, with the `/`; kept, as its children are asked for in turn. */
  private bytesAbove(folder: RelPath): number {
    if (folder !== this.above.folder) {
      this.above = { folder, bytes: folder === '' ? 0 : encodeUtf8(folder).length + 1 };
    }
    return this.above.bytes;
  }

  /** Where a child of a folder ends, with all that is in it. */
  private blockEnd(start: number, limit: number): number {
    const { isFile, pathAt, end } = this.line(start);
    if (isFile || end >= limit) {
      return end;
    }
    const folder = this.text.subarray(pathAt, end - 1);
    let low = end;
    let high = limit;
    // Most folders are small: the steps grow from here.
    for (let step = 1024; low + step < high; step *= 2) {
      const probe = this.lineAt(low + step);
      if (!this.isBelow(probe, folder)) {
        high = probe;
        break;
      }
      low = this.line(probe).end;
    }
    while (low < high) {
      const middle = this.lineAt((low + high) >>> 1);
      if (this.isBelow(middle, folder)) {
        low = this.line(middle).end;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The start of the line that holds this byte. */
  private lineAt(offset: number): number {
    return this.text.lastIndexOf(LF, offset - 1) + 1;
  }

  /** Whether a line's path begins with a folder's, `/` included. */
  private isBelow(start: number, folder: Uint8Array): boolean {
    const { pathAt } = this.line(start);
    for (let index = 0; index < folder.length; index++) {
      if (this.text[pathAt + index] !== folder[index]) {
        return false;
      }
    }
    return true;
  }
}

function lineBytes(entry: ManifestEntry): Uint8Array {
  const writer = new LineWriter(1);
  writer.line(entry);
  return writer.finish();
}
