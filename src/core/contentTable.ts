import { decodeUtf8 } from '../base/utf8';
import { ROWS_A_MESSAGE, type ContentRow } from './transferData';

/** Hex digits of a checksum, as ASCII. */
const CHECKSUM_BYTES = 64;
/** A row: the checksum, then the size as a double in the machine's own order, which all threads of a process share. */
const ROW_BYTES = CHECKSUM_BYTES + 8;
const ROW_DOUBLES = ROW_BYTES / 8;

/** Rows of content, one after the other. An array fits. */
export interface ContentRows extends Iterable<ContentRow> {
  readonly length: number;
}

interface Page {
  bytes: Uint8Array<ArrayBuffer>;
  sizes: Float64Array;
  rows: number;
}

const pageOf = (bytes: Uint8Array<ArrayBuffer>, rows: number): Page => ({
  ...{ bytes, rows },
  sizes: new Float64Array(bytes.buffer, bytes.byteOffset, rows * ROW_DOUBLES),
});

/**
 * Many rows of content in little memory, which go from thread to thread as they are: as objects, tens of thousands would
 * be garbage that a thread without other work keeps for minutes.
 */
export class ContentTable implements ContentRows {
  private readonly pages: Page[] = [];
  private count = 0;
  private sum = 0;

  /** The rows. */
  get length(): number {
    return this.count;
  }

  /** Bytes of all contents. */
  get totalBytes(): number {
    return this.sum;
  }

  /** Adds a row behind those that are there. @param from has the 64 hex digits of its checksum at `at` */
  addBytes(from: Uint8Array, at: number, size: number): void {
    const { page, row } = this.room();
    page.bytes.set(from.subarray(at, at + CHECKSUM_BYTES), row * ROW_BYTES);
    this.finish(page, row, size);
  }

  /** Adds a row behind those that are there. */
  add({ checksum, size }: ContentRow): void {
    const { page, row } = this.room();
    const at = row * ROW_BYTES;
    for (let digit = 0; digit < CHECKSUM_BYTES; digit++) {
      page.bytes[at + digit] = checksum.charCodeAt(digit);
    }
    this.finish(page, row, size);
  }

  /** Adds what {@link packed} gave. Nobody may change it any more. */
  addPacked(bytes: Uint8Array<ArrayBuffer>): void {
    const page = pageOf(bytes, bytes.length / ROW_BYTES);
    this.pages.push(page);
    this.count += page.rows;
    for (let row = 0; row < page.rows; row++) {
      this.sum += page.sizes[row * ROW_DOUBLES + ROW_DOUBLES - 1]!;
    }
  }

  /** A copy of the rows from `from`, a multiple of {@link ROWS_A_MESSAGE}: no more than that many. */
  packed(from: number): Uint8Array<ArrayBuffer> {
    const page = this.pages[from / ROWS_A_MESSAGE];
    return page === undefined ? new Uint8Array(0) : page.bytes.slice(0, page.rows * ROW_BYTES);
  }

  /** Those rows that are wanted. */
  filter(wanted: (row: ContentRow) => boolean): ContentTable {
    const left = new ContentTable();
    for (const row of this) {
      if (wanted(row)) {
        left.add(row);
      }
    }
    return left;
  }

  *[Symbol.iterator](): Generator<ContentRow, void, undefined> {
    for (const { bytes, sizes, rows } of this.pages) {
      for (let row = 0; row < rows; row++) {
        const at = row * ROW_BYTES;
        const checksum = decodeUtf8(bytes.subarray(at, at + CHECKSUM_BYTES));
        yield { checksum, size: sizes[row * ROW_DOUBLES + ROW_DOUBLES - 1]! };
      }
    }
  }

  private room(): { page: Page; row: number } {
    let page = this.pages.at(-1);
    if (page === undefined || (page.rows + 1) * ROW_BYTES > page.bytes.length) {
      page = pageOf(new Uint8Array(ROWS_A_MESSAGE * ROW_BYTES), ROWS_A_MESSAGE);
      page.rows = 0;
      this.pages.push(page);
    }
    return { page, row: page.rows };
  }

  private finish(page: Page, row: number, size: number): void {
    page.sizes[row * ROW_DOUBLES + ROW_DOUBLES - 1] = size;
    page.rows++;
    this.count++;
    this.sum += size;
  }
}
