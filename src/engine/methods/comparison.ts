import { throwIfCancelled } from '../../base/abort';
import { compareTrees, type CompareOptions, type TreeComparison } from '../../core/compare';
import { compareManifests, type SnapshotText } from '../../core/compareManifests';
import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import { readLines } from '../../core/manifest/lines';
import { differingLines } from '../../core/manifest/differingLines';
import type { Edge } from '../../core/pathHistory/edge';
import { checkRelPath } from '../../core/paths';
import { resolveRev, type Rev } from '../../core/rev';
import type { Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { changesBetween, keepChanges } from '../store/changesBetween';
import { hasLookedAt, lookedAtLinks } from '../store/lookedAt';
import { asBuffer, manifestText, sameBytes } from '../store/manifestText';
import { hasManifest, readManifestBytes } from '../store/manifests';
import { loadHistory } from '../store/records';
import { linksOf } from '../store/checkpointTrees';
import type { Store } from '../store/storeRoot';
import { scanText } from '../worktree/liveTree';
import { treeForRev } from './trees';

type Params = EngineMethods['compare']['params'];
type Result = EngineMethods['compare']['result'];
type Snapshot = Extract<Rev, { kind: 'snapshot' | 'empty' }>;

const DEFAULT_LIMIT = 5000;
/** A comparison with more changes is kept only while its pages are being read. */
const MANY = 50_000;

/** The last comparison: its pages are asked for one after the other. */
interface Last {
  key: string;
  /** Where the next page begins. */
  next: number;
  comparison: TreeComparison;
}

let last: Last | undefined;

/**
 * A page of what differs, at most `limit` changes; `truncated` tells that there is more.
 * @throws REV_NOT_FOUND, REV_AMBIGUOUS, UNSAFE_PATH, MANIFEST_NOT_FOUND, INTEGRITY, IO, AbortError
 */
export function compare(env: EngineEnv, store: Store, params: Params, control: Control): Result {
  const { offset = 0, limit = DEFAULT_LIMIT } = params;
  params.paths?.forEach((path) => checkRelPath(path));
  const { changes, counts } = comparisonFor(env, store, params, control);
  const page = changes.slice(offset, offset + limit);
  const next = offset + page.length;
  const truncated = next < changes.length;
  last = truncated || changes.length <= MANY ? last : undefined;
  if (last !== undefined) {
    last.next = next;
  }
  return { changes: page, counts, truncated };
}

function comparisonFor(
  env: EngineEnv,
  store: Store,
  params: Params,
  control: Control,
): TreeComparison {
  const { history } = loadHistory(env, store);
  const [left, right] = [resolveRev(history, params.left), resolveRev(history, params.right)];
  const { paths, offset = 0 } = params;
  const isLive = left.kind === 'live' || right.kind === 'live';
  const rules = isLive ? params.rules : null;
  const key = JSON.stringify([store.id, store.path, left, right, paths, rules]);
  // Snapshots never change; of the folder, further pages belong to the look that the first one came from.
  const continues = last?.key === key && (!isLive || (offset > 0 && offset === last.next));
  const known = continues ? last?.comparison : undefined;
  last = undefined;
  if (known !== undefined) {
    // It must fail where it would have failed without memory: when a manifest is gone.
    [left, right].forEach((rev) => rev.kind === 'snapshot' && requireManifest(env, store, rev));
  }
  const comparison = known ?? compareAnew(env, store, { params, left, right }, control);
  last = { key, next: 0, comparison };
  return comparison;
}

/**
 * Everything that differs between two REVs, kept by nobody. `params` says which part, and the rules of a live side.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, PARSE, UNSAFE_PATH, IO, AbortError
 */
export function compareAnew(
  env: EngineEnv,
  store: Store,
  of: { params: Pick<Params, 'paths' | 'rules' | 'left' | 'right'>; left: Rev; right: Rev },
  control: Control,
): TreeComparison {
  const { params, left, right } = of;
  const { signal } = control;
  const options = params.paths === undefined ? { signal } : { signal, paths: params.paths };
  // Of a part, only that part is looked at: that is no whole text.
  if (params.paths === undefined || (left.kind !== 'live' && right.kind !== 'live')) {
    const known = compareByIndex(env, store, of, options);
    if (known !== undefined) {
      return known;
    }
    const [a, b] = [left, right].map((rev): SnapshotText => {
      throwIfCancelled(control.signal);
      if (rev.kind === 'live') {
        const { bytes, links } = scanText(env, store, params.rules, control);
        return { bytes: asBuffer(bytes), links };
      }
      return { bytes: textOf(env, store, rev, control), links: linksFor(env, store, rev) };
    });
    throwIfCancelled(control.signal);
    return compareTexts(env, store, { revs: [left, right], texts: [a!, b!] }, options);
  }
  const live = { rules: params.rules, scope: params.paths ?? null };
  const a = treeForRev(env, store, params.left, live, control);
  const b = treeForRev(env, store, params.right, live, control);
  return compareTrees(a, b, options);
}

/** Two checkpoints of this store whose difference is known: no manifest is read, but both must be there. */
function compareByIndex(
  env: EngineEnv,
  store: Store,
  { left, right }: { left: Rev; right: Rev },
  options: CompareOptions,
): TreeComparison | undefined {
  const ids = checkpointsOf(store, left, right);
  const edge = ids && changesBetween(env, store, ...ids);
  if (edge === undefined) {
    return undefined;
  }
  [left, right].forEach((rev) => rev.kind === 'snapshot' && requireManifest(env, store, rev));
  return compareEdge(edge, options);
}

function compareEdge(edge: Edge, options: CompareOptions): TreeComparison {
  const reading = options.signal === undefined ? {} : { signal: options.signal };
  const [a, b] = [edge.left, edge.right].map(({ lines, links }): Tree => {
    return { entries: readLines(lines, reading), links };
  });
  return compareTrees(a!, b!, options);
}

function checkpointsOf(
  store: Store,
  left: Rev,
  right: Rev,
): [CheckpointId, CheckpointId] | undefined {
  const [a, b] = [left, right].map((rev) => (rev.kind === 'snapshot' ? rev.checkpointId : null));
  return store.id !== '' && a !== null && b !== null && a !== b ? [a!, b!] : undefined;
}

function requireManifest(
  env: EngineEnv,
  store: Store,
  { snapshot, checkpointId }: Snapshot & { kind: 'snapshot' },
): void {
  const isThere =
    hasManifest(env, store, snapshot) ||
    (checkpointId === null && hasLookedAt(env, store, snapshot)) ||
    readManifestBytes(env, store, snapshot) !== undefined;
  if (!isThere) {
    throw new SnapdirError('MANIFEST_NOT_FOUND', { snapshot });
  }
}

/** Compares texts; what neighbours differ in is kept, so that the next process need not read them. */
function compareTexts(
  env: EngineEnv,
  store: Store,
  of: { revs: readonly [Rev, Rev]; texts: readonly [SnapshotText, SnapshotText] },
  options: CompareOptions,
): TreeComparison {
  const [a, b] = of.texts;
  const pair = checkpointsOf(store, ...of.revs);
  const lines = pair && differingLines(a.bytes, b.bytes, sameBytes);
  if (lines !== undefined) {
    const { history } = loadHistory(env, store);
    const edge = keepChanges(env, store, {
      history,
      pair: pair!,
      lines,
      links: [a.links, b.links],
    });
    if (edge !== undefined) {
      return compareEdge(edge, options);
    }
  }
  return compareManifests(a, b, sameBytes, options);
}

const NOTHING = Buffer.alloc(0);

function textOf(env: EngineEnv, store: Store, rev: Snapshot, control: Control): Buffer {
  if (rev.kind === 'empty') {
    return NOTHING;
  }
  const ours = rev.checkpointId !== null && store.id !== '';
  const toLookAt = rev.checkpointId === null;
  return manifestText(env, store, rev.snapshot, { ours, toLookAt, control });
}

function linksFor(env: EngineEnv, store: Store, rev: Snapshot): ReturnType<typeof linksOf> {
  if (rev.kind === 'empty') {
    return [];
  }
  const { snapshot, checkpointId } = rev;
  if (checkpointId !== null) {
    return linksOf(env, store, checkpointId);
  }
  return hasManifest(env, store, snapshot) ? [] : lookedAtLinks(env, store, snapshot);
}
