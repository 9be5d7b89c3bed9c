// `snapdir.json`: which names were promoted, meant for Git. One line a name, sorted, each ended by a comma, and a
// last line that never changes, so that Git merges what touches different names by itself.
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../errors';
import { isHex64, type SnapshotId } from '../ids';
import { checkName } from '../refName';

/** Name at the workspace root. */
export const PROMOTED_MANIFEST = 'snapdir.json';
/** `~` is no name of a ref, and sorts last. */
const LAST_LINE = '  "~": "snapdir promoted snapshots 1"';
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_NAMES = 100_000;

/** Name → snapshot. */
export type Promoted = ReadonlyMap<string, SnapshotId>;

/** A name that stands for different snapshots; none is dropped. `null`: it is not in that text any more. */
export interface PromotedConflict {
  name: string;
  ids: SnapshotId[];
}

export interface MergedPromoted {
  merged: Map<string, SnapshotId>;
  conflicts: PromotedConflict[];
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** The text of a promoted manifest. */
export function formatPromoted(promoted: Promoted): Uint8Array {
  const lines = [...promoted]
    .sort(byName)
    .map(([name, id]) => `  ${JSON.stringify(name)}: ${JSON.stringify(id)},\n`);
  return encodeUtf8(`{\n${lines.join('')}${LAST_LINE}\n}\n`);
}

const LINE = /^\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*")\s*,?\s*$/;
const refuse = (line: number, reason: string): never => {
  throw new SnapdirError('PARSE', { what: PROMOTED_MANIFEST, line, reason });
};

/** One line; undefined for what is no name. */
function parseLine(text: string, line: number): [string, SnapshotId] | undefined {
  const bare = text.trim();
  if (bare === '' || bare === '{' || bare === '}') {
    return undefined;
  }
  const match = LINE.exec(text);
  if (match === null) {
    return refuse(line, 'expected one name and one snapshot id');
  }
  let name: unknown;
  let id: unknown;
  try {
    name = JSON.parse(match[1]!);
    id = JSON.parse(match[2]!);
  } catch {
    return refuse(line, 'it is not JSON');
  }
  if (typeof name !== 'string' || typeof id !== 'string' || name === '~') {
    return undefined;
  }
  checkName(name, 'ref');
  return isHex64(id) ? [name, id as SnapshotId] : refuse(line, 'a snapshot id has 64 hex digits');
}

function linesOf(bytes: Uint8Array): string[] {
  if (bytes.length > MAX_BYTES) {
    refuse(1, `longer than ${MAX_BYTES} bytes`);
  }
  let text = '';
  try {
    text = decodeUtf8(bytes);
  } catch {
    refuse(1, 'it is not UTF-8');
  }
  return text.split(/\r?\n/);
}

const OURS = /^<{7}( |$)/;
const BASE = /^\|{7}( |$)/;
const MIDDLE = /^={7}$/;
const THEIRS = /^>{7}( |$)/;

/** Whether Git left its marks in the text. */
export function hasConflictMarkers(bytes: Uint8Array): boolean {
  return linesOf(bytes).some((line) => OURS.test(line));
}

/**
 * Reads a promoted manifest, in any order of lines.
 * @throws PARSE (also: a name twice, or Git's conflict markers: `snapdir merge-manifests` settles those), INVALID_NAME
 */
export function parsePromoted(bytes: Uint8Array): Map<string, SnapshotId> {
  const promoted = new Map<string, SnapshotId>();
  for (const [index, text] of linesOf(bytes).entries()) {
    if (OURS.test(text)) {
      refuse(index + 1, 'Git left a conflict there; "snapdir merge-manifests" settles it');
    }
    const line = parseLine(text, index + 1);
    if (line !== undefined) {
      if (promoted.has(line[0]) || promoted.size >= MAX_NAMES) {
        refuse(index + 1, promoted.has(line[0]) ? 'a name stands there twice' : 'too many names');
      }
      promoted.set(...line);
    }
  }
  return promoted;
}

/**
 * The sides of a text in which Git left conflict markers: ours, theirs, and the base where Git wrote it
 * (`merge.conflictStyle` diff3). A text without markers gives itself alone.
 * @throws PARSE, INVALID_NAME
 */
export function splitConflict(bytes: Uint8Array): { sides: Uint8Array[]; base?: Uint8Array } {
  const sides: { ours: string[]; base: string[]; theirs: string[] } = {
    ours: [],
    base: [],
    theirs: [],
  };
  let at: 'all' | 'ours' | 'base' | 'theirs' = 'all';
  let marked = false;
  let hasBase = false;
  for (const line of linesOf(bytes)) {
    if (OURS.test(line) && at === 'all') {
      [at, marked] = ['ours', true];
    } else if (BASE.test(line) && at === 'ours') {
      [at, hasBase] = ['base', true];
    } else if (MIDDLE.test(line) && (at === 'ours' || at === 'base')) {
      at = 'theirs';
    } else if (THEIRS.test(line) && at === 'theirs') {
      at = 'all';
    } else {
      for (const side of at === 'all' ? (['ours', 'base', 'theirs'] as const) : ([at] as const)) {
        sides[side].push(line);
      }
    }
  }
  if (at !== 'all') {
    refuse(1, 'a conflict in it has no end');
  }
  const text = (lines: string[]): Uint8Array => encodeUtf8(lines.join('\n'));
  return {
    sides: marked ? [text(sides.ours), text(sides.theirs)] : [text(sides.ours)],
    ...(hasBase ? { base: text(sides.base) } : {}),
  };
}

/**
 * Puts several promoted manifests together. A name that only one changed against the base goes with that one; a
 * name that stands for different snapshots is a conflict and keeps its first. Names are taken away only where
 * the base has them and everybody else left them as they were.
 */
export function mergePromoted(sides: readonly Promoted[], base?: Promoted): MergedPromoted {
  const names = new Set([...sides.flatMap((side) => [...side.keys()])]);
  const merged: [string, SnapshotId][] = [];
  const conflicts: PromotedConflict[] = [];
  for (const name of names) {
    const old = base?.get(name);
    const ids = new Set(sides.map((side) => side.get(name)));
    const isGone = ids.delete(undefined) && old !== undefined;
    if (ids.size > 1) {
      ids.delete(old);
    }
    const left = [...ids] as SnapshotId[];
    if (isGone && left.length === 1 && left[0] === old) {
      continue; // One took it away, nobody else touched it.
    }
    if (left.length > 1 || isGone) {
      conflicts.push({ name, ids: left });
    }
    merged.push([name, left[0]!]);
  }
  conflicts.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { merged: new Map(merged.sort(byName)), conflicts };
}
