import { throwIfCancelled, type CancelSignal } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../errors';
import type { Checksum } from '../ids';
import { parseManifestPath } from '../paths';
import type { ManifestEntry } from '../tree';
import { CANCEL_EVERY } from './scan';

/** Limits against oversize manifests and entry bombs (reliability H33). */
export interface LineOptions {
  /** Default 256 MiB. */
  maxBytes?: number;
  /** Default 2,000,000. */
  maxEntries?: number;
  /** Refuse also the names that Windows cannot hold. */
  windows?: boolean;
  signal?: CancelSignal;
}

export const MAX_MANIFEST_BYTES = 256 * 1024 * 1024;
export const MAX_ENTRIES = 2_000_000;

const CONTROL = /[\x00-\x09\x0b-\x1f\x7f]/;
const LF = '\n';
const SPACE = 0x20;
const ZERO = 0x30;
const HASH_SIGN = 0x23;
const CHECKSUM_LENGTH = 64;
const MAX_MODE_DIGITS = 4;
const MAX_SIZE_DIGITS = 16;

function refuse(reason: string, line?: number): never {
  throw new SnapdirError('PARSE', {
    what: 'manifest',
    reason,
    ...(line === undefined ? {} : { line }),
  });
}

function decode(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    return refuse('is not valid UTF-8');
  }
}

/** The number of the line that holds this offset, from 1. Only for messages. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf(LF); i >= 0 && i < offset; i = text.indexOf(LF, i + 1)) {
    line++;
  }
  return line;
}

function readText(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.length > maxBytes) {
    refuse(`is longer than ${maxBytes} bytes`);
  }
  const text = decode(bytes);
  const control = CONTROL.exec(text);
  if (control !== null) {
    refuse('holds a control character', lineAt(text, control.index));
  }
  if (text !== '' && !text.endsWith(LF)) {
    refuse('does not end with a newline', lineAt(text, text.length));
  }
  return text;
}

/** Walks over one text field by field; a class so that the hot loop allocates nothing but the entries. */
class LineReader {
  private readonly text: string;
  private readonly windows: { windows?: boolean };
  private at = 0;
  private line = 0;

  constructor(text: string, options: LineOptions) {
    this.text = text;
    this.windows = options.windows === true ? { windows: true } : {};
  }

  /** The next entry, or null at the end of the text. */
  next(): ManifestEntry | null {
    const { text } = this;
    while (this.at < text.length) {
      this.line++;
      const end = text.indexOf(LF, this.at);
      if (text.charCodeAt(this.at) !== HASH_SIGN) {
        const entry = this.entry(end);
        this.at = end + 1;
        return entry;
      }
      this.at = end + 1;
    }
    return null;
  }

  private entry(end: number): ManifestEntry {
    const type = this.type();
    const mode = this.number(8, MAX_MODE_DIGITS, 'mode');
    const checksum = this.checksum();
    const size = this.number(10, MAX_SIZE_DIGITS, 'size');
    if (size > Number.MAX_SAFE_INTEGER) {
      this.refuse('the size is too large');
    }
    const path = parseManifestPath(this.text.slice(this.at, end), type, this.windows);
    return { type, mode, checksum, size, path };
  }

  private type(): 'F' | 'D' {
    const type = this.text[this.at];
    if ((type !== 'F' && type !== 'D') || this.text.charCodeAt(this.at + 1) !== SPACE) {
      this.refuse('the line does not begin with "F " or "D "');
    }
    this.at += 2;
    return type;
  }

  /** A number in its one canonical form (no sign, no leading zero), and the space after it. */
  private number(base: number, maxDigits: number, what: string): number {
    const start = this.at;
    let value = 0;
    let digit = this.text.charCodeAt(this.at) - ZERO;
    while (digit >= 0 && digit < base) {
      value = value * base + digit;
      digit = this.text.charCodeAt(++this.at) - ZERO;
    }
    const digits = this.at - start;
    const leadingZero = digits > 1 && this.text.charCodeAt(start) === ZERO;
    if (digits === 0 || digits > maxDigits || leadingZero || digit !== SPACE - ZERO) {
      this.refuse(`the ${what} is not a plain number`);
    }
    this.at++;
    return value;
  }

  private checksum(): Checksum {
    const start = this.at;
    const { text } = this;
    let i = start;
    for (;;) {
      const unit = text.charCodeAt(i);
      if (!((unit >= ZERO && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66))) {
        break;
      }
      i++;
    }
    if (i - start !== CHECKSUM_LENGTH || text.charCodeAt(i) !== SPACE) {
      this.refuseChecksum(i - start);
    }
    this.at = i + 1;
    return text.slice(start, i) as Checksum;
  }

  private refuseChecksum(digits: number): never {
    if (digits === 32 && this.text.charCodeAt(this.at + digits) === SPACE) {
      throw new SnapdirError('UNSUPPORTED_HASH', {
        what: 'manifest',
        reason: 'its checksums are MD5 (snapdir --checksum-bin md5sum); only BLAKE3 can be read',
      });
    }
    return this.refuse('the checksum is not 64 lower-case hex digits');
  }

  private refuse(reason: string): never {
    return refuse(reason, this.line);
  }
}

/**
 * The entries of a manifest's text in the order of its lines, each line checked by itself.
 * @throws PARSE, UNSAFE_PATH, UNSUPPORTED_HASH, AbortError
 */
export function readLines(bytes: Uint8Array, options: LineOptions): ManifestEntry[] {
  const reader = new LineReader(readText(bytes, options.maxBytes ?? MAX_MANIFEST_BYTES), options);
  const maxEntries = options.maxEntries ?? MAX_ENTRIES;
  const entries: ManifestEntry[] = [];
  for (let entry = reader.next(); entry !== null; entry = reader.next()) {
    if (entries.length === maxEntries) {
      refuse(`has more than ${maxEntries} entries`);
    }
    entries.push(entry);
    if (entries.length % CANCEL_EVERY === 0) {
      throwIfCancelled(options.signal);
    }
  }
  return entries;
}
