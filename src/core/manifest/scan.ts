/** So many lines are read between two looks at whether to stop. */
export const CANCEL_EVERY = 4096;

const LF = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const CHECKSUM_LENGTH = 64;
const FILE = 0x46;
const DIRECTORY = 0x44;
const DOT = 0x2e;
const SLASH = 0x2f;

/**
 * Walks over a manifest's lines as bytes and makes no objects: where the fields of the present line are.
 * It reads the canonical form of a line and no other; names are not looked at.
 */
export class LineScanner {
  readonly bytes: Uint8Array;
  isFile = false;
  size = 0;
  /** Where the 64 digits of the checksum are, where the path after its `./` is, and its end. */
  checksumAt = 0;
  pathAt = 0;
  pathEnd = 0;
  /** Where the present line begins, and the next one. */
  lineAt = 0;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads on where a line begins. */
  goTo(lineAt: number): void {
    this.at = lineAt;
  }

  /** Whether everything was read. */
  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Goes to the next line; false where there is none in canonical form. */
  next(): boolean {
    const { bytes } = this;
    this.lineAt = this.at;
    const type = bytes[this.at];
    this.isFile = type === FILE;
    if ((!this.isFile && type !== DIRECTORY) || bytes[this.at + 1] !== SPACE) {
      return false;
    }
    const modeEnd = this.number(this.at + 2, 8, 4);
    const sizeAt = modeEnd + 1 + CHECKSUM_LENGTH + 1;
    if (modeEnd < 0 || bytes[sizeAt - 1] !== SPACE) {
      return false;
    }
    this.checksumAt = modeEnd + 1;
    const sizeEnd = this.number(sizeAt, 10, 16);
    if (sizeEnd < 0 || bytes[sizeEnd + 1] !== DOT || bytes[sizeEnd + 2] !== SLASH) {
      return false;
    }
    this.pathAt = sizeEnd + 3;
    this.pathEnd = bytes.indexOf(LF, this.pathAt);
    this.at = this.pathEnd + 1;
    return this.pathEnd >= 0;
  }

  /** Reads a number in its one form into `size`; gives the place of the space after it, or −1. */
  private number(from: number, base: number, maxDigits: number): number {
    const { bytes } = this;
    let at = from;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit < base; digit = bytes[++at]! - ZERO) {
      value = value * base + digit;
    }
    const digits = at - from;
    const plain = digits > 0 && digits <= maxDigits && (digits === 1 || bytes[from] !== ZERO);
    this.size = value;
    return plain && bytes[at] === SPACE && value <= Number.MAX_SAFE_INTEGER ? at : -1;
  }
}
