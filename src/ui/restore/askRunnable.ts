import * as vscode from 'vscode';
import { runnableFiles } from '../../app/restore';
import type { Repository } from '../../app/repository';
import type { RestoreToParams } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { withProgress } from '../progress';
import { visible, withoutIcons } from '../text/displayText';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/**
 * Which files to bring to another place although an editor, Git or npm would run them: of a snapshot from elsewhere they are
 * listed, and left out unless somebody ticks them (H45). Empty where there is nothing to ask; undefined: it was left.
 */
export async function askRunnable(
  ui: Ui,
  repository: Repository,
  params: Pick<RestoreToParams, 'rev' | 'paths' | 'overwrite'>,
  asked: { title: string; ticked?: readonly RelPath[] },
): Promise<RelPath[] | undefined> {
  const { title, ticked = [] } = asked;
  const { rev, paths, overwrite } = params;
  const request = {
    rev,
    ...(paths === undefined ? {} : { paths }),
    ...(overwrite === undefined ? {} : { overwrite }),
  };
  const { files } = await withProgress(title, (context) =>
    runnableFiles(repository, request, context),
  );
  if (files.length === 0) {
    return [];
  }
  const items = files.map((path) => ({
    label: withoutIcons(visible(path)),
    picked: ticked.includes(path),
    path,
  }));
  const placeHolder = t(
    'From elsewhere: an editor, Git or npm would run these. They are left out unless you tick them.',
  );
  return (await ui.prompts.pickMany(items, { title, placeHolder }))?.map(({ path }) => path);
}

/** Whether a snapshot's files may be somebody else's; what cannot be found any more may be. */
export async function mayBeForeign(repository: Repository, rev: string): Promise<boolean> {
  try {
    return (await runnableFiles(repository, { rev, paths: [] })).elsewhere;
  } catch {
    return true;
  }
}
