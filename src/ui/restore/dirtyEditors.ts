import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { CancelledError } from '../../base/abort';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { baseName, visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { filesWords } from '../words';

const { t } = vscode.l10n;
const NAMED = 10;

/** A document that an editor holds changes of. */
export interface Unsaved {
  path: RelPath;
  save(): Thenable<boolean>;
}

/**
 * Before an undo: unsaved editors inside the target are saved before anything is planned, so the plan and the
 * safety checkpoint hold what the person sees. False: nothing may happen.
 */
export async function saveDirtyEditors(
  ui: Ui,
  repository: Repository,
  paths: readonly RelPath[] | undefined,
): Promise<boolean> {
  const unsaved = findUnsaved(ui, repository, paths);
  if (unsaved.length === 0) {
    return true;
  }
  const save = t('Save All and Restore');
  const message =
    unsaved.length === 1
      ? t('"{0}" has unsaved changes.', visible(baseName(unsaved[0]!.path)))
      : t('{0} files have unsaved changes.', unsaved.length);
  const names = unsaved.slice(0, NAMED).map(({ path }) => visible(path));
  const detail = [
    t('They are saved first, so that the safety snapshot keeps them.'),
    '',
    ...names,
    ...(unsaved.length > names.length ? ['…'] : []),
  ].join('\n');
  if ((await ui.prompts.modal(message, detail, [save])) !== save) {
    return false;
  }
  return saveAll(ui, unsaved);
}

/** In front of what the modal of a plan says: the files that a yes saves first. Empty where there are none. */
export function savedFirst(unsaved: readonly Unsaved[]): string[] {
  const names = unsaved.slice(0, NAMED).map(({ path }) => `  ${visible(path)}`);
  return unsaved.length === 0
    ? []
    : [
        t('Saved first, because an editor holds changes: {0}.', filesWords(unsaved.length)),
        ...names,
        ...(unsaved.length > names.length ? ['  …'] : []),
        '',
      ];
}

/**
 * Saves editors. False: one could not be saved, which was said, and nothing may happen.
 * @throws AbortError where a save takes too long for the person: VS Code's own may hang
 */
export async function saveAll(ui: Ui, unsaved: readonly Unsaved[]): Promise<boolean> {
  for (const document of unsaved) {
    if (!(await saveOne(document))) {
      void ui.prompts.error(
        t('"{0}" could not be saved. Nothing was restored.', visible(document.path)),
      );
      return false;
    }
  }
  return true;
}

function saveOne(document: Unsaved): Promise<boolean> {
  const title = t('Saving "{0}"', visible(baseName(document.path)));
  return withProgress(title, async ({ signal }) => {
    const cancelled = new Promise<never>((_done, fail) => {
      signal?.addEventListener?.('abort', () => fail(new CancelledError()));
    });
    return Promise.race([document.save(), cancelled]);
  });
}

/** Editors with unsaved changes inside the paths; absent: anywhere in the folder. */
export function findUnsaved(
  ui: Ui,
  repository: Repository,
  paths: readonly RelPath[] | undefined,
): Unsaved[] {
  const documents = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return documents.flatMap((document): Unsaved[] => {
    const place = document.isDirty ? ui.repositories.locate(document.uri) : undefined;
    const inTarget = place?.repository === repository && isInside(place.path, paths);
    return inTarget ? [{ path: place.path, save: () => document.save() }] : [];
  });
}

function isInside(path: RelPath, paths: readonly RelPath[] | undefined): boolean {
  return (
    paths === undefined ||
    paths.some((parent) => parent === '' || path === parent || path.startsWith(`${parent}/`))
  );
}
