import type { CheckpointInfo, RestoreParams } from '../../../core/engine';
import { SnapdirError } from '../../../core/errors';
import type { History } from '../../../core/history';
import type { LoggedRestore } from '../../../core/history/log';
import { isPassedOver } from '../../../core/history/reach';
import { shortId, type CheckpointId, type RecordId, type SnapshotId } from '../../../core/ids';
import { overlayTrees } from '../../../core/overlayTrees';
import { checkRelPath, inScope, isWithin, parentOf } from '../../../core/paths';
import type { ExcludeRules } from '../../../core/records';
import type { Deletion } from '../../../core/restorePlan';
import { resolveRev } from '../../../core/rev';
import type { RelPath, Tree } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { isFromElsewhere } from '../../store/elsewhere';
import { loadHistory } from '../../store/records';
import type { Store } from '../../store/storeRoot';
import { treeWithin } from '../treeWithin';
import { changedBy } from './changedBy';
import { withTameModes } from './tameModes';

/** What a restore, an undo or a redo is to bring about. The three differ in nothing else. */
export interface Intent {
  purpose: 'restore' | 'undo' | 'redo';
  checkpoint: CheckpointInfo | null;
  snapshot: SnapshotId;
  /** As far as it is in the scope or above it. */
  target: Tree;
  /** null: the whole folder. */
  scope: RelPath[] | null;
  exact: boolean;
  deletion: Deletion;
  /** What was forgotten in it: whatever is there now stays. */
  leave: readonly RelPath[];
  rules: ExcludeRules;
  headBefore: CheckpointId | null;
  /** HEAD afterwards; undefined: the safety checkpoint. */
  head: CheckpointId | undefined;
  reverses: RecordId | null;
  /** Message of the safety checkpoint. */
  message: string;
  /** Of a restore that is undone: folders above its scope that were not there before it. */
  madeFolders: RelPath[];
  /** It came from elsewhere: what an editor or Git would run is left as it is (H45). */
  withhold: boolean;
}

/** What people call a checkpoint in a message. */
export function titleOf(checkpoint: CheckpointInfo | null, snapshot: SnapshotId): string {
  const message = checkpoint?.message.split('\n')[0] ?? '';
  return message === '' ? shortId(checkpoint?.id ?? snapshot) : message.slice(0, 200);
}

function notEmptyRev(rev: string): never {
  throw new SnapdirError('INVALID_ARGUMENT', {
    argument: 'rev',
    reason: { is: 'no-snapshot', rev },
  });
}

/** Drops paths that lie below another one of the list. */
function outermost(paths: readonly RelPath[]): RelPath[] {
  const unique = [...new Set(paths)];
  return unique.filter((path) => path === '' || !inScope(parentOf(path), unique));
}

/** A snapshot, by REV. */
export interface Source {
  checkpoint: CheckpointInfo | null;
  snapshot: SnapshotId;
  /** Its files may be somebody else's (H45). */
  elsewhere: boolean;
  /**
   * Its tree, as far as it is in a scope or above it; null: all of it.
   * @throws MANIFEST_NOT_FOUND, INTEGRITY, AbortError
   */
  treeIn: (scope: readonly RelPath[] | null) => Tree;
}

/** @throws REV_NOT_FOUND, REV_AMBIGUOUS, INVALID_ARGUMENT (live, empty) */
export function findSource(env: EngineEnv, store: Store, rev: string, control: Control): Source {
  const { history } = loadHistory(env, store);
  const resolved = resolveRev(history, rev);
  if (resolved.kind !== 'snapshot') {
    return notEmptyRev(rev);
  }
  const { snapshot, checkpointId } = resolved;
  const checkpoint = checkpointId === null ? null : history.toInfo(checkpointId);
  const elsewhere = isFromElsewhere(env, store, history, checkpointId);
  const treeIn = (scope: readonly RelPath[] | null): Tree => {
    const of = { snapshot, checkpointId, ours: checkpointId !== null && !elsewhere };
    const tree = treeWithin(env, store, of, scope, control);
    return elsewhere ? withTameModes(tree) : tree;
  };
  return { checkpoint, snapshot, elsewhere, treeIn };
}

/** What a person asked to have back; see `RestoreParams`. */
type RestoreRequest = Pick<RestoreParams, 'rev' | 'paths' | 'exact' | 'rules' | 'includeRunnable'>;

/**
 * The intent of a restore that a person asked for.
 * @throws what {@link findSource} throws, UNSAFE_PATH, PATH_NOT_FOUND
 */
export function restoreIntent(
  env: EngineEnv,
  store: Store,
  params: RestoreRequest,
  control: Control,
): Intent {
  const { checkpoint, snapshot, elsewhere, treeIn } = findSource(env, store, params.rev, control);
  params.paths?.forEach((path) => checkRelPath(path));
  const asked = params.paths ?? checkpoint?.scope ?? null;
  const scope = asked === null || asked.includes('') ? null : outermost(asked);
  const target = treeIn(scope);
  if (!params.exact && params.paths !== undefined && scope !== null) {
    requirePaths(target, scope, params.rev);
  }
  const { exact, rules } = params;
  const { head, forgetting } = loadHistory(env, store).history;
  return {
    purpose: 'restore',
    checkpoint,
    snapshot,
    target,
    scope,
    exact,
    deletion: { kind: exact ? 'exact' : 'keep' },
    leave: checkpoint === null ? [] : forgetting.pathsOf(checkpoint.id),
    rules,
    headBefore: head,
    head: scope === null ? checkpoint?.id : undefined,
    reverses: null,
    message: `Before restoring "${titleOf(checkpoint, snapshot)}"`,
    madeFolders: [],
    withhold: elsewhere && params.includeRunnable !== true,
  };
}

