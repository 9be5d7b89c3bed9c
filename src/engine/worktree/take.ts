import type { CheckpointInfo, TakeParams, TakeResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { checkRelPath } from '../../core/paths';
import { checkName } from '../../core/refName';
import type { TakeStats } from '../../core/records';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { keepLook } from '../hashing/statCache';
import { makeAllDurable } from '../store/barrier';
import { appendRecord, knownHistory, loadHistory, type NewRecord } from '../store/records';
import { linksOf } from '../store/checkpointTrees';
import { gcEpoch } from '../store/gcEpoch';
import { isStillWhole } from '../store/stillWhole';
import { requireWritable, type Store } from '../store/storeRoot';
import { canDefer } from '../store/unsynced';
import { capture, type Captured } from './capture';
import { sameLinks } from './drift';
import { unchangedState, writeState, type State } from './takeState';

/** A take, and what only the engine may ask for. */
export interface TakeRequest extends TakeParams {
  /** Captured although rules leave them out: what a restore is about to touch. */
  force?: readonly RelPath[];
  /**
   * Asked before the record is written: whether the store holds what whoever asks needs of the snapshot. If it does not,
   * everything is read anew, and asked once more (`again`). May throw; then no checkpoint was recorded.
   */
  isHeld?: (snapshot: SnapshotId, again: boolean) => boolean;
}

const MAX_MESSAGE = 10_000;

/**
 * Records the folder as it is: objects, then the manifest, then the record, each durable before the next
 * (architecture §3). Needs no lock: any number of processes may take at once.
 * @throws FOLDER_NOT_FOUND, UNSAFE_PATH (scope), INVALID_NAME (tag), INVALID_ARGUMENT,
 * DISK_FULL, READ_ONLY, IO, AbortError; then no checkpoint was recorded
 */
export function take(
  env: EngineEnv,
  store: Store,
  request: TakeRequest,
  control: Control,
): TakeResult {
  requireWritable(store);
  check(request);
  const { history } = loadHistory(env, store);
  const head = history.head;
  const parent = head === null ? undefined : history.toInfo(head);
  const scope = request.scope ?? null;
  const durable = !isRelaxed(env, request);
  const { captured, state } = captureState(env, store, { request, parent, durable }, control);
  const { snapshot, links, stats } = state;
  if (
    request.onlyIfChanged === true &&
    parent !== undefined &&
    isParent(env, store, parent, state)
  ) {
    return resultOf(parent, captured, stats, false);
  }
  const record: NewRecord = {
    kind: 'take',
    snapshot,
    parent: head,
    message: request.message ?? '',
    tags: [...new Set(request.tags ?? [])].sort(),
    trigger: request.trigger,
    stats,
    scope,
    links,
    skipped: captured.skipped,
    unstable: captured.unstable,
    rules: request.rules,
    ...(durable ? {} : { durability: 'relaxed' }),
    ...(captured.incremental ? { incremental: true } : {}),
  };
  const id = appendRecord(env, store, record, durable);
  const { look } = captured;
  if (!isStillWhole(env, store, { id, snapshot, epoch: look.files.epoch }, control)) {
    return take(env, store, request, control);
  }
  if (scope === null && (captured.fresh || captured.read > 0 || state.written)) {
    keepLook(env, store, look, captured.read);
  }
  return resultOf(knownHistory(env, store).history.toInfo(id), captured, stats, true);
}

function resultOf(
  checkpoint: CheckpointInfo,
  captured: Captured,
  stats: TakeStats,
  recorded: boolean,
): TakeResult {
  const { skipped, unstable, read, newObjects, newBytes, incremental } = captured;
  const { added, deleted, modified, renamed } = stats;
  const changes = { added, deleted, modified, renamed };
  const all = { skipped, unstable, read, newObjects, newBytes, incremental };
  return { checkpoint, recorded, changes, ...all };
}

/** Whether the state is the parent's: files and folders by the snapshot's id, links by its record. */
function isParent(env: EngineEnv, store: Store, parent: CheckpointInfo, state: State): boolean {
  return (
    state.snapshot === parent.snapshot && sameLinks(state.links, linksOf(env, store, parent.id))
  );
}

/** Only what happens by itself may be lost in a power cut (H5), and only where a mark can say so. */
function isRelaxed(env: EngineEnv, { durability, trigger, tags = [] }: TakeRequest): boolean {
  const asked = durability ?? (trigger === 'auto' && tags.length === 0 ? 'relaxed' : 'durable');
  return asked === 'relaxed' && canDefer(env);
}

/**
 * Looks, stores and writes the manifest; all of it again when a garbage collection began meanwhile: it may
 * have set aside what was taken for stored (H50). What the store lost is read anew, before there is a record.
 */
function captureState(
  env: EngineEnv,
  store: Store,
  of: { request: TakeRequest; parent: CheckpointInfo | undefined; durable: boolean },
  control: Control,
): { captured: Captured; state: State } {
  const { request, parent, durable } = of;
  const scope = request.scope ?? null;
  let again = false;
  for (;;) {
    const how = { ...request, scope, store: true, durable, ...(again ? { rehash: true } : {}) };
    const captured = capture(env, store, how, control);
    if (durable) {
      // Objects of this take, and those of relaxed ones that it builds on.
      makeAllDurable(env, store, control);
    }
    const state =
      unchangedState(env, store, parent, captured) ??
      writeState(env, store, { request, parent, captured, durable }, control);
    if (gcEpoch(env, store) !== captured.look.files.epoch) {
      continue;
    }
    if (request.isHeld?.(state.snapshot, again) !== false || again) {
      return { captured, state };
    }
    again = true;
  }
}

function check(request: TakeRequest): void {
  for (const tag of request.tags ?? []) {
    checkName(tag, 'tag');
  }
  for (const path of [
    ...(request.scope ?? []),
    ...(request.force ?? []),
    ...(request.changed ?? []),
  ]) {
    checkRelPath(path);
  }
  if ((request.message?.length ?? 0) > MAX_MESSAGE) {
    const reason = { is: 'too-many-characters', most: MAX_MESSAGE } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'message', reason });
  }
}
