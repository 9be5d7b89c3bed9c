import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { LoggedTake } from '../../core/history/log';
import type { CheckpointId } from '../../core/ids';
import { composeEdges, edgeBetween, type Edge } from '../../core/pathHistory/edge';
import type { Control, EngineEnv } from '../context';
import { ChangeSegments, type KeptEdge } from './changeSegments';
import { manifestText, sameBytes } from './manifestText';
import { knownHistory, loadHistory } from './records';
import { linksOf } from './checkpointTrees';
import type { Store } from './storeRoot';

/** What a checkpoint changed against the one before it in time. */
export interface ChangeStep {
  take: LoggedTake;
  previous: LoggedTake;
  edge: Edge;
}

/** What checkpoints changed, as far as it is known. */
export interface ChangeIndex {
  /** Newest first, without a gap. */
  steps: ChangeStep[];
  /** The oldest checkpoint of all, once everything is known: it has none before it. */
  oldest: LoggedTake | undefined;
  /** How many older checkpoints have not been looked at. */
  pending: number;
  /** Whether the index is as large as it may get: then `pending` stays. */
  full: boolean;
  /** Checkpoints whose manifest is missing or damaged: they are passed over. */
  unreadable: CheckpointId[];
}

/** How far to go. */
export interface IndexBudget {
  /** Milliseconds that may be spent on reading manifests; absent: as many as it takes. */
  ms?: number;
  /** At most so many checkpoints are looked at; absent: all. */
  most?: number;
}

/** All edges are held in memory. Bytes. */
export const MAX_INDEX_BYTES = 192 * 1024 * 1024;
/** A manifest that could not be read is tried again after so long. Milliseconds. */
const TRY_AGAIN = 60_000;

interface State {
  storeId: string;
  forgotten: string | undefined;
  edges: ChangeSegments;
  /** When they may be tried again. */
  unreadable: Map<CheckpointId, number>;
  index?: { history: unknown; records: number; value: ChangeIndex };
}

const states = new Map<string, State>();

function stateOf(env: EngineEnv, store: Store): State {
  let state = states.get(store.path);
  const { records } = knownHistory(env, store).history.forgetting;
  // Edges hold lines of manifests: after a forgetting they are made anew.
  const forgotten = records.length === 0 ? undefined : `${records.length} ${records.at(-1)!.id}`;
  if (state?.storeId !== store.id || state.forgotten !== forgotten) {
    const edges = ChangeSegments.load(env, store, forgotten);
    state = { storeId: store.id, forgotten, edges, unreadable: new Map() };
    states.set(store.path, state);
  }
  return state;
}

/** The edges that are known in this process, as they are: nothing is brought up to date. */
export const knownEdges = (env: EngineEnv, store: Store): ChangeSegments =>
  stateOf(env, store).edges;

/**
 * What each checkpoint changed, newest first: out of the index in the store's cache, which is brought up to
 * date within the budget. Each manifest is read once in the store's life, newest first, so an answer that is not
 * whole lacks the oldest only. Progress: `plan`, checkpoints looked at.
 * @throws IO, AbortError
 */
export function changeIndex(
  env: EngineEnv,
  store: Store,
  budget: IndexBudget,
  control: Control,
): ChangeIndex {
  const { history } = loadHistory(env, store);
  const state = stateOf(env, store);
  const { index } = state;
  const isSame = index?.history === history && index.records === history.records.length;
  if (index !== undefined && isSame && index.value.pending === 0 && state.unreadable.size === 0) {
    return index.value;
  }
  const value = bringUpToDate(env, store, { state, budget }, control);
  state.index = { history, records: history.records.length, value };
  return value;
}

/** How far this call may still go. */
class Allowance {
  /** Checkpoints whose manifest was read. */
  done = 0;
  private readonly env: EngineEnv;
  private readonly end: number;
  private readonly most: number;

  constructor(env: EngineEnv, { ms, most = Infinity }: IndexBudget) {
    this.env = env;
    this.end = ms === undefined ? Infinity : env.clock.now() + ms;
    this.most = most;
  }

  /** One is always looked at, else nobody would ever come to an end. */
  get isOver(): boolean {
    return this.done >= this.most || (this.done > 0 && this.env.clock.now() >= this.end);
  }
}

