// `snapdir.json`: which names were promoted, meant for Git. One line a name, sorted, each ended by a comma, and a
// last line that never changes. Git merges names by itself whose lines do not touch; of neighbours it makes a conflict.
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import { SnapdirError } from '../errors';
import { fromOutside } from '../outsideText';
import type { ParseProblem } from '../reasons';
import { isHex64, type SnapshotId } from '../ids';
import { checkName } from '../refName';

/** Name at the workspace root. */
export const PROMOTED_MANIFEST = 'snapdir.json';
/** `~` is no name of a ref, and sorts last. */
const LAST_LINE = '  "~": "snapdir promoted snapshots 1"';
/** No manifest is longer. */
export const MAX_PROMOTED_BYTES = 16 * 1024 * 1024;
const MAX_NAMES = 100_000;

/** Name → snapshot. */
export type Promoted = ReadonlyMap<string, SnapshotId>;

/** A name that stands for different snapshots, all of them; `removed`: one side took it away. */
export interface PromotedConflict {
  name: string;
  ids: SnapshotId[];
  removed: boolean;
}

/** Whose goes in a conflict: what was read first (ours), or last (theirs). */
export type Preferred = 'first' | 'last' | null;

/** A text, or the sides of one with a conflict; `base`: what they come from, where that is known. */
export interface PromotedText<Side = Promoted> {
  sides: Side[];
  base?: Side;
}

export interface MergedPromoted {
  merged: Map<string, SnapshotId>;
  conflicts: PromotedConflict[];
  /** Whether it is known what the sides of each text come from; without, a name that only one changed is a conflict, too. */
  base: boolean;
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
const refuse = (line: number, reason: string, why: ParseProblem): never => {
  throw new SnapdirError('PARSE', { what: PROMOTED_MANIFEST, line, reason, why, file: 'promoted' });
};

/** One line; undefined for what is no name. */
function parseLine(text: string, line: number): [string, SnapshotId] | undefined {
  const bare = text.trim();
  if (bare === '' || bare === '{' || bare === '}') {
    return undefined;
  }
  const match = LINE.exec(text);
  if (match === null) {
    return refuse(line, 'expected one name and one snapshot id', 'line');
  }
  let name: unknown;
  let id: unknown;
  try {
    name = JSON.parse(match[1]!);
    id = JSON.parse(match[2]!);
  } catch {
    return refuse(line, 'it is not JSON', 'not-json');
  }
  if (typeof name !== 'string' || typeof id !== 'string' || name === '~') {
    return undefined;
  }
  checkName(name, 'ref');
  return isHex64(id)
    ? [name, id as SnapshotId]
    : refuse(line, 'a snapshot id has 64 hex digits', 'line');
}

function linesOf(bytes: Uint8Array): string[] {
  if (bytes.length > MAX_PROMOTED_BYTES) {
    refuse(1, `longer than ${MAX_PROMOTED_BYTES} bytes`, 'too-many');
  }
  let text = '';
  try {
    text = decodeUtf8(bytes);
  } catch {
    refuse(1, 'it is not UTF-8', 'not-json');
  }
  const [all = ''] = /^\{.+$|^\{\}$/.exec(text.trim()) ?? [];
  return all.endsWith('}') ? entriesOf(all.slice(1, -1)) : text.split(/\r?\n/);
}

/** The entries of an object that stands on one line, as programs write it. */
function entriesOf(line: string): string[] {
  const entries: string[] = [];
  let [begin, inText] = [0, false];
  for (let at = 0; at < line.length; at++) {
    const char = line[at];
    if (char === '\\') {
      at++;
    } else if (char === '"') {
      inText = !inText;
    } else if (char === ',' && !inText) {
      entries.push(line.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...entries, line.slice(begin)];
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
      refuse(
        index + 1,
        'Git left a conflict there; "snapdir merge-manifests" settles it',
        'git-conflict',
      );
    }
    const line = parseLine(text, index + 1);
    if (line !== undefined) {
      if (promoted.has(line[0]) || promoted.size >= MAX_NAMES) {
        const twice = promoted.has(line[0]);
        const reason = twice ? 'a name stands there twice' : 'too many names';
        refuse(index + 1, reason, twice ? 'name-twice' : 'too-many');
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
export function splitConflict(bytes: Uint8Array): PromotedText<Uint8Array> {
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
    refuse(1, 'a conflict in it has no end', 'git-conflict');
  }
  const text = (lines: string[]): Uint8Array => encodeUtf8(lines.join('\n'));
  return {
    sides: marked ? [text(sides.ours), text(sides.theirs)] : [text(sides.ours)],
    ...(hasBase ? { base: text(sides.base) } : {}),
  };
}

/** What a name stands for in one text, ours first; undefined among it: taken away. */
function standsFor(name: string, { sides, base }: PromotedText): (SnapshotId | undefined)[] {
  const ids = new Set(sides.map((side) => side.get(name)));
  if (base === undefined) {
    ids.delete(undefined); // Nobody knows whether it was ever there.
  } else if (ids.size > 1) {
    ids.delete(base.get(name)); // Who left it as it was gives way.
  }
  return [...ids];
}

/**
 * Puts several promoted manifests together. A name that only one side changed against the base goes with that
 * one; a name that stands for different snapshots is a conflict, and goes as `prefer` says (null: as the first has
 * it). Names are taken away only by a side of a text with a base, and stay when another text has them.
 */
export function mergePromoted(texts: readonly PromotedText[], prefer: Preferred): MergedPromoted {
  const ordered =
    prefer === 'last'
      ? texts.map((text) => ({ ...text, sides: text.sides.toReversed() })).toReversed()
      : texts;
  const names = new Set(texts.flatMap(({ sides }) => sides.flatMap((side) => [...side.keys()])));
  const merged: [string, SnapshotId][] = [];
  const conflicts: PromotedConflict[] = [];
  for (const name of names) {
    const found = ordered.map((text) => standsFor(name, text));
    const all = new Set(found.filter((ids) => ids.some((id) => id !== undefined)).flat());
    const [first] = all;
    if (first !== undefined) {
      merged.push([name, first]);
    }
    if (all.size > 1) {
      const removed = all.delete(undefined);
      conflicts.push({ name, ids: [...all] as SnapshotId[], removed });
    }
  }
  conflicts.sort((a, b) => (a.name < b.name ? -1 : 1));
  const isKnown = ({ sides, base }: PromotedText): boolean =>
    sides.length === 1 || base !== undefined;
  return { merged: new Map(merged.sort(byName)), conflicts, base: texts.every(isKnown) };
}

/** Undefined for what is no manifest: where histories cross, Git makes a base with marks of its own. */
function parseBase(bytes: Uint8Array): Promoted | undefined {
  try {
    return parsePromoted(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads a text, with the sides of Git's conflict where it has one. `indexBase` is asked for the base only where the
 * text has a conflict and does not tell the base itself.
 * @throws PARSE, INVALID_NAME
 */
export function readPromoted(
  bytes: Uint8Array,
  indexBase: () => Uint8Array | undefined,
): PromotedText {
  const split = splitConflict(bytes);
  const sides = split.sides.map(parsePromoted);
  const text = split.base ?? (sides.length > 1 ? indexBase() : undefined);
  const base = text && parseBase(text);
  return { sides, ...(base === undefined ? {} : { base }) };
}

/** Reads one of several files: an error tells which of them it is, which the parser does not know. */
export const inManifest = <T>(path: string, read: () => T): T =>
  fromOutside('promoted', path, read);
