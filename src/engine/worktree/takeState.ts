import { compareTrees } from '../../core/compare';
import { compareManifests } from '../../core/compareManifests';
import type { CheckpointInfo } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { encodeManifest } from '../../core/manifest';
import { buildManifest } from '../../core/merkle';
import type { ChangeCounts, TakeStats } from '../../core/records';
import type { LinkEntry, ManifestEntry, RelPath, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { isOwnLack } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { asBuffer, manifestText, sameBytes } from '../store/manifestText';
import { hasManifest, writeManifest } from '../store/manifests';
import { linksOf, treeOf } from '../store/checkpointTrees';
import type { Store } from '../store/storeRoot';
import { dirsOf, filesOf, type Captured } from './capture';
import { carryOver, type Whole } from './carryOver';
import { composeText } from './composeText';
import { becomes, driftOf, sameLinks } from './drift';
import { driftState, keepText, totalsOf } from './driftState';
import { scopedState } from './scopedState';

/** What a take found, as its record tells it. */
export interface State {
  snapshot: SnapshotId;
  links: LinkEntry[];
  stats: TakeStats;
  /** false: the parent's manifest holds it already. */
  written: boolean;
}

/** Nothing changed since the look that the parent was made from: its manifest is this one. */
export function unchangedState(
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

export function writeState(
  env: EngineEnv,
  store: Store,
  of: {
    request: { scope?: readonly RelPath[] | undefined; force?: readonly RelPath[] };
    parent: CheckpointInfo | undefined;
    captured: Captured;
    durable: boolean;
  },
  control: Control,
): State {
  const { request, captured } = of;
  const { look } = captured;
  const patched = request.scope === undefined ? driftState(env, store, look, of) : undefined;
  if (patched !== undefined) {
    return { ...patched, links: look.links, written: true };
  }
  const text = request.scope === undefined ? composeText(look, blake3, control.signal) : undefined;
  if (text !== undefined) {
    return composedState(env, store, { ...of, text }, control);
  }
  const part: Whole = {
    files: filesOf(look),
    dirs: dirsOf(look),
    links: look.links,
  };
  const { scope, force = [] } = request;
  if (scope !== undefined && of.parent !== undefined) {
    const links = linksOf(env, store, of.parent.id);
    const on = { parent: of.parent, links, scope, force, found: part };
    const state = scopedState(env, store, on, of.durable);
    if (state !== undefined) {
      return { ...state, written: true };
    }
  }
  const parent = of.parent === undefined ? undefined : parentTree(env, store, of.parent);
  const whole = scope === undefined ? part : carryOver(parent, part, scope, force);
  const manifest = buildManifest(whole.files, whole.dirs, blake3);
  // Only now, with every object on disk, may the manifest that names them appear.
  const lines = encodeManifest(manifest);
  const snapshot = writeManifest(env, store, lines, { manifest, durable: of.durable });
  if (scope === undefined) {
    keepText(snapshot, lines);
    becomes(look, snapshot);
  }
  const tree: Tree = { entries: manifest.entries, links: whole.links };
  const stats = statsOf(whole.files, compareTrees(parent ?? EMPTY, tree).counts);
  return { snapshot, links: whole.links, stats, written: true };
}

/** The whole look's manifest is made: it becomes the snapshot. */
function composedState(
  env: EngineEnv,
  store: Store,
  of: {
    parent: CheckpointInfo | undefined;
    captured: Captured;
    durable: boolean;
    text: Uint8Array;
  },
  control: Control,
): State {
  const { text, durable } = of;
  const { look } = of.captured;
  const snapshot = writeManifest(env, store, text, { durable });
  const totals = totalsOf(look.files);
  const counts = countsAgainst(env, store, of, control) ?? {
    ...{ added: totals.files + look.links.length, deleted: 0, modified: 0, renamed: 0 },
  };
  keepText(snapshot, text);
  becomes(look, snapshot);
  return { snapshot, links: look.links, stats: { ...totals, ...counts }, written: true };
}

/** undefined: there is no parent that could be read. A damaged one must not keep new snapshots from being taken. */
function countsAgainst(
  env: EngineEnv,
  store: Store,
  of: { parent: CheckpointInfo | undefined; captured: Captured; text: Uint8Array },
  control: Control,
): ChangeCounts | undefined {
  if (of.parent === undefined) {
    return undefined;
  }
  const { id, snapshot } = of.parent;
  try {
    const bytes = manifestText(env, store, snapshot, { ours: true, once: true, control });
    const now = { bytes: asBuffer(of.text), links: of.captured.look.links };
    const { signal } = control;
    return compareManifests({ bytes, links: linksOf(env, store, id) }, now, sameBytes, { signal })
      .counts;
  } catch (error) {
    if (SnapdirError.is(error) && !isOwnLack(error)) {
      env.log.warn(`the parent ${id} cannot be read: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}

const EMPTY: Tree = { entries: [], links: [] };

/** The parent's tree. A parent whose manifest is damaged must not keep new snapshots from being taken. */
function parentTree(env: EngineEnv, store: Store, info: CheckpointInfo): Tree | undefined {
  try {
    return hasManifest(env, store, info.snapshot)
      ? treeOf(env, store, { snapshot: info.snapshot, checkpointId: info.id })
      : undefined;
  } catch (error) {
    if (SnapdirError.is(error) && !isOwnLack(error)) {
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
