import { encodeUtf8 } from '../../base/utf8';
import type { ManifestEntry } from '../tree';

/** Everything in a line but its path: type, mode, checksum, size, spaces, `./` and the end. */
const LINE_WITHOUT_PATH = 100;
const BYTES_PER_UNIT = 3;

/**
 * Writes lines straight into bytes, which is what is hashed and stored: twice as fast as building a text
 * of millions of small parts and encoding that.
 */
export class LineWriter {
  private bytes: Uint8Array;
  private at = 0;
  private readonly modes = new Map<number, string>();

  constructor(entries: number) {
    this.bytes = new Uint8Array(1024 + entries * 160);
  }

  line({ type, mode, checksum, size, path }: ManifestEntry): void {
    this.reserve(LINE_WITHOUT_PATH + path.length * BYTES_PER_UNIT);
    this.ascii(type === 'D' ? 'D ' : 'F ');
    this.ascii(this.octal(mode));
    this.ascii(' ');
    this.ascii(checksum);
    this.ascii(' ');
    this.ascii(String(size));
    this.ascii(' ./');
    this.text(path);
    this.ascii(type === 'D' && path !== '' ? '/\n' : '\n');
  }

  /** What was written. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  private reserve(more: number): void {
    if (this.at + more > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length + more);
      larger.set(this.bytes);
      this.bytes = larger;
    }
  }

  private octal(mode: number): string {
    let text = this.modes.get(mode);
    if (text === undefined) {
      text = mode.toString(8);
      this.modes.set(mode, text);
    }
    return text;
  }

  private ascii(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.bytes[this.at + i] = text.charCodeAt(i);
    }
    this.at += text.length;
  }

  private text(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        const encoded = encodeUtf8(text);
        this.bytes.set(encoded, this.at);
        this.at += encoded.length;
        return;
      }
      this.bytes[this.at + i] = unit;
    }
    this.at += text.length;
  }
}
