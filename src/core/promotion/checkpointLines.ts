// What is known of checkpoints, as JSON lines (D5): a first line that says what it is, then one line a checkpoint,
// oldest first: its record's own form, with the words it has now, and the names that stand for it.
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../errors';
import { isHex64, type CheckpointId } from '../ids';
import { formatRecord, parseRecord } from '../recordFormat';
import { checkName } from '../refName';
import type { TakeRecord } from '../records';

const WHAT = 'snapdir checkpoints';
const VERSION = 1;

/** One exported checkpoint. */
export interface CheckpointLine {
  /** Its record's id where it was taken. */
  id: CheckpointId;
  record: TakeRecord;
  /** The names that somebody gave it, not those that fetching set. */
  refs: string[];
}

/** The first line. */
export function checkpointLinesHeader(): string {
  return `${JSON.stringify({ what: WHAT, v: VERSION })}\n`;
}

/** One line. */
export function formatCheckpointLine({ id, record, refs }: CheckpointLine): string {
  const checked = JSON.parse(formatRecord(record)) as object;
  return `${JSON.stringify({ id, refs, record: checked })}\n`;
}

function refuse(line: number, reason: string): never {
  throw new SnapdirError('PARSE', { what: 'exported checkpoints', line, reason });
}

function parseJson(text: string, line: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Told below.
  }
  return refuse(line, 'it is not a JSON object');
}

/**
 * Reads what {@link formatCheckpointLine} wrote; every field is checked.
 * @throws PARSE (also where a name stands for two checkpoints), INVALID_NAME; UNSUPPORTED_FORMAT when a newer version wrote it
 */
export function parseCheckpointLines(bytes: Uint8Array): CheckpointLine[] {
  let lines: string[] = [];
  try {
    lines = decodeUtf8(bytes).split('\n');
  } catch {
    refuse(1, 'it is not UTF-8');
  }
  const header = parseJson(lines[0] ?? '', 1);
  if (header['what'] !== WHAT) {
    refuse(1, `it does not say "${WHAT}"`);
  }
  if (header['v'] !== VERSION) {
    const found = `exported checkpoints ${String(header['v'])}`;
    throw new SnapdirError('UNSUPPORTED_FORMAT', { found, supported: `${VERSION}` });
  }
  const all: CheckpointLine[] = [];
  const names = new Set<string>();
  for (const [index, text] of lines.entries()) {
    if (index > 0 && text !== '') {
      const parsed = parseLine(text, index + 1);
      for (const name of parsed.refs) {
        if (names.size === names.add(name).size) {
          refuse(index + 1, `the name "${name}" is there twice`);
        }
      }
      all.push(parsed);
    }
  }
  return all;
}

function parseLine(text: string, line: number): CheckpointLine {
  const { id, refs, record } = parseJson(text, line);
  const named = Array.isArray(refs) && refs.every((name) => typeof name === 'string');
  if (typeof id !== 'string' || !isHex64(id) || !named) {
    return refuse(line, 'a checkpoint has an id and names');
  }
  refs.forEach((name) => checkName(name, 'ref'));
  const parsed = parseRecord(encodeUtf8(JSON.stringify(record ?? null)));
  return parsed.kind === 'take'
    ? { id: id as CheckpointId, record: parsed, refs }
    : refuse(line, 'it is no checkpoint');
}
