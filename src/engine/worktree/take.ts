import { compareTrees } from '../../core/compare';
import type { CheckpointInfo, TakeParams, TakeResult } from '../../core/engine';
import { checkName } from '../../core/refName';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { encodeManifest } from '../../core/manifest';
import { buildManifest } from '../../core/merkle';
import { checkRelPath } from '../../core/paths';
import type { ChangeCounts, TakeStats } from '../../core/records';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { keepLook } from '../hashing/statCache';
import { makeAllDurable } from '../store/barrier';
import { hasManifest, writeManifest } from '../store/manifests';
import { appendRecord, linksOf, loadHistory, treeOf, type NewRecord } from '../store/records';
import { requireWritable, type Store } from '../store/storeRoot';
import { canDefer } from '../store/unsynced';
import { capture, dirsOf, filesOf, gcEpoch, type Captured } from './capture';
import { carryOver, type Whole } from './carryOver';
import { becomes, driftOf, sameLinks } from './drift';
import { driftState, keepText } from './driftState';
import { scopedState } from './scopedState';

/** A take, and what only the engine may ask for. */
export interface TakeRequest extends TakeParams {
  /** Captured although rules leave them out: what a restore is about to touch. */
  force?: readonly RelPath[];
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
  if (scope === null && (captured.fresh || captured.read > 0 || state.written)) {
    keepLook(env, store, look, captured.read);
  }
  return resultOf(loadHistory(env, store).history.toInfo(id), captured, stats, true);
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
 * have set aside what was taken for stored (H50).
 */
function captureState(
  env: EngineEnv,
  store: Store,
  of: { request: TakeRequest; parent: CheckpointInfo | undefined; durable: boolean },
  control: Control,
): { captured: Captured; state: State } {
  const { request, parent, durable } = of;
  const scope = request.scope ?? null;
  for (;;) {
    const captured = capture(env, store, { ...request, scope, store: true, durable }, control);
    if (durable) {
      // Objects of this take, and those of relaxed ones that it builds on.
      makeAllDurable(env, store, control);
    }
    const state =
      unchangedState(env, store, parent, captured) ??
      writeState(env, store, { request, parent, captured, durable });
    if (gcEpoch(env, store) === captured.look.files.epoch) {
      return { captured, state };
    }
  }
}

/** What a take found, as its record tells it. */
interface State {
  snapshot: SnapshotId;
  links: LinkEntry[];
  stats: TakeStats;
  /** false: the parent's manifest holds it already. */
  written: boolean;
}

/** Nothing changed since the look that the parent was made from: its manifest is this one. */
function unchangedState(
  env: EngineEnv,
  store: Store,
  parent: CheckpointInfo | undefined,
  captured: Captured,
): State | undefined {
  const { look } = captured;
  if (parent === undefined || look.snapshot !== parent.snapshot || parent.scope !== null) {
    return undefined;
  }
  if (driftOf(look).length > 0 || !sameLinks(look.links, look.linksBefore)) {
    return undefined;
  }
  if (!hasManifest(env, store, parent.snapshot)) {
    return undefined;
  }
  const stats = { ...parent.stats, added: 0, deleted: 0, modified: 0, renamed: 0 };
  return { snapshot: parent.snapshot, links: look.links, stats, written: false };
}

function writeState(
  env: EngineEnv,
  store: Store,
  of: {
    request: TakeRequest;
    parent: CheckpointInfo | undefined;
    captured: Captured;
    durable: boolean;
  },
): State {
  const { request, captured } = of;
  const { look } = captured;
  const patched = request.scope === undefined ? driftState(env, store, look, of) : undefined;
  if (patched !== undefined) {
    return { ...patched, links: look.links, written: true };
  }
  const parent = of.parent === undefined ? undefined : parentTree(env, store, of.parent);
  const part: Whole = {
    files: filesOf(look),
    dirs: dirsOf(look),
    links: look.links,
  };
  const { scope, force = [] } = request;
  if (scope !== undefined && of.parent !== undefined && parent !== undefined) {
    const on = { info: of.parent, tree: parent };
    const state = scopedState(env, store, { parent: on, scope, force, found: part }, of.durable);
    if (state !== undefined) {
      return { ...state, written: true };
    }
  }
  const whole = scope === undefined ? part : carryOver(parent, part, scope, force);
  const manifest = buildManifest(whole.files, whole.dirs, blake3);
  // Only now, with every object on disk, may the manifest that names them appear.
  const text = encodeManifest(manifest);
  const snapshot = writeManifest(env, store, text, { manifest, durable: of.durable });
  if (scope === undefined) {
    keepText(snapshot, text);
    becomes(look, snapshot);
  }
  const tree: Tree = { entries: manifest.entries, links: whole.links };
  const stats = statsOf(whole.files, compareTrees(parent ?? EMPTY, tree).counts);
  return { snapshot, links: whole.links, stats, written: true };
}

const EMPTY: Tree = { entries: [], links: [] };

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
    const reason = `longer than ${MAX_MESSAGE} characters`;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'message', reason });
  }
}

/** The parent's tree. A parent whose manifest is damaged must not keep new snapshots from being taken. */
function parentTree(env: EngineEnv, store: Store, info: CheckpointInfo): Tree | undefined {
  try {
    return hasManifest(env, store, info.snapshot)
      ? treeOf(env, store, { snapshot: info.snapshot, checkpointId: info.id })
      : undefined;
  } catch (error) {
    if (SnapdirError.is(error)) {
      env.log.warn(`the parent ${info.id} cannot be read: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}

function statsOf(files: readonly ManifestEntry[], counts: ChangeCounts): TakeStats {
  let bytes = 0;
  for (const file of files) {
    bytes += file.size;
  }
  return { files: files.length, bytes, ...counts };
}
