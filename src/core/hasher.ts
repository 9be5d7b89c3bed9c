import { encodeUtf8 } from '../base/utf8';

/** BLAKE3-256 of bytes as 64 lower-case hex digits. Core gets it as an argument and knows no library. */
export type HashBytes = (bytes: Uint8Array) => string;

/** The hash of a text's UTF-8 bytes. */
export function hashText(text: string, hash: HashBytes): string {
  return hash(encodeUtf8(text));
}

/** BLAKE3 of nothing: the checksum of every empty file and every empty directory (store-format §2). */
export const EMPTY_CHECKSUM = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262';

/** BLAKE3-256 of content that comes in pieces. `digest` may be called once. */
export interface HashStream {
  update(bytes: Uint8Array): unknown;
  digest(): string;
}

/** Begins to hash. Several may be under way at once. */
export type NewHash = () => HashStream;
