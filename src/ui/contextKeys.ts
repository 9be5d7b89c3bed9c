import * as vscode from 'vscode';
import type { EmptyReason } from './views/emptyReason';

/** The context keys that menus and welcome views ask for, with their values. */
export interface ContextKeys {
  'snapdir.repositoryCount': number;
  'snapdir.hasCheckpoints': boolean;
  /** Why the timeline of the only folder has no rows. */
  'snapdir.empty': EmptyReason | '';
  'snapdir.canUndo': boolean;
  'snapdir.canRedo': boolean;
  /** Of operations of any kind. */
  'snapdir.canUndoOperation': boolean;
  'snapdir.canRedoOperation': boolean;
  'snapdir.restorePending': boolean;
  'snapdir.foreign': boolean;
  'snapdir.layout': 'tree' | 'list';
  'snapdir.groupBy': 'day' | 'none';
  'snapdir.sortOrder': 'newest' | 'oldest';
  'snapdir.foldAutomatic': boolean;
  /** A filter of the timeline is on. */
  'snapdir.filtered': boolean;
  /** What "Select for Compare" holds. */
  'snapdir.selected': '' | 'snapshot' | 'file';
  /** Whether a comparison is open, and whether its rows are filtered. */
  'snapdir.comparison': boolean;
  'snapdir.comparisonFiltered': boolean;
  /** Whether a restore plan is open, and whether it would delete extra files. */
  'snapdir.plan': boolean;
  'snapdir.planExact': boolean;
  /** It was carried out, and shows what could not be restored. */
  'snapdir.planFailed': boolean;
  /** What the changes are against. */
  'snapdir.changesBase': 'last' | 'chosen';
  /** What the file history shows. */
  'snapdir.history': 'none' | 'loading' | 'empty' | 'some';
  'snapdir.historyPinned': boolean;
  /** At least one permanent store is configured. */
  'snapdir.hasStores': boolean;
  /** Several rows of the view are selected. */
  'snapdir.manyInTimeline': boolean;
  'snapdir.manyInChanges': boolean;
  'snapdir.manyInHistory': boolean;
  'snapdir.working': 'unknown' | 'noSnapshot' | 'clean' | 'changed';
}

const known = new Map<string, unknown>();

/** Sets a context key; setting the same value again costs nothing. */
export function setContextKey<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
  if (known.get(key) !== value) {
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
