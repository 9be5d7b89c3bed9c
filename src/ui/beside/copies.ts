import * as vscode from 'vscode';
import type { RelPath } from '../../core/tree';

/**
 * Snapshots that were opened beside the folder lie each in a folder of their own below one place:
 * `<place>/<label>/<name>`. A note beside the copy says where it came from.
 */
const NOTE = 'snapdir-copy.json';

/** Where a copy came from. */
export interface CopyNote {
  /** Absolute path of the folder whose snapshot it is. */
  root: string;
  /** The snapshot, as a REV. */
  rev: string;
  /** What people call it. */
  words: string;
  /** Which part of it; `''` for all. */
  path: RelPath;
  /** Milliseconds since 1970. */
  time: number;
  bytes: number;
}

/** A copy that is on disk. */
export interface OpenedCopy {
  /** The folder that holds the copy and its note, and goes with it. */
  holder: vscode.Uri;
  /** The copy itself; absent where there is nothing but its holder. */
  copy?: vscode.Uri;
  /** Absent for what was restored to this place without being opened. */
  note?: CopyNote;
}

/** Writes down where a copy came from. `copy` is an absolute path. */
export async function noteCopy(copy: string, note: CopyNote): Promise<void> {
  const file = vscode.Uri.joinPath(vscode.Uri.file(copy), '..', NOTE);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(JSON.stringify(note)));
}

/** Every copy below the place, newest first. */
export async function listCopies(place: string): Promise<OpenedCopy[]> {
  const base = vscode.Uri.file(place);
  const holders = await entriesOf(base);
  const found = await Promise.all(
    holders
      .filter(([, type]) => type === vscode.FileType.Directory)
      .map(([name]) => readCopy(vscode.Uri.joinPath(base, name))),
  );
  return found.sort((a, b) => (b.note?.time ?? 0) - (a.note?.time ?? 0));
}

async function readCopy(holder: vscode.Uri): Promise<OpenedCopy> {
  const entries = await entriesOf(holder);
  const name = entries.find(([one]) => one !== NOTE && !one.startsWith('.snapdir-'))?.[0];
  const note = await readNote(vscode.Uri.joinPath(holder, NOTE));
  return {
    holder,
    ...(name === undefined ? {} : { copy: vscode.Uri.joinPath(holder, name) }),
    ...(note === undefined ? {} : { note }),
  };
}

async function entriesOf(folder: vscode.Uri): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}

/** Undefined where there is none, or something else is in its place: files are never trusted. */
async function readNote(file: vscode.Uri): Promise<CopyNote | undefined> {
  try {
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
    return parseNote(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function parseNote(value: unknown): CopyNote | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { root, rev, words, path, time, bytes } = value as Record<string, unknown>;
  const isNote =
    typeof root === 'string' &&
    typeof rev === 'string' &&
    typeof words === 'string' &&
    typeof path === 'string' &&
    typeof time === 'number' &&
    typeof bytes === 'number';
  return isNote ? { root, rev, words, path, time, bytes } : undefined;
}

/** The copy that a file or folder lies in, and its path there. */
export async function copyOf(
  place: string,
  uri: vscode.Uri,
): Promise<{ copy: vscode.Uri; note: CopyNote; path: RelPath } | undefined> {
  if (uri.scheme !== 'file') {
    return undefined;
  }
  for (const { copy, note } of await listCopies(place)) {
    if (copy === undefined || note === undefined) {
      continue;
    }
    const inside = uri.path === copy.path || uri.path.startsWith(`${copy.path}/`);
    if (inside) {
      return { copy, note, path: uri.path.slice(copy.path.length + 1) };
    }
  }
  return undefined;
}
