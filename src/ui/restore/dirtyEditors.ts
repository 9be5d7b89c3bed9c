import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { RelPath } from '../../core/tree';
import { baseName, visible } from '../text/displayText';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/** A document that an editor holds changes of. */
export interface Unsaved {
  path: RelPath;
  save(): Thenable<boolean>;
}

/**
 * Unsaved editors inside the target are saved before anything is planned: the plan and the safety
 * checkpoint then hold what the person sees. False: nothing may happen.
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
  const names = unsaved.slice(0, 10).map(({ path }) => visible(path));
  const detail = [
    t('They are saved first, so that the safety snapshot keeps them.'),
    '',
    ...names,
    ...(unsaved.length > names.length ? ['…'] : []),
  ].join('\n');
  if ((await ui.prompts.modal(message, detail, [save])) !== save) {
    return false;
  }
  for (const document of unsaved) {
    if (!(await document.save())) {
      void ui.prompts.error(
        t('"{0}" could not be saved. Nothing was restored.', visible(document.path)),
      );
      return false;
    }
  }
  return true;
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
