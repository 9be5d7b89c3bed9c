import type { History } from '../../core/history';
import type { LoggedTake } from '../../core/history/log';
import type { CheckpointId } from '../../core/ids';
import { composeEdges, edgeBytes, edgeOfLines, type Edge } from '../../core/pathHistory/edge';
import type { LinkEntry } from '../../core/tree';
import type { EngineEnv } from '../context';
import { knownEdges, MAX_INDEX_BYTES } from './changeIndex';
import type { ChangeSegments } from './changeSegments';
import type { Store } from './storeRoot';

/** Putting more together costs more than reading two manifests. Steps and bytes. */
const MAX_STEPS = 64;
const MAX_BYTES = 1024 * 1024;

/**
 * What differs between two checkpoints as the change index has it: then neither manifest need be read. Only
 * what is known by now is used, in either direction.
 * @returns undefined: it is not known, or is more than is quick to put together
 */
export function changesBetween(
  env: EngineEnv,
  store: Store,
  left: CheckpointId,
  right: CheckpointId,
): Edge | undefined {
  const edges = knownEdges(env, store);
  const forward = walk(edges, left, right);
  if (forward !== undefined) {
    return forward;
  }
  const back = walk(edges, right, left);
  return back && { left: back.right, right: back.left };
}

/** Steps are put together only once it is known that they lead there. */
function walk(edges: ChangeSegments, from: CheckpointId, to: CheckpointId): Edge | undefined {
  const steps: Edge[] = [];
  let bytes = 0;
  for (let at = to; at !== from;) {
    const kept = edges.get(at);
    bytes += kept === undefined ? 0 : edgeBytes(kept.edge);
    if (
      kept === undefined ||
      steps.length === MAX_STEPS ||
      (steps.length > 0 && bytes > MAX_BYTES)
    ) {
      return undefined;
    }
    steps.push(kept.edge);
    at = kept.from;
  }
  return steps.length === 0 ? undefined : steps.reduce((later, step) => composeEdges(step, later));
}

/** Two that follow each other in time are what the change index holds; another pair is not kept. */
function inOrder(
  history: History,
  a: CheckpointId,
  b: CheckpointId,
): [LoggedTake, LoggedTake] | undefined {
  const all = history.checkpointsNewestFirst();
  const at = all.findIndex(({ id }) => id === a || id === b);
  const [newer, older] = [all[at], all[at + 1]];
  return newer !== undefined && older !== undefined && [a, b].includes(older.id) && a !== b
    ? [older, newer]
    : undefined;
}

/**
 * Keeps what two checkpoints differ in, where it belongs into the change index and is small.
 * @param of.lines the lines that differ, and all links of each side
 * @returns the difference; undefined where it is not kept
 */
export function keepChanges(
  env: EngineEnv,
  store: Store,
  of: {
    history: History;
    pair: readonly [left: CheckpointId, right: CheckpointId];
    lines: { left: Uint8Array; right: Uint8Array };
    links: [LinkEntry[], LinkEntry[]];
  },
): Edge | undefined {
  const edges = knownEdges(env, store);
  const bytes = of.lines.left.length + of.lines.right.length;
  const pair = inOrder(of.history, ...of.pair);
  if (pair === undefined || bytes > MAX_BYTES || edges.bytes + bytes > MAX_INDEX_BYTES) {
    return undefined;
  }
  const edge = edgeOfLines(of.lines, of.links);
  if (edge !== undefined) {
    const [from, to] = [pair[0].id, pair[1].id];
    const forward = from === of.pair[0] ? edge : { left: edge.right, right: edge.left };
    edges.set({ from, to, edge: forward });
    edges.save(env, store);
  }
  return edge;
}
