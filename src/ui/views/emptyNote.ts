import * as vscode from 'vscode';
import { describeError } from '../showError';
import type { TimelineState } from '../state/timelineModel';
import { NoteNode, type FolderNode } from '../tree/nodes';
import { rowKey } from '../tree/timelineItems';
import { emptyReason } from './emptyReason';

const { t } = vscode.l10n;

/**
 * For one folder of several that has no list: why, and a click that helps. Of the only one the welcome text says it,
 * with more room.
 */
export function noteOnEmpty(
  parent: FolderNode,
  state: Pick<TimelineState, 'error' | 'total' | 'foreign' | 'vanished'>,
): NoteNode | undefined {
  const { root } = parent.repository;
  const note = (key: string, words: string, icon: string, command: string): NoteNode =>
    new NoteNode(parent, rowKey(root, key), words, icon, command);
  switch (emptyReason([state])) {
    case 'damaged':
    case 'refused': {
      const words = t('{0} Click to see the log.', describeError(state.error).message);
      return note('error', words, 'error', 'snapdir.showLog');
    }
    case 'unreadable': {
      const words = t('{0} Click to try again.', describeError(state.error).message);
      return note('error', words, 'error', 'snapdir.refresh');
    }
    case 'vanished': {
      const words = t('The snapshots are gone. Click to recover what the vault has.');
      return note('vanished', words, 'warning', 'snapdir.recoverStore');
    }
    default:
      // Snapshots of one's own, those that came with the folder, or none: the row of the folder has the button.
      return undefined;
  }
}
