import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { RelPath } from '../../core/tree';
import { EMPTY_REV, LIVE_REV, fromUriParts, toUriParts, type SnapshotPath } from './snapshotUri';

/** A file as a revision holds it. */
export function snapshotUri(repository: Repository, rev: string, path: RelPath): vscode.Uri {
  return vscode.Uri.from(toUriParts({ root: repository.root, rev, path }));
}

/** The other side of a file that one side does not have. */
export function emptyUri(repository: Repository, path: RelPath): vscode.Uri {
  return snapshotUri(repository, EMPTY_REV, path);
}

/** The file in the folder, as it is now. */
export function liveUri(repository: Repository, path: RelPath): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(repository.root), ...path.split('/'));
}

/** What a URI names, where it is one of ours. */
export function parseSnapshotUri(uri: vscode.Uri): SnapshotPath | undefined {
  return fromUriParts(uri);
}

/** A file at a revision; the live folder's files are the real, editable ones (links cannot be opened as such). */
export function revisionUri(
  repository: Repository,
  rev: string,
  file: { path: RelPath; kind: 'file' | 'dir' | 'link' },
): vscode.Uri {
  return rev === LIVE_REV && file.kind === 'file'
    ? liveUri(repository, file.path)
    : snapshotUri(repository, rev, file.path);
}