function bringUpToDate(
  env: EngineEnv,
  store: Store,
  { state, budget }: { state: State; budget: IndexBudget },
  control: Control,
): ChangeIndex {
  const { edges, unreadable } = state;
  letTryAgain(env, unreadable);
  const all = loadHistory(env, store).history.checkpointsNewestFirst();
  const chain = all.filter(({ id }) => !unreadable.has(id));
  const members = new Set(chain.map(({ id }) => id));
  const allowance = new Allowance(env, budget);
  const steps: ChangeStep[] = [];
  let changed = 0;
  try {
    while (steps.length + 1 < chain.length) {
      throwIfCancelled(control.signal);
      const [take, previous] = [chain[steps.length]!, chain[steps.length + 1]!];
      let edge = knownEdge(edges, members, take.id, previous.id);
      if (edge === undefined && (allowance.isOver || edges.bytes >= MAX_INDEX_BYTES)) {
        break;
      }
      if (edge === undefined) {
        allowance.done++;
        control.progress({ phase: 'plan', done: steps.length + 1, total: chain.length });
        const found = look(env, store, [take, previous], control);
        if ('unreadable' in found) {
          passOver(env, { state, chain, members, steps }, found.unreadable);
          continue;
        }
        edge = found.edge;
      }
      if (edges.get(take.id)?.edge !== edge) {
        edges.set({ to: take.id, from: previous.id, edge });
        changed++;
      }
      steps.push({ take, previous, edge });
    }
  } finally {
    if (changed > 0) {
      edges.save(env, store);
    }
  }
  const pending = Math.max(0, chain.length - 1 - steps.length);
  if (pending === 0 && edges.size > steps.length) {
    edges.keepOnly(members);
  }
  return {
    steps,
    oldest: pending === 0 ? chain.at(-1) : undefined,
    pending,
    full: pending > 0 && edges.bytes >= MAX_INDEX_BYTES,
    unreadable: [...unreadable.keys()],
  };
}

function letTryAgain(env: EngineEnv, unreadable: Map<CheckpointId, number>): void {
  const now = env.clock.now();
  for (const [id, until] of unreadable) {
    if (until <= now) {
      unreadable.delete(id);
    }
  }
}

/** Takes a checkpoint out of what is being made. A step that led from it is no step any more. */
function passOver(
  env: EngineEnv,
  of: {
    state: State;
    chain: LoggedTake[];
    members: Set<CheckpointId>;
    steps: ChangeStep[];
  },
  take: LoggedTake,
): void {
  of.state.unreadable.set(take.id, env.clock.now() + TRY_AGAIN);
  of.members.delete(take.id);
  of.chain.splice(of.chain.indexOf(take), 1);
  if (of.steps.at(-1)?.previous === take) {
    of.steps.pop();
  }
}

/**
 * The edge between two neighbours: as it is kept, or put together out of those that led over checkpoints
 * which are off the list by now, whose manifests may be gone.
 */
function knownEdge(
  edges: ChangeSegments,
  members: ReadonlySet<CheckpointId>,
  to: CheckpointId,
  from: CheckpointId,
): Edge | undefined {
  let kept: KeptEdge | undefined = edges.get(to);
  let edge = kept?.edge;
  for (let over = 0; kept !== undefined && edge !== undefined && over <= edges.size; over++) {
    if (kept.from === from) {
      return edge;
    }
    kept = members.has(kept.from) ? undefined : edges.get(kept.from);
    edge = kept === undefined ? undefined : composeEdges(kept.edge, edge);
  }
  return undefined;
}

/** Compares two neighbours' manifests. */
function look(
  env: EngineEnv,
  store: Store,
  pair: readonly [LoggedTake, LoggedTake],
  control: Control,
): { edge: Edge } | { unreadable: LoggedTake } {
  for (const ours of [true, false]) {
    const texts = [];
    for (const take of pair) {
      try {
        const bytes = manifestText(env, store, take.snapshot, { ours, control });
        texts.push({ bytes, links: linksOf(env, store, take.id) });
      } catch (error) {
        if (SnapdirError.is(error)) {
          env.log.warn(`the checkpoint ${take.id} cannot be read: ${error.message}`);
          return { unreadable: take };
        }
        throw error;
      }
    }
    const edge = edgeBetween(texts[1]!, texts[0]!, sameBytes);
    if (edge !== undefined) {
      return { edge };
    }
    // A line is not in canonical form: then every rule is checked, which names the one it is in.
  }
  return { unreadable: pair[0] };
}
