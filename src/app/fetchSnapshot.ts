import type { CallContext, CheckpointInfo, RecordFetchedParams, RestorePlan } from '../core/engine';
import { SnapdirError } from '../core/errors';
import type { SnapshotId } from '../core/ids';
import { checkName } from '../core/refName';
import type { Repository } from './repository';
import { planRestore } from './restore';
import { findPromotion, type Wanted } from './transfer/findPromotion';
import { Stopper } from '../base/parallel';
import { receiveManifest, receiveObjects } from './transfer/receiveContent';
import type { Moved } from './transfer/sendContent';
import { snapshotHere } from './transfer/snapshotHere';
import { orDoubt } from './transfer/stillThere';
import { TRANSFERS_AT_ONCE, type Target } from './transfer/target';

export interface FetchRequest {
  /** A promoted name, `NAME#NONCE` for one of its promotions, or a snapshot's 64 digits. */
  name: string;
  /** Nobody looks at it now: a later promotion of this name does not go on from it. */
  unseen?: boolean;
}

export interface Fetched {
  name: string | null;
  snapshot: SnapshotId;
  checkpoint: CheckpointInfo;
  /** false: it was recorded before. */
  recorded: boolean;
  received: Moved;
  /** The local name that stands for it (`store/name`); null: none. */
  ref: string | null;
  /** The local name that would, but was set by a person here, and was left alone; null: none. */
  kept: string | null;
  /** How many other promotions of the name lie aside. */
  aside: number;
}

/** A garbage collection may take content away while the rest is fetched. */
const TRIES = 3;

/**
 * Fetches a promoted snapshot into the local store: what is here is not asked for, what comes is checked, and the
 * checkpoint is recorded, marked with where it came from, when everything of it is durable. HEAD and the folder
 * stay as they are.
 * @throws PROMOTION_NOT_FOUND, REMOTE_KEY_NOT_FOUND, REMOTE_INTEGRITY, other REMOTE_…, DISK_FULL, AbortError
 */
export async function fetchSnapshot(
  repository: Repository,
  target: Target,
  request: FetchRequest,
  context: CallContext = {},
): Promise<Fetched> {
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    context.onProgress?.({ phase: 'compare', done: 0, total: 0 });
    const wanted = await findPromotion(target, request.name, stopper);
    return await orDoubt(repository.engine, target.store, async () => {
      const received = await receive(repository, target, wanted.snapshot, { stopper, context });
      const seen = request.unseen !== true;
      return record(repository, target, wanted, { received, context, stopper, seen });
    });
  } finally {
    stopper.dispose();
  }
}

interface Way {
  stopper: Stopper;
  context: CallContext;
}

async function receive(
  repository: Repository,
  target: Target,
  snapshot: SnapshotId,
  { stopper, context }: Way,
): Promise<Moved> {
  const { engine } = repository;
  const here = await engine.haveManifests({ snapshots: [snapshot], received: true });
  if (here.length === 0) {
    await receiveManifest(engine, target.store, snapshot, stopper);
  }
  return receiveObjects(engine, target.store, snapshot, {
    width: TRANSFERS_AT_ONCE,
    stopper,
    progress: ({ objects: done, bytes }, { total, totalBytes }) =>
      context.onProgress?.({ phase: 'receive', done, total, bytes, totalBytes }),
  });
}

/** `store/name`, where that can be a name: what stands here for what was fetched. */
export function localName(target: Target, name: string | null): string | null {
  const ref = `${target.name}/${name}`;
  try {
    checkName(ref, 'ref');
    return target.name === null || name === null ? null : ref;
  } catch {
    return null; // Too long: the checkpoint is in the list all the same.
  }
}

function fetchedParams(target: Target, wanted: Wanted, ref: string | null): RecordFetchedParams {
  const { name, snapshot, entry } = wanted;
  const details = entry?.checkpoint;
  const { message, tags, links } = details ?? { message: '', tags: [], links: [] };
  const { time, author } = details ?? { time: entry?.at ?? 0, author: entry?.by ?? '' };
  const origin = { from: target.store.url, name, checkpoint: null, time, author };
  return { snapshot, ref, message, tags, links, origin };
}

async function record(
  repository: Repository,
  target: Target,
  wanted: Wanted,
  of: Way & { received: Moved; seen: boolean },
): Promise<Fetched> {
  const { engine } = repository;
  const { name, snapshot, entry, current, aside } = wanted;
  const ref = localName(target, name);
  const received = { ...of.received };
  const params = fetchedParams(target, wanted, ref);
  for (let tries = TRIES; ; tries--) {
    of.stopper.check();
    try {
      const { checkpoint, recorded, kept } = await engine.recordFetched(params, of.context);
      if (of.seen && current && name !== null && entry !== null) {
        // Who looks at theirs did not set the own name in its light: `syncNames` asks for that.
        const over = await snapshotHere(repository, name);
        const seen = { remote: target.store.id, name, nonce: entry.nonce };
        await engine.noteSeen({ ...seen, ...(over !== undefined && { over }) });
      }
      repository.didChange({ kind: 'taken', checkpoint });
      const named = kept ? { ref: null, kept: ref } : { ref, kept: null };
      return { name, snapshot, checkpoint, recorded, received, ...named, aside };
    } catch (error) {
      if (!SnapdirError.is(error, 'OBJECT_NOT_FOUND') || tries === 0) {
        throw error;
      }
      const more = await receive(repository, target, snapshot, of);
      received.objects += more.objects;
      received.bytes += more.bytes;
    }
  }
}

/** A fetch, and what restoring it would do. Nothing in the folder is touched yet. */
export interface Pull {
  fetched: Fetched;
  plan: RestorePlan;
}

/** Fetches a snapshot and plans its restore; `restore` with the plan's fingerprint does it. */
export async function pullSnapshot(
  repository: Repository,
  target: Target,
  request: FetchRequest & { exact: boolean; includeRunnable?: boolean },
  context: CallContext = {},
): Promise<Pull> {
  const fetched = await fetchSnapshot(repository, target, request, context);
  const { exact, includeRunnable = false } = request;
  const rev = fetched.checkpoint.id;
  const plan = await planRestore(repository, { rev, exact, includeRunnable }, context);
  return { fetched, plan };
}
