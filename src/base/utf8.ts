interface Encoder {
  encode(text: string): Uint8Array;
}
interface Decoder {
  decode(bytes: Uint8Array): string;
}
/** What every runtime we know offers (WHATWG Encoding); declared here since pure code sees no DOM and no Node types. */
interface EncodingGlobals {
  TextEncoder: new () => Encoder;
  TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => Decoder;
}

const globals = globalThis as unknown as EncodingGlobals;
const encoder = new globals.TextEncoder();
// ignoreBOM keeps a leading U+FEFF: what is decoded must encode to the same bytes again.
const decoder = new globals.TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as UTF-8. The text must be well-formed ({@link isWellFormed}): a lone surrogate has no bytes. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * UTF-8 as text, keeping a byte order mark.
 * @throws TypeError when the bytes are not valid UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Whether the text holds no lone surrogate, so that it can be written as UTF-8 and read back. */
export function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}

/** How many bytes well-formed text takes as UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) {
      // Each half of a surrogate pair counts two: four bytes a pair.
      length += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
    }
  }
  return length;
}
