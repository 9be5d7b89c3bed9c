import type { LinkEntry, ManifestEntry, RelPath } from '../../core/tree';
import { blake3 } from './blake3';
import { aligned, columnBytes, copyColumns, viewColumns } from './fileColumns';
import { FileTable } from './fileTable';
import type { Look } from './look';

/**
 * How a look is kept in a file, so that loading it is one read and no work per row: magic (16 bytes),
 * length of the header (4, host order), header (JSON), then for each table its columns, offsets and
 * paths, every part at a multiple of 8; at the end a BLAKE3 as hex, of the BLAKE3 of all that and of this user's key:
 * against torn writes, and against looks that somebody else made up.
 */
const MAGIC = 'snapdir-look 5\n\0';
const PREFIX_BYTES = 24;
const DIGEST_BYTES = 64;

interface Header {
  storeId: string;
  /** The columns are in the machine's own byte order. */
  littleEndian: boolean;
  epoch: string;
  rulesKey: string;
  clean: boolean;
  snapshot: string;
  links: LinkEntry[];
  before: [RelPath, ManifestEntry | null][];
  linksBefore: LinkEntry[];
  /** Files, dirs and guards. */
  tables: { rows: number; pathBytes: number; ascii: boolean; ordered: boolean }[];
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const tablesOf = (look: Look): FileTable[] => [look.files, look.dirs, look.guards];
const pathBytesOf = (table: FileTable): number => table.paths.offsets[table.length]!;
const tableBytes = (rows: number, pathBytes: number): number =>
  columnBytes(rows) + aligned(4 * (rows + 1)) + aligned(pathBytes);

function headerOf(look: Look, storeId: string): Header {
  const { rulesKey, clean, snapshot, links, before, linksBefore } = look;
  return {
    storeId,
    littleEndian: LITTLE_ENDIAN,
    epoch: look.files.epoch,
    ...{ rulesKey, clean, snapshot, links, linksBefore },
    before: [...before],
    tables: tablesOf(look).map((table) => ({
      rows: table.length,
      pathBytes: pathBytesOf(table),
      ascii: table.paths.ascii,
      ordered: table.ordered,
    })),
  };
}

function seal(body: Uint8Array, key: string): string {
  return blake3(new TextEncoder().encode(`${key}\n${blake3(body)}`));
}

/** The bytes of the file. @param key of this user's caches */
export function encodeLook(look: Look, storeId: string, key: string): Uint8Array {
  const encoder = new TextEncoder();
  const header = encoder.encode(JSON.stringify(headerOf(look, storeId)));
  const tables = tablesOf(look);
  const start = aligned(PREFIX_BYTES + header.length);
  const size = tables.reduce(
    (sum, table) => sum + tableBytes(table.length, pathBytesOf(table)),
    start,
  );
  const memory = new SharedArrayBuffer(size + DIGEST_BYTES);
  const bytes = new Uint8Array(memory);
  bytes.set(encoder.encode(MAGIC));
  new Uint32Array(memory, MAGIC.length, 1)[0] = header.length;
  bytes.set(header, PREFIX_BYTES);
  let offset = start;
  for (const table of tables) {
    offset = writeTable(memory, offset, table);
  }
  bytes.set(encoder.encode(seal(bytes.subarray(0, size), key)), size);
  return bytes;
}

function writeTable(memory: SharedArrayBuffer, offset: number, table: FileTable): number {
  const rows = table.length;
  const { columns, end } = viewColumns(memory, offset, rows);
  copyColumns(table.columns, [0, rows], columns, 0);
  new Uint32Array(memory, end, rows + 1).set(table.paths.offsets.subarray(0, rows + 1));
  const pathsAt = end + aligned(4 * (rows + 1));
  const pathBytes = pathBytesOf(table);
  new Uint8Array(memory, pathsAt, pathBytes).set(table.paths.bytes.subarray(0, pathBytes));
  return pathsAt + aligned(pathBytes);
}

/** The look in a file's bytes, which it goes on using; undefined when they are not this user's look of this store. */
export function decodeLook(
  bytes: Uint8Array<SharedArrayBuffer>,
  storeId: string,
  key: string,
): Look | undefined {
  const decoder = new TextDecoder();
  const end = bytes.length - DIGEST_BYTES;
  if (end < PREFIX_BYTES || decoder.decode(bytes.slice(0, MAGIC.length)) !== MAGIC) {
    return undefined;
  }
  if (decoder.decode(bytes.slice(end)) !== seal(bytes.subarray(0, end), key)) {
    return undefined;
  }
  const headerBytes = new Uint32Array(bytes.buffer, MAGIC.length, 1)[0]!;
  const text = decoder.decode(bytes.slice(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  const header = JSON.parse(text) as Header;
  if (header.storeId !== storeId || header.littleEndian !== LITTLE_ENDIAN) {
    return undefined;
  }
  let offset = aligned(PREFIX_BYTES + headerBytes);
  const tables = header.tables.map((parts, index) => {
    const table = readTable(bytes.buffer, offset, { ...parts, dirs: index === 1 });
    offset += tableBytes(parts.rows, parts.pathBytes);
    return table;
  });
  if (offset !== end || tables.length !== 3) {
    return undefined;
  }
  const [files, dirs, guards] = tables as [FileTable, FileTable, FileTable];
  files.epoch = header.epoch;
  const { rulesKey, clean, snapshot, links, linksBefore } = header;
  const before = new Map(header.before);
  return { files, dirs, guards, links, rulesKey, clean, snapshot, before, linksBefore };
}

function readTable(
  memory: SharedArrayBuffer,
  offset: number,
  parts: Header['tables'][number] & { dirs: boolean },
): FileTable {
  const { rows, pathBytes, ascii, ordered, dirs } = parts;
  const { columns, end } = viewColumns(memory, offset, rows);
  const offsets = new Uint32Array(memory, end, rows + 1);
  const bytes = new Uint8Array(memory, end + aligned(4 * (rows + 1)), pathBytes);
  const paths = { bytes, offsets, ascii };
  return new FileTable({ length: rows, columns, paths, ordered }, dirs ? 'dirs' : 'files');
}
