import * as vscode from 'vscode';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';

const { t } = vscode.l10n;

type MenuItem = vscode.QuickPickItem & { run?: [command: string, ...args: unknown[]] };

/** What the status bar item opens. */
export function showMenuCommand(ui: Ui): CommandTypes['snapdir.showMenu'] {
  return async () => {
    const picked = await ui.prompts.pick(menuItems(ui), { title: t('Snapdir') });
    if (picked?.run !== undefined) {
      await vscode.commands.executeCommand(...picked.run);
    }
  };
}

/** The folder whose last snapshot the item tells of: the newest of all. */
function lastOf(ui: Ui): { folder?: string } {
  const taken = ui.repositories.timelines.flatMap(({ repository, current }) =>
    current?.head === undefined ? [] : [{ folder: repository.root, time: current.head.time }],
  );
  const [last] = taken.sort((a, b) => b.time - a.time);
  return last === undefined ? {} : { folder: last.folder };
}

function menuItems(ui: Ui): MenuItem[] {
  const states = ui.repositories.timelines.flatMap((timeline) => timeline.current ?? []);
  const has = (total: boolean, items: MenuItem[]): MenuItem[] => (total ? items : []);
  const plain = (label: string, ...run: [string, ...unknown[]]): MenuItem => ({ label, run });
  // Not a $(name) in the label: a screen reader would read it. At most six of a list have an icon.
  const row = (icon: string, label: string, ...run: [string, ...unknown[]]): MenuItem => ({
    iconPath: new vscode.ThemeIcon(icon),
    ...plain(label, ...run),
  });
  const taken = states.some(({ total }) => total > 0);
  const line: MenuItem = { label: '', kind: vscode.QuickPickItemKind.Separator };
  return [
    ...has(
      states.some(({ pendingRestore }) => pendingRestore !== null),
      [row('warning', t('Finish or Undo Interrupted Restore…'), 'snapdir.recoverRestore'), line],
    ),
    row('device-camera', t('Take Snapshot'), 'snapdir.takeSnapshot'),
    ...has(taken, [
      row('diff-multiple', t('Show Changes'), 'snapdir.openWorkingChanges'),
      row('history', t('Restore…'), 'snapdir.restore'),
    ]),
    line,
    ...has(
      states.some(({ canUndoOperation }) => canUndoOperation),
      [row('discard', t('Undo Last Operation'), 'snapdir.undoOperation')],
    ),
    ...has(taken, [plain(t('Show Operations…'), 'snapdir.showOperations')]),
    line,
    plain(t('Show Timeline'), 'snapdir.timeline.focus'),
    ...has(taken, [
      plain(t('Reveal Last Snapshot in Timeline'), 'snapdir.revealInTimeline', {
        ...lastOf(ui),
        rev: 'HEAD',
      }),
    ]),
    row('gear', t('Settings'), 'workbench.action.openSettings', '@ext:snapdir.snapdir'),
  ];
}
