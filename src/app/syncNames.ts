import { Stopper } from '../base/parallel';
import type { CallContext } from '../core/engine';
import { SnapdirError } from '../core/errors';
import type { SnapshotId } from '../core/ids';
import { ancestorsOf } from '../core/promotion/refState';
import { fetchSnapshot, localName, type Fetched } from './fetchSnapshot';
import { listRemote, type RemoteName, type UnreadableName } from './listRemote';
import { pushNames, stopsAll, type NotPushed, type Pushed } from './pushNames';
import type { Promotion } from './promoteSnapshot';
import type { Repository } from './repository';
import { lookUp, readRef } from './transfer/remoteRef';
import { snapshotHere } from './transfer/snapshotHere';
import type { Target } from './transfer/target';

/** What would be done, and why not with the rest. */
export interface SyncPlan {
  /** Names set here that the store does not have so. */
  push: string[];
  /** The same, where the store is only read from. */
  kept: string[];
  /** Names that stand for something newer there: somebody went on from what is here. */
  behind: string[];
  /** Names of which the snapshot is not here, or is not what `STORE/NAME` stands for. */
  fetch: string[];
  unreadable: UnreadableName[];
  /** Names that are there as they are here, but for files and links that a person left out of them. */
  without: { name: string; count: number }[];
  /** Names beside which other promotions lie, which came at the same time. */
  aside: string[];
}

/** What came of it. */
export interface Synced extends SyncPlan {
  pushed: Pushed;
  fetched: Fetched[];
  /** Names that could not be looked at, or not be fetched. */
  notFetched: NotPushed[];
}

export interface SyncRequest {
  /** Names that were set here, not by fetching (`ownNames`). */
  own: readonly string[];
  dryRun?: boolean;
}

/** How far back it is looked for what stands here among a name's promotions: each is a request. */
const LOOKED_BACK = 50;

/**
 * Both ways: names that were set here are promoted, and what others promoted is fetched. Nobody's promotion is moved away:
 * what somebody else moved meanwhile is told and fetched, and no later promotion takes that for agreed; nor is a name agreed
 * to that was set here before a person fetched theirs, perhaps only to look. What has secrets
 * in it is told and not sent, but for what a person left out of that very name: that is left out again. The folder stays as it is.
 * @throws REMOTE_…, AbortError
 */
export async function syncNames(
  repository: Repository,
  target: Target,
  { own, dryRun = false }: SyncRequest,
  of: {
    context?: CallContext;
    onPushed?: (one: Promotion | NotPushed) => void;
    onFetched?: (one: Fetched) => void;
  } = {},
): Promise<Synced> {
  const { context = {}, onPushed } = of;
  const { names, unreadable } = await listRemote(repository, target, context);
  const there = new Map(names.map((one) => [one.name, one]));
  const synced: Synced = {
    ...{ push: [], kept: [], behind: [], fetch: [], unreadable, without: [] },
    aside: names.filter(({ aside }) => aside.length > 0).map(({ name }) => name),
    ...{ pushed: { promoted: [], failed: [], untried: [] }, fetched: [], notFetched: [] },
  };
  const same = new Set<string>();
  for (const name of own) {
    await orTell(synced, name, async () => {
      const sort = await sortOf(repository, target, { name, there: there.get(name) }, context);
      if (sort === 'same') {
        same.add(name);
      } else if (typeof sort === 'object') {
        synced.without.push({ name, count: sort.without });
      } else {
        synced[sort === 'push' && target.readOnly === true ? 'kept' : sort].push(name);
      }
    });
  }
  // A name of one's own that differs only by what was left out is no news.
  const filtered = new Set(synced.without.map(({ name }) => name));
  for (const one of names) {
    if (!filtered.has(one.name) && (await isNews(repository, target, one, { own, same }))) {
      synced.fetch.push(one.name);
    }
  }
  if (dryRun) {
    return synced;
  }
  const each = { context, ...(onPushed && { onEach: onPushed }) };
  synced.pushed = await pushNames(repository, target, { names: synced.push }, each);
  const moved = synced.pushed.failed.filter(({ name, error }) => isNewer(error, there.get(name)));
  synced.fetch = [...new Set([...synced.fetch, ...moved.map(({ name }) => name)])];
  // Also where nothing may be written: what cannot be read either says so.
  const done = new Set(synced.pushed.promoted.map(({ name }) => name));
  for (const name of synced.fetch.filter((one) => !done.has(one))) {
    const goOn = await orTell(synced, name, async () => {
      const fetched = await fetchSnapshot(repository, target, { name, unseen: true }, context);
      synced.fetched.push(fetched);
      of.onFetched?.(fetched);
    });
    if (!goOn) {
      break;
    }
  }
  synced.aside = stillAside(synced);
  return synced;
}

/** What was promoted or fetched knows better than the list what lies aside. */
function stillAside({ aside, pushed, fetched }: Synced): string[] {
  const now = new Map([...pushed.promoted, ...fetched].map((one) => [one.name, one.aside]));
  const others = aside.filter((name) => !now.has(name));
  return [...others, ...[...now].flatMap(([name, count]) => (count > 0 ? [name!] : []))];
}

/** What is wrong with one name is told, and the others go on. @returns false: the others would fail, too */
async function orTell(synced: Synced, name: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
    synced.notFetched.push({ name, error });
    return !stopsAll(error);
  }
}

/** Whether somebody moved a name since it was listed. */
function isNewer(error: SnapdirError, listed: RemoteName | undefined): boolean {
  return (
    SnapdirError.is(error, 'PROMOTION_CONFLICT') &&
    (error.data.theirs.snapshot as SnapshotId) !== listed?.snapshot
  );
}

/** Whether a name is to be fetched. Where one's own name says the same, nothing is missing. */
async function isNews(
  repository: Repository,
  target: Target,
  { name, snapshot, here }: RemoteName,
  { own, same }: { own: readonly string[]; same: ReadonlySet<string> },
): Promise<boolean> {
  const ref = localName(target, name);
  if (!here || same.has(name) || ref === null || own.includes(ref)) {
    return !here;
  }
  return (await snapshotHere(repository, ref)) !== snapshot;
}

/** What is to be done with a name that was set here. */
async function sortOf(
  repository: Repository,
  { store }: Target,
  { name, there }: { name: string; there: RemoteName | undefined },
  context: CallContext,
): Promise<'push' | 'behind' | 'same' | { without: number }> {
  const here = await snapshotHere(repository, name);
  if (there === undefined || there.snapshot === here) {
    return there === undefined ? 'push' : 'same';
  }
  const { last } = await repository.engine.leftOutBefore({ remote: store.id, name, found: [] });
  // What stands here was promoted without what a person left out of it.
  const rest = last !== null && last.snapshot === here ? last : null;
  if (rest !== null && rest.promoted === there.snapshot) {
    return { without: rest.count };
  }
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    const call = { signal: stopper.signal };
    const ref = await readRef(store, name, call);
    // What lies aside is no older one: it came second, and its promotion is told as a conflict.
    const before = ancestorsOf(ref.history, ref.current?.nonce ?? '');
    const older = ref.history.filter(({ nonce }) => before.has(nonce)); // Newest first.
    for (const { nonce } of older.slice(0, LOOKED_BACK)) {
      const read = await lookUp(store, ref, nonce, call);
      if ('entry' in read && [here, rest?.promoted].includes(read.entry.id)) {
        return 'behind';
      }
    }
    return 'push';
  } finally {
    stopper.dispose();
  }
}
