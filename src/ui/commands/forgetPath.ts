import * as vscode from 'vscode';
import { forgetPaths } from '../../app/forgetPaths';
import type { Repository } from '../../app/repository';
import type { ForgetResult } from '../../core/engine';
import { isWithin } from '../../core/paths';
import type { RelPath } from '../../core/tree';
import { liveUri, parseSnapshotUri } from '../documents/snapshotDocument';
import { tellGone } from '../documents/snapshotFileSystem';
import { withProgress } from '../progress';
import { excludePath } from '../state/settings';
import { byteSize } from '../text/amounts';
import { visible } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { activeResource } from '../views/activeResource';
import { locale } from '../words';
import type { CommandTypes } from './commandTypes';
import { readArgument } from './targets';

const { t } = vscode.l10n;

/** Takes a file or folder out of every snapshot and off the disk, after one modal that says what that means. */
export function forgetCommand(ui: Ui): CommandTypes['snapdir.forget'] {
  return async (argument) => {
    const title = t('Forget in All Snapshots');
    requireTrust(title);
    const { repository, path } = readArgument(ui, argument ?? activeResource());
    if (repository === undefined || path === undefined || path === '') {
      void ui.prompts.info(t('Open a file of the folder first, or choose one in the explorer.'));
      return undefined;
    }
    const paths = [path];
    const plan = await withProgress(title, (context) =>
      forgetPaths(repository, { paths, dryRun: true }, context),
    );
    if (plan.snapshots + plan.unlisted + plan.objects === 0) {
      void ui.prompts.info(t('No snapshot holds "{0}".', visible(path)));
      return plan;
    }
    const buttons = [t('Forget'), t('Forget and Exclude')];
    const message = t('Forget "{0}" in all snapshots, for good?', visible(path));
    const answer = await ui.prompts.modal(message, planWords(plan), buttons);
    if (answer === undefined) {
      return undefined;
    }
    const { fingerprint } = plan;
    const result = await withProgress(title, (context) =>
      forgetPaths(repository, { paths, dryRun: false, fingerprint }, context),
    );
    if (answer === buttons[1]) {
      await excludePath(liveUri(repository, ''), path);
    }
    await closeEditors(repository, path);
    void ui.prompts.info(doneWords(path, result));
    return result;
  };
}

function planWords(plan: ForgetResult): string {
  const { snapshots, objects, bytes, kept, promoted, links } = plan;
  const size = byteSize(bytes, locale());
  const contents = objects === 1 ? t('1 object') : t('{0} objects', objects);
  const [first] = kept;
  const names = promoted.map(({ name }) => visible(name)).join(', ');
  return [
    snapshots === 1
      ? t('It goes out of 1 snapshot. Deleted from the disk: {0}, {1}.', contents, size)
      : t(
          'It goes out of {0} snapshots. Deleted from the disk: {1}, {2}.',
          ...[snapshots, contents, size],
        ),
    ...(first === undefined
      ? []
      : [t('The same content is still in "{0}", and stays there.', visible(first.keptIn))]),
    ...(links === 0 ? [] : [linkWords()]),
    t('This cannot be undone.'),
    t(
      'The file in your folder stays, and the next snapshot captures it again unless it is excluded.',
    ),
    ...(names === ''
      ? []
      : [
          t(
            'Permanent stores are not touched. They may still have it as {0}: change the secret.',
            names,
          ),
        ]),
  ].join('\n');
}

function linkWords(): string {
  return t(
    'The target of a link stays readable in record files of the store, which are never changed: change a secret in it.',
  );
}

function doneWords(path: RelPath, { snapshots, links, underWay }: ForgetResult): string {
  return [
    snapshots === 1
      ? t('"{0}" is forgotten in 1 snapshot.', visible(path))
      : t('"{0}" is forgotten in {1} snapshots.', visible(path), snapshots),
    ...(links === 0 ? [] : [linkWords()]),
    ...(underWay === 0
      ? []
      : [t('A snapshot under way may have just written it: forget it again in a minute.')]),
  ].join(' ');
}

/** What an editor shows of a snapshot it has in memory: what was forgotten is to be seen no more. */
async function closeEditors({ root }: Repository, path: RelPath): Promise<void> {
  const isForgotten = (uri: vscode.Uri): boolean => {
    const target = parseSnapshotUri(uri);
    return target?.root === root && isWithin(target.path, path);
  };
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => urisOf(input).some(isForgotten));
  const { textDocuments, notebookDocuments } = vscode.workspace;
  const open = [
    ...[...textDocuments, ...notebookDocuments].map(({ uri }) => uri),
    ...tabs.flatMap(({ input }) => urisOf(input)),
  ].filter(isForgotten);
  await vscode.window.tabGroups.close(tabs, true);
  // Whoever else shows them: webviews of other extensions, what holds a document without a tab.
  tellGone([...new Map(open.map((uri) => [uri.toString(), uri])).values()]);
}

function urisOf(input: unknown): vscode.Uri[] {
  if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) {
    return [input.original, input.modified];
  }
  return input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook
    ? [input.uri]
    : [];
}
