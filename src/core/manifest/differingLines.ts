import { LineScanner } from './scan';

/** Whether `length` bytes are equal. Core gets it as an argument: only a platform compares memory fast. */
export type SameBytes = (
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  length: number,
) => boolean;

/** The lines of two manifests that are not in both, in their order. */
export interface DifferingLines {
  left: Uint8Array;
  right: Uint8Array;
}

const LF = 0x0a;
const NEAR = 96;
const FIRST_BLOCK = 256;
const LARGEST_BLOCK = 64 * 1024;

/**
 * Leaves out of two manifests the lines that are in both. Equal stretches are skipped as memory; only
 * lines that differ are looked at one by one. Texts that are not sorted give more lines than need be, never
 * fewer. undefined: a line that was looked at is not in canonical form.
 */
export function differingLines(
  left: Uint8Array,
  right: Uint8Array,
  same: SameBytes,
): DifferingLines | undefined {
  const ends = { left: 0, right: 0 };
  const kept = { left: new Kept(left), right: new Kept(right) };
  const scans = { left: new LineScanner(left), right: new LineScanner(right) };
  for (;;) {
    const skipped = equalLines(left, ends.left, right, ends.right, same);
    ends.left += skipped;
    ends.right += skipped;
    if (ends.left >= left.length || ends.right >= right.length) {
      break;
    }
    scans.left.goTo(ends.left);
    scans.right.goTo(ends.right);
    if (!scans.left.next() || !scans.right.next()) {
      return undefined;
    }
    const order = comparePaths(scans.left, scans.right);
    for (const side of order < 0 ? LEFT : order > 0 ? RIGHT : BOTH) {
      const { lineAt, pathEnd } = scans[side];
      kept[side].add(lineAt, pathEnd + 1);
      ends[side] = pathEnd + 1;
    }
  }
  kept.left.add(ends.left, left.length);
  kept.right.add(ends.right, right.length);
  return { left: kept.left.finish(), right: kept.right.finish() };
}

const LEFT = ['left'] as const;
const RIGHT = ['right'] as const;
const BOTH = ['left', 'right'] as const;

/** Stretches of a text. */
class Kept {
  private readonly bytes: Uint8Array;
  private readonly parts: [number, number][] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  add(from: number, end: number): void {
    const last = this.parts.at(-1);
    if (last?.[1] === from) {
      last[1] = end;
    } else if (from < end) {
      this.parts.push([from, end]);
    }
  }

  finish(): Uint8Array {
    const length = this.parts.reduce((sum, [from, end]) => sum + end - from, 0);
    const all = new Uint8Array(length);
    let at = 0;
    for (const [from, end] of this.parts) {
      all.set(this.bytes.subarray(from, end), at);
      at += end - from;
    }
    return all;
  }
}

/** How many bytes from here on are equal, in whole lines. */
function equalLines(
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  same: SameBytes,
): number {
  const limit = Math.min(left.length - leftAt, right.length - rightAt);
  const nearby = Math.min(limit, NEAR);
  let length = 0;
  while (length < nearby && left[leftAt + length] === right[rightAt + length]) {
    length++;
  }
  if (length === NEAR) {
    length = equalBlocks(left, leftAt, right, rightAt, { limit, same });
  }
  while (length > 0 && left[leftAt + length - 1] !== LF) {
    length--;
  }
  return length;
}

/** As many equal bytes as there are: in growing blocks while they are equal, then in shrinking ones. */
function equalBlocks(
  left: Uint8Array,
  leftAt: number,
  right: Uint8Array,
  rightAt: number,
  { limit, same }: { limit: number; same: SameBytes },
): number {
  let length = NEAR;
  let block = FIRST_BLOCK;
  let growing = true;
  while (block > 0 && length < limit) {
    const next = Math.min(block, limit - length);
    if (same(left, leftAt + length, right, rightAt + length, next)) {
      length += next;
      block = growing ? Math.min(2 * block, LARGEST_BLOCK) : block;
    } else {
      growing = false;
      block = next >> 1;
    }
  }
  return length;
}

function comparePaths(a: LineScanner, b: LineScanner): number {
  const [lengthA, lengthB] = [a.pathEnd - a.pathAt, b.pathEnd - b.pathAt];
  const length = Math.min(lengthA, lengthB);
  for (let i = 0; i < length; i++) {
    const difference = a.bytes[a.pathAt + i]! - b.bytes[b.pathAt + i]!;
    if (difference !== 0) {
      return difference;
    }
  }
  return lengthA - lengthB;
}
