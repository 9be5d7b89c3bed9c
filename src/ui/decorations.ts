import * as vscode from 'vscode';
import type { ChangeStatus } from '../core/change';
import type { CheckpointInfo } from '../core/engine';
import type { RelPath } from '../core/tree';
import { SNAPSHOT_SCHEME } from './documents/snapshotUri';
import { statusWords } from './words';

/** URIs with this authority name rows, not files: nothing can be opened by them. */
const ROW_AUTHORITY = 'change';
const PLAN_AUTHORITY = 'plan';
const CHECKPOINT_AUTHORITY = 'checkpoint';

const COLOURS: Record<ChangeStatus, string> = {
  A: 'gitDecoration.addedResourceForeground',
  // Git's own is too dark on dark themes (3.9:1).
  D: 'snapdir.deletedForeground',
  M: 'gitDecoration.modifiedResourceForeground',
  R: 'gitDecoration.renamedResourceForeground',
};

/** The resource of a changed file's row: its name picks the icon, its query the decoration. */
export function changeRowUri(path: RelPath, status: ChangeStatus): vscode.Uri {
  return rowUri(ROW_AUTHORITY, path, status);
}

/** As `changeRowUri`, for a row of a plan: its letter colours nothing, because what stands beside the name would be too pale. */
export function planRowUri(path: RelPath, status: ChangeStatus): vscode.Uri {
  return rowUri(PLAN_AUTHORITY, path, status);
}

function rowUri(authority: string, path: RelPath, status: ChangeStatus): vscode.Uri {
  return vscode.Uri.from({ scheme: SNAPSHOT_SCHEME, authority, path: `/${path}`, query: status });
}

const { t } = vscode.l10n;

/** What the badge of a checkpoint can say; VS Code shows two signs at most. */
const MARKS = {
  H: t('HEAD: what your folder was last taken as or restored to'),
  '★': t('Promoted: it has a name and is kept for good'),
  '#': t('Tagged'),
};

/** The resource of a checkpoint's row: its query says what stands at the right edge. */
export function checkpointRowUri({ id, isHead, refs, tags }: CheckpointInfo): vscode.Uri {
  const marks = [isHead ? 'H' : '', refs.length > 0 ? '★' : '', tags.length > 0 ? '#' : ''];
  return vscode.Uri.from({
    scheme: SNAPSHOT_SCHEME,
    authority: CHECKPOINT_AUTHORITY,
    path: `/${id}`,
    query: marks.join('').slice(0, 2),
  });
}

function checkpointDecoration(marks: string): vscode.FileDecoration | undefined {
  const words = [...marks].flatMap((mark) =>
    Object.hasOwn(MARKS, mark) ? MARKS[mark as keyof typeof MARKS] : [],
  );
  return words.length === 0 ? undefined : new vscode.FileDecoration(marks, words.join('\n'));
}

/** Letters and words beside rows: never colour alone. */
export function registerDecorations(): vscode.Disposable {
  return vscode.window.registerFileDecorationProvider({
    provideFileDecoration(uri) {
      if (uri.scheme !== SNAPSHOT_SCHEME) {
        return undefined;
      }
      if (uri.authority === CHECKPOINT_AUTHORITY) {
        return checkpointDecoration(uri.query);
      }
      const status = uri.query as ChangeStatus;
      const isRow = uri.authority === ROW_AUTHORITY || uri.authority === PLAN_AUTHORITY;
      if (!isRow || !Object.hasOwn(COLOURS, status)) {
        return undefined;
      }
      const colour =
        uri.authority === PLAN_AUTHORITY ? undefined : new vscode.ThemeColor(COLOURS[status]);
      return new vscode.FileDecoration(status, statusWords(status), colour);
    },
  });
}
