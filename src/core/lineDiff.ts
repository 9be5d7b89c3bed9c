import { structuredPatch, type StructuredPatchHunk } from 'diff';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import { binaryPatchLines, type BinaryTools } from './binaryPatch';
import type { Change, ChangeSide } from './change';
import type { RelPath } from './tree';

/** Where git, too, looks for a NUL. */
const BINARY_PROBE = 8000;
const CONTEXT = 3;
/** Beyond this many differing lines the search for the shortest diff would take seconds. */
const MAX_EDITS = 3000;
/** Git's names for the empty file and for none: GNU patch deletes an empty file only when it sees them. */
const EMPTY_BLOB = 'e69de29';
const NO_BLOB = '0000000';
const NO_NEWLINE = '\\ No newline at end of file';

/** Whether bytes are shown as "binary": a NUL near the beginning, as in git. */
export function isBinary(bytes: Uint8Array): boolean {
  const nul = bytes.indexOf(0);
  return nul >= 0 && nul < BINARY_PROBE;
}

/** A file's text; undefined where a patch, which is text itself, could not carry it unchanged. */
function textOf(bytes: Uint8Array): string | undefined {
  if (isBinary(bytes)) {
    return undefined;
  }
  try {
    return decodeUtf8(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a patch can carry these bytes as lines: UTF-8 without a NUL near the beginning. */
export function isText(bytes: Uint8Array): boolean {
  return textOf(bytes) !== undefined;
}

/** A name as git quotes it, where a reader of the patch would otherwise misread it. */
function quoteWhere(pattern: RegExp, name: string): string {
  if (!pattern.test(name)) {
    return name;
  }
  const escaped = name
    .replace(/["\\]/g, '\\$&')
    .replace(
      /[\x00-\x1f\x7f]/g,
      (character) => '\\' + character.charCodeAt(0).toString(8).padStart(3, '0'),
    );
  return `"${escaped}"`;
}

/** In header lines also names with spaces: git does not need it, GNU patch does. */
function quote(name: string): string {
  return quoteWhere(/[\x00-\x20\x7f"\\]/, name);
}

/** In `---` and `+++` lines a tab ends a name that holds spaces, for readers that look for a date. */
function headerName(name: string): string {
  return quoteWhere(/[\x00-\x1f\x7f"\\]/, name) + (name.includes(' ') ? '\t' : '');
}

function gitMode(side: ChangeSide): string {
  if (side.kind === 'link') {
    return '120000';
  }
  return ((side.mode ?? 0) & 0o100) === 0 ? '100644' : '100755';
}

/** A hunk that replaces everything, for files too different to search for what they share. */
function replaceAll(left: string, right: string): StructuredPatchHunk[] {
  const mark = (text: string, sign: string): string[] => {
    const lines = text.split('\n');
    const rest = lines.pop();
    const marked = lines.map((line) => sign + line);
    return rest === '' || rest === undefined ? marked : [...marked, sign + rest, NO_NEWLINE];
  };
  const count = (lines: string[]): number => lines.filter((line) => line !== NO_NEWLINE).length;
  const [removed, added] = [mark(left, '-'), mark(right, '+')];
  const lines = [...removed, ...added];
  return [{ oldStart: 1, oldLines: count(removed), newStart: 1, newLines: count(added), lines }];
}

function hunksOf(left: string, right: string): StructuredPatchHunk[] {
  const options = { context: CONTEXT, maxEditLength: MAX_EDITS };
  const patch = structuredPatch('', '', left, right, '', '', options);
  return patch?.hunks ?? replaceAll(left, right);
}

function range(start: number, count: number): string {
  // An empty side names the line before it.
  return `${count === 0 ? start - 1 : start},${count}`;
}

function formatHunk(hunk: StructuredPatchHunk): string[] {
  const left = range(hunk.oldStart, hunk.oldLines);
  const right = range(hunk.newStart, hunk.newLines);
  return [`@@ -${left} +${right} @@`, ...hunk.lines];
}

/** One side of a patch: undefined where the file is not there. */
interface PatchSide {
  path: RelPath;
  side: ChangeSide;
  /** null: not at hand. */
  bytes: Uint8Array | null;
}

function patchSide(
  side: ChangeSide | undefined,
  path: RelPath,
  bytes: Uint8Array | null,
): PatchSide | undefined {
  // Git's patches know no directories.
  if (side === undefined || side.kind === 'dir') {
    return undefined;
  }
  const content = side.kind === 'link' ? encodeUtf8(side.target ?? '') : bytes;
  return { path, side, bytes: content };
}

function contentLines(
  left: PatchSide | undefined,
  right: PatchSide | undefined,
  tools: BinaryTools | undefined,
): string[] {
  const known = left?.side.checksum;
  if (known !== undefined && known === right?.side.checksum) {
    return [];
  }
  const nothing = new Uint8Array();
  const [a, b] = [left, right].map((one) => (one === undefined ? nothing : one.bytes));
  const oldName = left === undefined ? '/dev/null' : `a/${left.path}`;
  const newName = right === undefined ? '/dev/null' : `b/${right.path}`;
  const oldText = a ? textOf(a) : undefined;
  const newText = b ? textOf(b) : undefined;
  if (oldText === undefined || newText === undefined) {
    if (tools !== undefined && a && b) {
      return binaryPatchLines(left === undefined ? null : a, right === undefined ? null : b, tools);
    }
    return [`Binary files ${quote(oldName)} and ${quote(newName)} differ`];
  }
  const hunks = oldText === newText ? [] : hunksOf(oldText, newText);
  if (hunks.length === 0) {
    return [];
  }
  const head = [`--- ${headerName(oldName)}`, `+++ ${headerName(newName)}`];
  return [...head, ...hunks.flatMap(formatHunk)];
}

function modeLines(left: PatchSide | undefined, right: PatchSide | undefined): string[] {
  if (left === undefined || right === undefined) {
    const empty = (left ?? right)?.bytes?.length === 0;
    return right !== undefined
      ? [
          `new file mode ${gitMode(right.side)}`,
          ...(empty ? [`index ${NO_BLOB}..${EMPTY_BLOB}`] : []),
        ]
      : [
          `deleted file mode ${gitMode(left!.side)}`,
          ...(empty ? [`index ${EMPTY_BLOB}..${NO_BLOB}`] : []),
        ];
  }
  const [before, after] = [gitMode(left.side), gitMode(right.side)];
  const lines = before === after ? [] : [`old mode ${before}`, `new mode ${after}`];
  if (left.path !== right.path) {
    const names = [`rename from ${quote(left.path)}`, `rename to ${quote(right.path)}`];
    lines.push('similarity index 100%', ...names);
  }
  return lines;
}

function onePatch(
  left: PatchSide | undefined,
  right: PatchSide | undefined,
  tools: BinaryTools | undefined,
): string {
  const [from, to] = [left ?? right, right ?? left];
  if (from === undefined || to === undefined) {
    return '';
  }
  const body = [...modeLines(left, right), ...contentLines(left, right, tools)];
  if (body.length === 0) {
    return '';
  }
  return [`diff --git ${quote(`a/${from.path}`)} ${quote(`b/${to.path}`)}`, ...body, ''].join('\n');
}

/**
 * A change as git writes it, for `git apply` and `patch -p1`; empty for directories and where a patch has no
 * words for the difference (modes beyond "executable"). Files that are not UTF-8 text come as a binary patch
 * where `tools` are given, which git alone reads; without, and where bytes are `null`, as "Binary files … differ".
 * Bytes of a side that is not there, or that is a link (its target counts), are ignored.
 */
export function patchFor(
  change: Change,
  leftBytes: Uint8Array | null,
  rightBytes: Uint8Array | null,
  tools?: BinaryTools,
): string {
  const left = patchSide(change.left, change.oldPath ?? change.path, leftBytes);
  const right = patchSide(change.right, change.path, rightBytes);
  if (left !== undefined && right !== undefined && left.side.kind !== right.side.kind) {
    // A file and a link are two things, also to git: one goes, one comes.
    return onePatch(left, undefined, tools) + onePatch(undefined, right, tools);
  }
  return onePatch(left, right, tools);
}
