import { decodeUtf8 } from '../../base/utf8';
import { compareUtf8 } from '../order';

const LF = 0x0a;
const HASH_SIGN = 0x23;
const MAX_U64 = 2n ** 64n - 1n;
const MAX_LINES = 2_000_000;

/** The text as the Bash tool sees it: `grep -v '^#'`, which also ends the last line (store-format §3). */
export function stripComments(bytes: Uint8Array): Uint8Array {
  // A copy is made only once there is something to leave out.
  let kept: Uint8Array | undefined;
  let size = 0;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(LF, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (bytes[start] === HASH_SIGN) {
      kept ??= bytes.slice();
    } else {
      kept?.copyWithin(size, start, end);
      size += end - start;
    }
    start = end;
  }
  const rest = (kept ?? bytes).subarray(0, size);
  if (size === 0 || rest[size - 1] === LF) {
    return rest;
  }
  const ended = new Uint8Array(size + 1);
  ended.set(rest);
  ended[size] = LF;
  return ended;
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

/** The lines of a text; as the Rust tool does, without a CR before the LF. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, newline > start && text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
  }
}

/**
 * The text as the Rust tool would write it after reading it: lines without CR, blank and comment lines
 * dropped, sorted (store-format §3). null: that tool cannot read it, or it has more lines than we read.
 */
export function rereadText(bytes: Uint8Array): string | null {
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    return null;
  }
  const lines = [];
  for (const raw of linesOf(text)) {
    if (raw !== '' && !raw.startsWith('#')) {
      const line = rereadLine(raw);
      if (line === null || lines.length === MAX_LINES) {
        return null;
      }
      lines.push(line);
    }
  }
  lines.sort((a, b) => compareUtf8(a.path, b.path));
  return lines.map((line) => line.text).join('\n') + '\n';
}
