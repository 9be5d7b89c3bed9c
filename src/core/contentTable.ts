import { invariant } from '../base/invariant';
import { decodeUtf8 } from '../base/utf8';
import { ROWS_A_MESSAGE, type ContentRow } from './transferData';

/** Hex digits of a checksum, as ASCII. */
const CHECKSUM_BYTES = 64;
/** A row: the checksum, then the size as a double in the machine's own order, which all threads of a process share. */
const ROW_BYTES = CHECKSUM_BYTES + 8;
const ROW_DOUBLES = ROW_BYTES / 8;
/** A page is a message. */
const ROWS_A_PAGE = ROWS_A_MESSAGE;

interface Page {
  bytes: Uint8Array<ArrayBuffer>;
  sizes: Float64Array;
  rows: number;
}

const pageOf = (bytes: Uint8Array<ArrayBuffer>, rows: number): Page => ({
  ...{ bytes, rows },
  sizes: new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8),
});

/** Of a row, in its page. */
const sizeIndex = (row: number): number => (row + 1) * ROW_DOUBLES - 1;

/**
 * Many rows of content in little memory, which go from thread to thread as they are: as objects, tens of thousands would
 * be garbage that a thread without other work keeps for minutes.
 */
export class ContentTable implements Iterable<ContentRow> {
  /** All but the last one are full. */
  private readonly pages: Page[] = [];
  private count = 0;
  private sum = 0;

  /** A table of rows that {@link packed} gave. */
  static of(bytes: Uint8Array<ArrayBuffer>): ContentTable {
    const table = new ContentTable();
    table.addPacked(bytes);
    return table;
  }

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
    const page = this.room();
    page.bytes.set(from.subarray(at, at + CHECKSUM_BYTES), page.rows * ROW_BYTES);
    this.finish(page, size);
  }

  /** Adds a row behind those that are there. */
  add({ checksum, size }: ContentRow): void {
    const page = this.room();
    const at = page.rows * ROW_BYTES;
    for (let digit = 0; digit < CHECKSUM_BYTES; digit++) {
      page.bytes[at + digit] = checksum.charCodeAt(digit);
    }
    this.finish(page, size);
  }

  /** Adds what {@link packed} gave, which nobody may change any more, behind full pages: no more than a page. */
  addPacked(bytes: Uint8Array<ArrayBuffer>): void {
    const rows = bytes.length / ROW_BYTES;
    invariant(this.count % ROWS_A_PAGE === 0 && rows <= ROWS_A_PAGE, 'pages are added in order');
    const page = pageOf(bytes, rows);
    this.pages.push(page);
    this.count += rows;
    for (let row = 0; row < rows; row++) {
      this.sum += page.sizes[sizeIndex(row)]!;
    }
  }

  /** A copy of the rows from `from` up to `to`: no more than {@link ROWS_A_MESSAGE}. */
  packed(from: number, to = from + ROWS_A_PAGE): Uint8Array<ArrayBuffer> {
    const end = Math.max(from, Math.min(to, from + ROWS_A_PAGE, this.count));
    const bytes = new Uint8Array((end - from) * ROW_BYTES);
    for (let row = from; row < end;) {
      const page = this.pages[Math.floor(row / ROWS_A_PAGE)]!;
      const first = row % ROWS_A_PAGE;
      const last = Math.min(page.rows, first + end - row);
      bytes.set(page.bytes.subarray(first * ROW_BYTES, last * ROW_BYTES), (row - from) * ROW_BYTES);
      row += last - first;
    }
    return bytes;
  }

  /** Bytes of one content. */
  size(row: number): number {
    return this.pages[Math.floor(row / ROWS_A_PAGE)]!.sizes[sizeIndex(row % ROWS_A_PAGE)]!;
  }

  /** A row, made anew. */
  row(row: number): ContentRow {
    const { bytes } = this.pages[Math.floor(row / ROWS_A_PAGE)]!;
    const at = (row % ROWS_A_PAGE) * ROW_BYTES;
    return { checksum: decodeUtf8(bytes.subarray(at, at + CHECKSUM_BYTES)), size: this.size(row) };
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

  /** As {@link filter}, without making rows. @param wanted is given the bytes that hold the checksum, and where */
  filterBytes(wanted: (bytes: Uint8Array, at: number) => boolean): ContentTable {
    const left = new ContentTable();
    this.visitBytes((bytes, at, size) => {
      if (wanted(bytes, at)) {
        left.addBytes(bytes, at, size);
      }
    });
    return left;
  }

  /** Every row, without making it. @param visit is given the bytes that hold the checksum, where, and the content's size */
  visitBytes(visit: (bytes: Uint8Array, at: number, size: number) => void): void {
    for (const { bytes, sizes, rows } of this.pages) {
      for (let row = 0; row < rows; row++) {
        visit(bytes, row * ROW_BYTES, sizes[sizeIndex(row)]!);
      }
    }
  }

  /** The memory of all rows, which the table gives up: it is empty after that. */
  takeApart(): Uint8Array[] {
    [this.count, this.sum] = [0, 0];
    return this.pages.splice(0).map(({ bytes }) => bytes);
  }

  *[Symbol.iterator](): Generator<ContentRow, void, undefined> {
    for (let row = 0; row < this.count; row++) {
      yield this.row(row);
    }
  }

  private room(): Page {
    const last = this.pages.at(-1);
    if (last !== undefined && (last.rows + 1) * ROW_BYTES <= last.bytes.length) {
      return last;
    }
    const page = pageOf(new Uint8Array(ROWS_A_PAGE * ROW_BYTES), 0);
    if (last !== undefined && last.rows < ROWS_A_PAGE) {
      // It came packed, without room for more.
      page.bytes.set(last.bytes);
      page.rows = last.rows;
      this.pages.pop();
    }
    this.pages.push(page);
    return page;
  }

  private finish(page: Page, size: number): void {
    page.sizes[sizeIndex(page.rows++)] = size;
    this.count++;
    this.sum += size;
  }
}
