import type { CheckpointInfo } from './engineData';
import type { CheckpointId, RecordId } from './ids';
import type { ExcludeRules, Retention } from './records';
import type { RestorePlan, RestoreResult } from './restoreData';
import type { UndoObstacle } from './undoObstacle';

/** What an operation was. `undo` and `redo` take back, and bring back, one of the others. */
export type OperationKind =
  | 'take'
  | 'restore'
  | 'ref'
  | 'tag'
  | 'rename'
  | 'delete'
  | 'prune'
  | 'gc'
  | 'forget'
  | 'undo'
  | 'redo';

/** One operation, as the list of operations shows it. */
export interface OperationInfo {
  id: RecordId;
  time: number;
  author: string;
  kind: OperationKind;
  /** Of an undo or redo: what it was of. */
  of: { id: RecordId; kind: OperationKind } | null;
  /** Nobody asked for it. */
  automatic: boolean;
  /** It was taken back and has no effect now. */
  undone: boolean;
  /** The one checkpoint that it is about, with the message it has now. */
  about: { id: CheckpointId; message: string; time: number } | null;
  /** What may be done about it now; null: nothing, see `obstacle`. */
  offers: 'undo' | 'redo' | null;
  obstacle: UndoObstacle | null;
  /** What it was about, in data; words are made in ui and cli. */
  detail: Record<string, string | number | boolean | null>;
}

/** A number out of an operation's detail; 0 where it is none. */
export function detailNumber({ detail }: OperationInfo, name: string): number {
  const value = detail[name];
  return typeof value === 'number' ? value : 0;
}

/** A text out of an operation's detail; '' where it is none. */
export function detailText({ detail }: OperationInfo, name: string): string {
  const value = detail[name];
  return typeof value === 'string' ? value : '';
}

/** The tags that an operation added and removed, each behind a sign. `show` makes a tag fit to be seen. */
export function tagMarks(
  info: OperationInfo,
  signs: { added: string; removed: string },
  show: (tag: string) => string,
): string {
  const marks = (name: 'add' | 'remove', sign: string): string[] =>
    detailText(info, name)
      .split(' ')
      .filter((tag) => tag !== '')
      .map((tag) => `${sign}${show(tag)}`);
  return [...marks('add', signs.added), ...marks('remove', signs.removed)].join(' ');
}

export interface OperationPage {
  /** Newest first; the safety checkpoints of restores are part of those. */
  operations: OperationInfo[];
  /** Pass as `before` to get the next page; absent on the last one. */
  next?: RecordId;
  /** What undo and redo without a name would take; null: nothing. */
  undo: RecordId | null;
  redo: RecordId | null;
}

/** What is to be undone or redone. Without a name: what people did last, or undid last. */
export interface UndoParams {
  what: 'undo' | 'redo';
  /** This one. An undo's own id means what it undid. */
  operation?: RecordId;
  /** Everything that people did after this one, back to how it was then. */
  to?: RecordId;
  rules: ExcludeRules;
}

export interface UndoPlan {
  /** What would be undone or redone, in this order. */
  operations: OperationInfo[];
  /** What would become of files; null: nothing is restored. */
  restore: RestorePlan | null;
  /** How many checkpoints would come back to the list, and how many would go off it. */
  listed: number;
  unlisted: number;
  /** Names exactly this plan. */
  fingerprint: string;
}

export interface UndoResult {
  /** What was undone or redone, in this order. */
  operations: OperationInfo[];
  /** One for each restore among them. */
  restores: RestoreResult[];
  listed: number;
  unlisted: number;
  head: CheckpointId | null;
}

export interface PruneParams {
  dryRun: boolean;
  keep: Retention;
  /** By itself, in idle time. */
  automatic?: boolean;
  /** From the dry run that a person agreed to; absent: whatever it is now. */
  fingerprint?: string;
}

/** What keeps an automatic checkpoint on the list. */
export type Pin =
  'last' | 'hourly' | 'daily' | 'weekly' | 'promoted' | 'tagged' | 'renamed' | 'head' | 'restore';

export interface PruneResult {
  dryRun: boolean;
  /** The record; null: nothing was taken off the list. */
  operation: RecordId | null;
  /** How many automatic checkpoints go off the list, and the newest of them (as many as fit one message). */
  pruned: number;
  checkpoints: CheckpointInfo[];
  /** How many automatic checkpoints stay, by the first thing that keeps each. */
  kept: Partial<Record<Pin, number>>;
  fingerprint: string;
}
