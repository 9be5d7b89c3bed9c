import { throwIfCancelled, type CancelSignal } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { Change, ChangeSide } from '../change';
import { compareTrees } from '../compare';
import { findFile, findFolder } from '../manifest/findLine';
import { readLines } from '../manifest/lines';
import { isWithin } from '../paths';
import type { ChangeCounts } from '../records';
import { toSide } from '../treeJoin';
import type { RelPath, Tree } from '../tree';
import type { Edge, EdgeSide } from './edge';

/** What became of one file from a snapshot to the next. */
export interface FileStep {
  /** A: it came. D: it went. M: its content or kind differs. R: it came from another place. */
  status: Change['status'];
  /** The name it had before, for R. */
  oldPath?: RelPath;
  /** Where its content went, for D, when it was moved. */
  movedTo?: RelPath;
  left?: ChangeSide;
  right?: ChangeSide;
}

function sideAt({ lines, links }: EdgeSide, path: RelPath): ChangeSide | undefined {
  const node = findFile(lines, path) ?? links.find((link) => link.path === path);
  return node && toSide(node);
}

/** What a file holds differs; its mode says nothing. */
function sameContent(left: ChangeSide, right: ChangeSide): boolean {
  return (
    left.kind === right.kind && left.checksum === right.checksum && left.target === right.target
  );
}

/**
 * What became of a file (or a link); undefined: its content is the same. Moves are found as comparisons find
 * them, by content that went in one place and came in another.
 * @throws PARSE, UNSAFE_PATH where the edge is damaged; AbortError
 */
export function fileStep(edge: Edge, path: RelPath, signal?: CancelSignal): FileStep | undefined {
  const [left, right] = [sideAt(edge.left, path), sideAt(edge.right, path)];
  if (left !== undefined && right !== undefined) {
    return sameContent(left, right) ? undefined : { status: 'M', left, right };
  }
  if (right !== undefined) {
    const move = findMove(edge, right, (change) => change.path === path, signal);
    return move?.oldPath === undefined
      ? { status: 'A', right }
      : { status: 'R', oldPath: move.oldPath, ...(move.left && { left: move.left }), right };
  }
  if (left === undefined) {
    return undefined;
  }
  const move = findMove(edge, left, (change) => change.oldPath === path, signal);
  return { status: 'D', left, ...(move && { movedTo: move.path }) };
}

function findMove(
  edge: Edge,
  side: ChangeSide,
  wanted: (change: Change) => boolean,
  signal: CancelSignal | undefined,
): Change | undefined {
  const { kind, checksum, size } = side;
  if (kind !== 'file' || size === 0 || checksum === undefined) {
    return undefined;
  }
  // Pairing needs all of the changes, so first whether there is anything to pair with.
  const there = (lines: Uint8Array): boolean => decodeUtf8(lines).includes(` ${checksum} `);
  if (!there(edge.left.lines) || !there(edge.right.lines)) {
    return undefined;
  }
  return changesOf(edge, signal).find((change) => change.status === 'R' && wanted(change));
}

/** The changes of edges asked for last: a file and the folders around it ask for the same. */
const known = new WeakMap<Edge, Change[]>();

function changesOf(edge: Edge, signal?: CancelSignal): Change[] {
  let changes = known.get(edge);
  if (changes === undefined) {
    const options = signal === undefined ? {} : { signal };
    changes = compareTrees(treeOf(edge.left), treeOf(edge.right), options).changes;
    known.set(edge, changes);
  }
  return changes;
}

const treeOf = ({ lines, links }: EdgeSide): Tree => ({ entries: readLines(lines, {}), links });

function within({ lines, links }: EdgeSide, folder: RelPath): EdgeSide {
  const [from, end] = findFolder(lines, folder);
  return {
    lines: lines.subarray(from, end),
    links: links.filter(({ path }) => isWithin(path, folder) && path !== folder),
  };
}

const isEmpty = ({ lines, links }: EdgeSide): boolean => lines.length === 0 && links.length === 0;

/**
 * What changed below a folder: what moved in or out of it came or went. undefined: nothing at all.
 * @throws PARSE, UNSAFE_PATH where the edge is damaged; AbortError
 */
export function folderStep(
  edge: Edge,
  folder: RelPath,
  signal?: CancelSignal,
): ChangeCounts | undefined {
  throwIfCancelled(signal);
  const [left, right] = [within(edge.left, folder), within(edge.right, folder)];
  return isEmpty(left) && isEmpty(right)
    ? undefined
    : compareTrees(treeOf(left), treeOf(right)).counts;
}

/** Whether a file or folder differs, or anything below it: content, mode or kind. */
export function isTouched(edge: Edge, path: RelPath): boolean {
  return [edge.left, edge.right].some(
    (side) => sideAt(side, path) !== undefined || !isEmpty(within(side, path)),
  );
}
