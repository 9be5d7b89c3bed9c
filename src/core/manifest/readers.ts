import { decodeUtf8 } from '../../base/utf8';
import { compareUtf8 } from '../order';

const LF = 0x0a;
const HASH_SIGN = 0x23;
const MAX_U64 = 2n ** 64n - 1n;

/** The parts of the text that are no comment lines, as [start, end). */
function keptRanges(bytes: Uint8Array): [number, number][] {
  const ranges: [number, number][] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(LF, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (bytes[start] !== HASH_SIGN) {
      const last = ranges.at(-1);
      if (last !== undefined && last[1] === start) {
        last[1] = end;
      } else {
        ranges.push([start, end]);
      }
    }
    start = end;
  }
  return ranges;
}

/** The text as the Bash tool sees it: `grep -v '^#'`, which also ends the last line (store-format §3). */
export function stripComments(bytes: Uint8Array): Uint8Array {
  const ranges = keptRanges(bytes);
  const size = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  const whole = size === bytes.length;
  if (whole && (size === 0 || bytes[size - 1] === LF)) {
    return bytes;
  }
  const kept = new Uint8Array(size + 1);
  let at = 0;
  for (const [start, end] of ranges) {
    kept.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  if (at > 0 && kept[at - 1] !== LF) {
    kept[at++] = LF;
  }
  return kept.subarray(0, at);
}

/** A line as the Rust tool reads it: four fields and the rest, hardly checked. null: it refuses. */
function rereadLine(line: string): { path: string; text: string } | null {
  const match = /^([FD]) ([^ ]+) ([^ ]+) \+?0*(\d{1,20}) (.+)$/s.exec(line);
  if (match === null) {
    return null;
  }
  const [, type = '', mode = '', checksum = '', digits = '', path = ''] = match;
  const size = BigInt(digits);
  return size > MAX_U64 ? null : { path, text: `${type} ${mode} ${checksum} ${size} ${path}` };
}

/**
 * The text as the Rust tool would write it after reading it: lines without CR, blank and comment lines
 * dropped, sorted (store-format §3). null: that tool cannot read it.
 */
export function rereadText(bytes: Uint8Array): string | null {
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    return null;
  }
  const lines = [];
  for (const raw of text.split(/\r?\n/)) {
    if (raw !== '' && !raw.startsWith('#')) {
      const line = rereadLine(raw);
      if (line === null) {
        return null;
      }
      lines.push(line);
    }
  }
  lines.sort((a, b) => compareUtf8(a.path, b.path));
  return lines.map((line) => line.text).join('\n') + '\n';
}
