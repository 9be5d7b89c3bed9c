import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import type { SnapshotText } from '../compareManifests';
import { differingLines, type SameBytes } from '../manifest/differingLines';
import { LineScanner } from '../manifest/scan';
import { compareUtf8 } from '../order';
import type { LinkEntry } from '../tree';

/** What differs on one side: lines of a manifest in its order, and links. */
export interface EdgeSide {
  lines: Uint8Array;
  links: LinkEntry[];
}

/**
 * What differs between two snapshots: of every file or folder that is not alike in both, its line in each.
 * Folders whose own mode is as it was are left out, whatever is in them.
 */
export interface Edge {
  left: EdgeSide;
  right: EdgeSide;
}

const NO_SIDE: EdgeSide = { lines: new Uint8Array(0), links: [] };
/** Nothing differs. */
export const EMPTY_EDGE: Edge = { left: NO_SIDE, right: NO_SIDE };

/** An edge of these two sides; those in which nothing differs are one and the same, since a history may have thousands. */
export function toEdge(left: EdgeSide, right: EdgeSide): Edge {
  const [before, after] = [left, right].map((side) =>
    side.lines.length + side.links.length === 0 ? NO_SIDE : side,
  ) as [EdgeSide, EdgeSide];
  return before === NO_SIDE && after === NO_SIDE ? EMPTY_EDGE : { left: before, right: after };
}

/** A side's lines by path, a folder's with its `/`; each with everything in front of the path. */
type Lines = Map<string, { head: string; isFile: boolean }>;

/** @returns undefined: a line is not in canonical form */
function linesOf(bytes: Uint8Array): Lines | undefined {
  const lines: Lines = new Map();
  const scan = new LineScanner(bytes);
  while (!scan.done) {
    if (!scan.next()) {
      return undefined;
    }
    const head = decodeUtf8(bytes.subarray(scan.lineAt, scan.pathAt));
    const path = decodeUtf8(bytes.subarray(scan.pathAt, scan.pathEnd));
    lines.set(path, { head, isFile: scan.isFile });
  }
  return lines;
}

function toBytes(lines: Lines, order: readonly string[]): Uint8Array {
  let text = '';
  for (const path of order) {
    const line = lines.get(path);
    text += line === undefined ? '' : `${line.head}${path}\n`;
  }
  return encodeUtf8(text);
}

/** `D 755 `: what a folder itself is; the rest of its line says what is in it. */
const ownPart = (head: string): string => head.slice(0, head.indexOf(' ', 2));

function edgeOf(left: Lines, right: Lines, links: [LinkEntry[], LinkEntry[]]): Edge {
  for (const [path, line] of left) {
    const other = right.get(path);
    const same =
      other !== undefined &&
      (line.isFile ? other.head === line.head : ownPart(other.head) === ownPart(line.head));
    // A tree without a root line is the empty one: that the folder itself is there is no news.
    if (same || (path === '' && other === undefined)) {
      left.delete(path);
      right.delete(path);
    }
  }
  if (!left.has('')) {
    right.delete('');
  }
  const order = [...new Set([...left.keys(), ...right.keys()])].sort(compareUtf8);
  const [before, after] = differingLinks(...links);
  return toEdge(
    { lines: toBytes(left, order), links: before },
    { lines: toBytes(right, order), links: after },
  );
}

function differingLinks(left: LinkEntry[], right: LinkEntry[]): [LinkEntry[], LinkEntry[]] {
  const only = (from: LinkEntry[], other: LinkEntry[]): LinkEntry[] => {
    const known = new Map(other.map(({ path, target }) => [path, target]));
    return from.filter(({ path, target }) => known.get(path) !== target);
  };
  return left.length === 0 && right.length === 0
    ? [[], []]
    : [only(left, right), only(right, left)];
}

/**
 * What differs between two snapshots. Costs as much as two comparisons of memory, and what differs.
 * @returns undefined: a line that differs is not in canonical form
 */
export function edgeBetween(
  left: SnapshotText,
  right: SnapshotText,
  same: SameBytes,
): Edge | undefined {
  const lines = differingLines(left.bytes, right.bytes, same);
  return lines && edgeOfLines(lines, [left.links, right.links]);
}

/**
 * The same, where the lines that differ are known (`differingLines`), and all links of both sides.
 * @returns undefined: one of them is not in canonical form
 */
export function edgeOfLines(
  lines: { left: Uint8Array; right: Uint8Array },
  links: [LinkEntry[], LinkEntry[]],
): Edge | undefined {
  const [a, b] = [linesOf(lines.left), linesOf(lines.right)];
  return a && b && edgeOf(a, b, links);
}

/** What differs between the first and the last of three snapshots, out of the two steps. */
export function composeEdges(first: Edge, second: Edge): Edge {
  const [a, b] = [linesOf(first.left.lines), linesOf(first.right.lines)];
  const [c, d] = [linesOf(second.left.lines), linesOf(second.right.lines)];
  if (!a || !b || !c || !d) {
    return EMPTY_EDGE;
  }
  const before: Lines = new Map(a);
  for (const [path, line] of c) {
    if (!b.has(path) && !a.has(path)) {
      before.set(path, line);
    }
  }
  const after: Lines = new Map(d);
  for (const [path, line] of b) {
    if (!c.has(path) && !d.has(path)) {
      after.set(path, line);
    }
  }
  const through = (own: LinkEntry[], step: Edge, other: LinkEntry[]): LinkEntry[] => {
    const seen = new Set([...step.left.links, ...step.right.links].map(({ path }) => path));
    return [...own, ...other.filter(({ path }) => !seen.has(path))];
  };
  const left = through(first.left.links, first, second.left.links);
  const right = through(second.right.links, second, first.right.links);
  return edgeOf(before, after, [left, right]);
}

/** How many bytes an edge takes, nearly. */
export function edgeBytes({ left, right }: Edge): number {
  return left.lines.length + right.lines.length + 100 * (left.links.length + right.links.length);
}
