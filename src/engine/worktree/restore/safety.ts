import { throwIfCancelled } from '../../../base/abort';
import { SnapdirError } from '../../../core/errors';
import type { SnapshotId } from '../../../core/ids';
import { isWithin, parentOf } from '../../../core/paths';
import type { FailureReason } from '../../../core/failureReason';
import { scopeTree } from '../../../core/scopeTree';
import type { RelPath, Tree } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { linksOf } from '../../store/checkpointTrees';
import { statObject } from '../../store/objects';
import type { Store } from '../../store/storeRoot';
import { take } from '../take';
import { treeWithin } from '../treeWithin';
import type { Intent } from './intent';
import type { Journal } from './journal';
import type { Look } from './look';

interface ToSave {
  env: EngineEnv;
  store: Store;
  control: Control;
  intent: Intent;
}

/**
 * Where a folder above the scope is missing, the safety checkpoint looks there: so it is on record that
 * the restore made it, and undo can take it away again.
 */
function safetyScope(prepared: ToSave, look: Look): RelPath[] | undefined {
  const { scope } = prepared.intent;
  if (scope === null) {
    return undefined;
  }
  const there = new Set(look.live.entries.map(({ path }) => path));
  const wide = scope.map((path) => {
    let top = path;
    for (let folder = parentOf(path); folder !== '' && !there.has(folder);) {
      top = folder;
      folder = parentOf(folder);
    }
    return top;
  });
  return [...new Set(wide)].filter(
    (path) => !wide.some((other) => other !== path && isWithin(path, other)),
  );
}

/** The safety checkpoint of a restore. */
export interface Safety {
  checkpoint: Journal['safety'];
  snapshot: Journal['safetySnapshot'];
  /** As far as it is in the scope or above it. */
  tree: Tree;
  /** Could be captured when the restore was planned, and could not now; with the reason. */
  skipped: ReadonlyMap<RelPath, FailureReason>;
}

/**
 * Records the state that the restore is about to replace, ignored files in its way included. What a look takes for
 * stored may have been lost since: every file that will be replaced is looked for, and read anew where it is not there,
 * before there is a checkpoint.
 * @throws OBJECT_NOT_FOUND, and what a take throws
 */
export function takeSafety(prepared: ToSave, look: Look): Safety {
  const { env, store, intent, control } = prepared;
  const scope = safetyScope(prepared, look);
  let seen: Tree | undefined;
  const isHeld = (snapshot: SnapshotId, again: boolean): boolean => {
    seen = treeWithin(
      env,
      store,
      { snapshot, checkpointId: null, ours: true },
      intent.scope,
      control,
    );
    const checksum = missingObject(prepared, look, seen);
    if (checksum !== undefined && again) {
      throw new SnapdirError('OBJECT_NOT_FOUND', { checksum });
    }
    return checksum === undefined;
  };
  const { checkpoint, skipped } = take(
    env,
    store,
    {
      message: intent.message,
      trigger: 'safety',
      rules: intent.rules,
      isHeld,
      ...(scope === undefined ? {} : { scope }),
      ...(look.force.length === 0 ? {} : { force: look.force }),
    },
    control,
  );
  const { id, snapshot } = checkpoint;
  const links = linksOf(env, store, id);
  const lost = skipped.filter(
    ({ path, reason }) => reason !== 'vanished' && !look.blocked.has(path),
  );
  return {
    ...{ checkpoint: id, snapshot },
    tree: scopeTree({ entries: seen!.entries, links }, intent.scope),
    skipped: new Map(lost.map(({ path, reason }) => [path, `not-captured:${reason}` as const])),
  };
}

/** A content that the restore will displace, and the store does not hold. */
function missingObject(
  { env, store, control }: ToSave,
  look: Look,
  { entries }: Tree,
): string | undefined {
  const displaced = new Set<RelPath>();
  for (const { path, live } of look.planned.items) {
    if (live?.kind === 'file') {
      displaced.add(path);
    }
  }
  const lost = entries.find(({ type, path, checksum, size }) => {
    throwIfCancelled(control.signal);
    return type === 'F' && displaced.has(path) && statObject(env, store, checksum)?.size !== size;
  });
  return lost?.checksum;
}

/** What the safety checkpoint does not hold stays as it is, and is told. */
export function refuseUncaptured(look: Look, skipped: Safety['skipped']): void {
  const planned = look.planned.items;
  for (const [path, reason] of skipped) {
    if (planned.some((item) => isWithin(item.path, path))) {
      look.refused.push({ path, reason });
    }
  }
}