function requirePaths(tree: Tree, paths: readonly RelPath[], rev: string): void {
  const missing = new Set(paths);
  for (const { path } of [...tree.entries, ...tree.links]) {
    missing.delete(path);
  }
  for (const path of missing) {
    throw new SnapdirError('PATH_NOT_FOUND', { path, rev });
  }
}

/**
 * The intent that takes back a restore (or an undo: then it is a redo): the state that its safety
 * checkpoint holds, in the same scope, and away with what it created.
 * @throws NOTHING_TO_UNDO, MANIFEST_NOT_FOUND, INTEGRITY, …
 */
export function reverseIntent(
  env: EngineEnv,
  store: Store,
  params: { what: 'undo' | 'redo'; rules: ExcludeRules; operation?: RecordId },
  control: Control,
): Intent & { reverses: RecordId } {
  const { history } = loadHistory(env, store);
  const { what, rules, operation } = params;
  const record = what === 'undo' ? history.undoable() : (history.redoable()?.undo ?? null);
  const shown = what === 'undo' ? record : (history.redoable()?.restore ?? null);
  if (record === null || (operation !== undefined && operation !== shown?.id)) {
    throw new SnapdirError('NOTHING_TO_UNDO', { what });
  }
  return intentAgainst(env, store, record, { what, rules, turned: null }, control);
}

/**
 * The intent that takes back a record of a restore, undo or redo that is still in effect. Where restores of other files
 * came since, or older ones went since, what those changed stays as it is, and HEAD does not go back before them.
 * @param as.turned restores that are turned over as well, the latest first; null: this one alone is
 * @throws REV_NOT_FOUND, MANIFEST_NOT_FOUND, INTEGRITY, …
 */
export function intentAgainst(
  env: EngineEnv,
  store: Store,
  record: LoggedRestore,
  as: { what: 'undo' | 'redo'; rules: ExcludeRules; turned: ReadonlySet<RecordId> | null },
  control: Control,
): Intent & { reverses: RecordId } {
  const { history } = loadHistory(env, store);
  const { what, rules } = as;
  const amongOthers =
    (as.turned === null && !isLast(history, record)) ||
    isPassedOver(history.records, record, as.turned ?? new Set());
  const changed = amongOthers ? changedBy({ env, store, history, control }, record) : null;
  const scope = changed === null ? record.scope : outermost(changed);
  const safety = history.toInfo(record.safety);
  const treeIn = (snapshot: SnapshotId, checkpointId: CheckpointId | null): Tree => {
    const ours = checkpointId !== null && !isFromElsewhere(env, store, history, checkpointId);
    return treeWithin(env, store, { snapshot, checkpointId, ours }, scope, control);
  };
  const target = treeIn(safety.snapshot, safety.id);
  const made = treeIn(record.snapshot, record.checkpoint);
  return {
    purpose: what,
    checkpoint: safety,
    snapshot: safety.snapshot,
    target,
    scope,
    exact: false,
    deletion: { kind: 'only', tree: made },
    leave: [record.safety, record.checkpoint ?? record.safety].flatMap((id) =>
      history.forgetting.pathsOf(id),
    ),
    rules,
    headBefore: history.head,
    head: amongOthers ? undefined : (record.headBefore ?? undefined),
    reverses: record.id,
    message: `Before ${what} of a restore`,
    madeFolders: madeFolders(target, made, { scope, safety: safety.scope }),
    withhold: false,
  };
}

/** Whether undo, or redo, without a name would turn it over. */
function isLast(history: History, { id }: LoggedRestore): boolean {
  const { undoable, redoable } = history.restores;
  return id === undoable.at(-1)?.id || id === redoable.at(-1)?.id;
}

/**
 * Several intents that are carried out one after the other, as one: for a plan that tells what they come to.
 * @param intents at least one, in the order in which they are carried out
 */
export function foldIntents(intents: readonly Intent[]): Intent {
  const last = intents.at(-1)!;
  const scope = intents.some((one) => one.scope === null)
    ? null
    : outermost(intents.flatMap((one) => one.scope ?? []));
  const { before, made } = overlayTrees(
    intents.map(({ target, deletion }) => ({
      before: target,
      made: deletion.kind === 'only' ? deletion.tree : { entries: [], links: [] },
    })),
  );
  const leave = intents.flatMap((one) => one.leave);
  const madeFolders = [...new Set(intents.flatMap((one) => one.madeFolders))];
  const deletion: Deletion = { kind: 'only', tree: made };
  return { ...last, target: before, scope, deletion, leave, madeFolders };
}

/** The safety checkpoint looked at a wider scope where folders were missing: see `safetyScope`. */
function madeFolders(
  before: Tree,
  after: Tree,
  scopes: { scope: RelPath[] | null; safety: RelPath[] | null },
): RelPath[] {
  const { scope, safety } = scopes;
  if (scope === null) {
    return [];
  }
  const known = new Set(before.entries.map((entry) => entry.path));
  return after.entries
    .filter(
      ({ type, path }) =>
        type === 'D' &&
        scope.some((one) => one !== path && isWithin(one, path)) &&
        inScope(path, safety) &&
        !known.has(path),
    )
    .map((entry) => entry.path);
}
