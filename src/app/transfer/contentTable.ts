import { ROWS_A_MESSAGE, type ContentRow } from '../../core/transferData';

/** Hex digits of a checksum. */
const CHECKSUM_LENGTH = 64;

/** Rows of content, one after the other. An array fits. */
export interface ContentRows extends Iterable<ContentRow> {
  readonly length: number;
}

/**
 * Many rows in little memory, page by page: as objects, tens of thousands of them would stay for as long as a promotion
 * takes, and make each cleaning up of the editor's thread longer.
 */
export class ContentTable implements ContentRows {
  private readonly pages: { checksums: string; sizes: Float64Array }[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Adds rows behind those that are there. */
  add(rows: readonly ContentRow[]): void {
    const checksums = rows.map(({ checksum }) => checksum).join('');
    this.pages.push({ checksums, sizes: Float64Array.from(rows, ({ size }) => size) });
    this.count += rows.length;
  }

  /** Bytes of all contents. */
  get totalBytes(): number {
    return this.pages.reduce((sum, { sizes }) => sizes.reduce((a, b) => a + b, sum), 0);
  }

  /** The rows without some. */
  without(checksums: ReadonlySet<string>): ContentTable {
    const left = new ContentTable();
    let page: ContentRow[] = [];
    for (const row of this) {
      if (!checksums.has(row.checksum)) {
        page.push(row);
      }
      if (page.length === ROWS_A_MESSAGE) {
        left.add(page);
        page = [];
      }
    }
    left.add(page);
    return left;
  }

  *[Symbol.iterator](): Generator<ContentRow, void, undefined> {
    for (const { checksums, sizes } of this.pages) {
      for (let at = 0; at < sizes.length; at++) {
        const from = at * CHECKSUM_LENGTH;
        yield { checksum: checksums.slice(from, from + CHECKSUM_LENGTH), size: sizes[at]! };
      }
    }
  }
}
