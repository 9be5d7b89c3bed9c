import type { CallContext } from '../core/engine';
import { SnapdirError } from '../core/errors';
import type { SnapshotId } from '../core/ids';
import { Stopper } from '../base/parallel';
import { fetchSnapshot, type Fetched } from './fetchSnapshot';
import { listRemote, type RemoteName, type UnreadableName } from './listRemote';
import { pushNames, stopsAll, type NotPushed, type Pushed } from './pushNames';
import type { Promotion } from './promoteSnapshot';
import type { Repository } from './repository';
import { lookUp, readRef } from './transfer/remoteRef';
import type { Target } from './transfer/target';

/** What would be done, and why not with the rest. */
export interface SyncPlan {
  /** Names set here that the store does not have so. */
  push: string[];
  /** Names that stand for something newer there: somebody went on from what is here. */
  behind: string[];
  /** Names of which the snapshot is not here. */
  fetch: string[];
  unreadable: UnreadableName[];
}

/** What came of it. */
export interface Synced extends SyncPlan {
  pushed: Pushed;
  fetched: Fetched[];
  notFetched: NotPushed[];
}

export interface SyncRequest {
  /** Names that were set here, not by fetching (`ownNames`). */
  own: readonly string[];
  dryRun?: boolean;
}

/** How far back it is looked for what stands here among a name's promotions: each is a request. */
const LOOKED_BACK = 50;

const NOTHING: Pushed = { promoted: [], failed: [], untried: [] };

/**
 * Both ways: names that were set here are promoted, and what others promoted is fetched. Nobody's promotion is moved away:
 * what somebody else moved meanwhile is told and fetched, and a later sync does not take that for agreed. What has secrets
 * in it is told and not sent. The folder stays as it is.
 * @throws REMOTE_…, AbortError
 */
export async function syncNames(
  repository: Repository,
  target: Target,
  { own, dryRun = false }: SyncRequest,
  of: { context?: CallContext; onPushed?: (one: Promotion | NotPushed) => void } = {},
): Promise<Synced> {
  const { names, unreadable } = await listRemote(repository, target, of.context);
  const there = new Map(names.map((one) => [one.name, one]));
  const plan: SyncPlan = { push: [], behind: [], fetch: [], unreadable };
  for (const name of own) {
    const sort = await sortOf(repository, target, { name, there: there.get(name) }, of.context);
    if (sort !== 'same') {
      plan[sort].push(name);
    }
  }
  plan.fetch = names.filter(({ here }) => !here).map(({ name }) => name);
  const synced: Synced = { ...plan, pushed: NOTHING, fetched: [], notFetched: [] };
  if (dryRun || target.readOnly === true) {
    return dryRun ? synced : fetchAll(repository, target, synced, { own, context: of.context });
  }
  const { context, onPushed: onEach } = of;
  synced.pushed = await pushNames(
    repository,
    target,
    { names: plan.push },
    { ...(context && { context }), ...(onEach && { onEach }) },
  );
  return synced.pushed.untried.length > 0
    ? synced
    : fetchAll(repository, target, synced, { own, context });
}

/** What is to be done with a name that was set here. */
async function sortOf(
  repository: Repository,
  { store }: Target,
  { name, there }: { name: string; there: RemoteName | undefined },
  context: CallContext = {},
): Promise<'push' | 'behind' | 'same'> {
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    const resolved = await repository.engine.resolve({ rev: name });
    const here = resolved.kind === 'live' ? undefined : resolved.snapshot;
    if (there === undefined || here === undefined) {
      return 'push';
    }
    if (there.snapshot === here) {
      return 'same';
    }
    const call = { signal: stopper.signal };
    const ref = await readRef(store, name, call);
    // Newest first.
    const older = ref.history.filter(({ nonce }) => nonce !== ref.current?.nonce);
    for (const { nonce } of older.slice(0, LOOKED_BACK)) {
      const read = await lookUp(store, ref, nonce, call);
      if ('entry' in read && read.entry.id === here) {
        return 'behind';
      }
    }
    return 'push';
  } finally {
    stopper.dispose();
  }
}

async function fetchAll(
  repository: Repository,
  target: Target,
  synced: Synced,
  of: { own: readonly string[]; context: CallContext | undefined },
): Promise<Synced> {
  const promoted = new Map<string, SnapshotId>(
    synced.pushed.promoted.map(({ name, snapshot }) => [name, snapshot]),
  );
  for (const name of synced.fetch) {
    if (promoted.has(name)) {
      continue;
    }
    try {
      // What a person has a name of their own for is not agreed to by being fetched.
      const request = { name, unseen: of.own.includes(name) };
      synced.fetched.push(await fetchSnapshot(repository, target, request, of.context));
    } catch (error) {
      if (!SnapdirError.is(error)) {
        throw error;
      }
      synced.notFetched.push({ name, error });
      if (stopsAll(error)) {
        break;
      }
    }
  }
  return synced;
}
