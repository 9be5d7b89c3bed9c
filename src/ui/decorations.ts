import * as vscode from 'vscode';
import type { ChangeStatus } from '../core/change';
import type { RelPath } from '../core/tree';
import { SNAPSHOT_SCHEME } from './documents/snapshotUri';
import { statusWords } from './words';

/** URIs with this authority name rows, not files: nothing can be opened by them. */
const ROW_AUTHORITY = 'change';

const COLOURS: Record<ChangeStatus, string> = {
  A: 'gitDecoration.addedResourceForeground',
  // Git's own is too dark on dark themes (3.9:1).
  D: 'snapdir.deletedForeground',
  M: 'gitDecoration.modifiedResourceForeground',
  R: 'gitDecoration.renamedResourceForeground',
};

/** The resource of a changed file's row: its name picks the icon, its query the decoration. */
export function changeRowUri(path: RelPath, status: ChangeStatus): vscode.Uri {
  return vscode.Uri.from({
    scheme: SNAPSHOT_SCHEME,
    authority: ROW_AUTHORITY,
    path: `/${path}`,
    query: status,
  });
}

/** A letter, a colour and words beside each changed file: never colour alone. */
export function registerDecorations(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration(uri) {
      const status = uri.query as ChangeStatus;
      if (
        uri.scheme !== SNAPSHOT_SCHEME ||
        uri.authority !== ROW_AUTHORITY ||
        !Object.hasOwn(COLOURS, status)
      ) {
        return undefined;
      }
      return new vscode.FileDecoration(
        status,
        statusWords(status),
        new vscode.ThemeColor(COLOURS[status]),
      );
    },
  });
}
