import type { CallContext, PromotedFile, PromotionStart } from '../core/engine';
import { SnapdirError } from '../core/errors';
import type { CheckpointId, SnapshotId } from '../core/ids';
import { checkStoredName } from '../core/promotion/refEntry';
import type { RelPath } from '../core/tree';
import type { Repository } from './repository';
import { Stopper } from '../base/parallel';
import { conflict, isSettledOnly, summaryOf } from './transfer/conflict';
import { joinTwins, mendHead, publishRef } from './transfer/publishRef';
import { receiveManifest } from './transfer/receiveContent';
import { readRef, type RemoteRef } from './transfer/remoteRef';
import type { Moved } from './transfer/sendContent';
import { sendSnapshot } from './transfer/sendSnapshot';
import { isManifestWhole, lookAgain, type Evidence } from './transfer/stillThere';
import { labelOf, type Target } from './transfer/target';
import { withoutSecrets, type Chosen, type SecretsChoice } from './transfer/withoutSecrets';

export type { SecretsChoice } from './transfer/withoutSecrets';

export interface PromoteRequest {
  rev: string;
  name: string;
  /** The promotion that the person saw the name stand for (its nonce); absent: what this store saw last. */
  expect?: string | null;
  /** What was fetched was seen to agree to it only where the name was set here after that. */
  sinceSeen?: boolean;
  /** Send everything, so that what is missing or damaged there is replaced. */
  anew?: boolean;
  /** What these hold was sent just now, and need not go again. */
  sentBefore?: readonly SnapshotId[];
  /** As `anew`, and move the name whatever it stands for; what lies aside counts as settled. */
  force?: boolean;
  secrets?: SecretsChoice;
  /** Write the name into `snapdir.json` even where there is no such file. */
  manifest?: boolean;
}

export interface Promotion {
  name: string;
  /** What was promoted; another one than REV's where secrets were left out. */
  snapshot: SnapshotId;
  checkpoint: CheckpointId | null;
  by: string;
  /** Whether the name stands for something else now. */
  changed: boolean;
  sent: Moved;
  /** Contents that were there already. */
  present: number;
  /** At most 500 of `leftOutCount`. */
  leftOut: RelPath[];
  leftOutCount: number;
  /** Whether the message was not sent, since it looks like it holds a secret. */
  messageLeftOut: boolean;
  /** How many promotions by others lie beside this one. */
  aside: number;
  manifest: PromotedFile | null;
}

/** One promotion under way. */
interface Work {
  repository: Repository;
  target: Target;
  request: PromoteRequest;
  start: PromotionStart;
  stopper: Stopper;
  context: CallContext;
  /** How the name was before. */
  seen: RemoteRef;
  /** Everything is sent, whatever is there. */
  anew: boolean;
  /** Snapshots whose content was sent before, and whose manifests are here: nobody looks for secrets in it again. */
  less: SnapshotId[];
}

/**
 * Gives a snapshot a name in a permanent store: objects, then the manifest, then the name, so that a name never
 * shows what is not whole. May be stopped anywhere and done again: it goes on where it was.
 * @throws PROMOTION_CONFLICT (the name was moved by somebody else), PROMOTION_UNREADABLE (without
 *   `force`), SECRETS_FOUND, REV_NOT_FOUND, INVALID_NAME, REMOTE_…, AbortError
 */
export async function promoteSnapshot(
  repository: Repository,
  target: Target,
  request: PromoteRequest,
  context: CallContext = {},
): Promise<Promotion> {
  const { rev, name } = request;
  checkStoredName(name);
  const { engine } = repository;
  const stopper = new Stopper(context.signal, new AbortController());
  try {
    context.onProgress?.({ phase: 'compare', done: 0, total: 0 });
    // What cannot be read there would only be found when everything is sent.
    await engine.promotedFile({ set: [], create: false });
    const start = await engine.startPromotion({ rev, remote: target.store.id, name });
    const seen = await readRef(target.store, name, { signal: stopper.signal });
    const anew = request.anew === true || request.force === true;
    const work = { repository, target, request, start, stopper, context, seen, anew };
    return await promote({ ...work, less: [] });
  } finally {
    stopper.dispose();
  }
}

async function promote(work: Work): Promise<Promotion> {
  const { seen, start, target, repository } = work;
  const whole = await wholeThere(work);
  if (seen.entry?.id !== start.snapshot) {
    await refuseMoved(work);
  }
  const known = whole === undefined ? [] : await knownHere(work, whole);
  const call = { signal: work.stopper.signal };
  const there = await lookAgain(target.store, known[0], start, call);
  // What is not sent, and nothing else, needs no look for secrets.
  const relied = there.at === undefined ? [] : known;
  work.less = [...relied, ...(work.request.sentBefore ?? [])];
  const chosen = await withoutSecrets(repository.engine, target, {
    ...{ start, less: work.less, present: there.all, choice: work.request.secrets ?? 'refuse' },
    ...{ name: work.request.name },
    ...{ beside: seen.entry?.id !== start.snapshot, context: work.context },
  });
  if (seen.entry?.id === start.snapshot && chosen.snapshot !== start.snapshot) {
    await refuseMoved(work);
  }
  if (whole === chosen.snapshot && there.all === undefined && there.at !== undefined) {
    return unchanged(work, chosen);
  }
  const { sent, present } = await send(work, chosen, { ...there, whole: known[0] });
  // What was relied on was seen when it was seen, whatever was sent now.
  const at = there.at ?? start.now;
  const objects = sent.objects + present;
  const { snapshot } = chosen;
  await repository.engine.noteWhole({ remote: target.store.id, snapshot, at, objects });
  const isSame = seen.entry?.id === snapshot;
  if (isSame && !(work.request.force === true && seen.aside.length > 0)) {
    return unchanged(work, chosen, { sent, present });
  }
  const { aside } = await publish(work, chosen);
  return finish(work, chosen, { changed: !isSame, sent, present, aside });
}

/** Nobody's promotion is moved away unseen. */
async function refuseMoved(work: Work): Promise<void> {
  const { request, seen, start, target, stopper } = work;
  const before = request.sinceSeen === true && start.seenOver === start.snapshot;
  const expected = request.expect === undefined ? (before ? null : start.seen) : request.expect;
  const { entry, current, unreadable: why } = seen;
  if (request.force === true) {
    return;
  }
  if (current !== undefined && why !== undefined) {
    const { name } = request;
    throw new SnapdirError('PROMOTION_UNREADABLE', { store: labelOf(target), name, why });
  }
  if (entry === undefined || isOwn(work, entry.nonce, expected)) {
    return;
  }
  const call = { signal: stopper.signal };
  if (!(await isSettledOnly(target.store, seen, expected, call))) {
    const mine = summaryOf(start);
    throw conflict(target, request.name, { mine, theirs: summaryOf(entry), kept: false });
  }
}

/**
 * Whether the name stands for what was seen, or for the same snapshot, promoted at the same time by somebody else. What was begun here
 * came through where whoever wrote it was killed before they noted it; but a push, which takes nothing back, stays strict.
 */
function isOwn({ request, seen, start }: Work, current: string, expected: string | null): boolean {
  const strict = request.expect !== undefined || request.sinceSeen === true;
  const own = [expected, ...(strict ? [] : [start.drafted])].filter((one) => one !== null);
  return [current, ...seen.twins.map(({ nonce }) => nonce)].some((one) => own.includes(one));
}

/** The snapshot that the name stands for, if its manifest is there and whole: what it names was sent before. */
async function wholeThere(work: Work): Promise<SnapshotId | undefined> {
  const { target, seen, stopper, anew, start } = work;
  const snapshot = seen.entry?.id;
  if (snapshot === undefined || anew) {
    return undefined;
  }
  const size = snapshot === start.snapshot ? start.manifestBytes : undefined;
  const call = { signal: stopper.signal };
  return (await isManifestWhole(target.store, { snapshot, size }, call)) ? snapshot : undefined;
}

/** What is whole there need not be sent, if it is known here what it is. */
async function knownHere(work: Work, id: SnapshotId): Promise<SnapshotId[]> {
  const { repository, target, stopper } = work;
  const here = await repository.engine.haveManifests({ snapshots: [id], received: true });
  if (here.length === 0) {
    try {
      await receiveManifest(repository.engine, target.store, id, stopper);
    } catch (error) {
      const codes = ['REMOTE_KEY_NOT_FOUND', 'REMOTE_INTEGRITY', 'PARSE', 'UNSAFE_PATH'] as const;
      if (codes.some((code) => SnapdirError.is(error, code))) {
        return []; // Not whole, after all: everything is looked at.
      }
      throw error;
    }
  }
  return [id];
}

function send(
  work: Work,
  { snapshot, size }: Chosen,
  { all, at, whole }: Evidence & { whole: SnapshotId | undefined },
): Promise<{ sent: Moved; present: number }> {
  const { repository, target, start, anew, less, seen } = work;
  return sendSnapshot(
    repository.engine,
    target,
    {
      ...{ snapshot, anew, all, manifestBytes: size ?? start.manifestBytes },
      less,
      // What is relied on leaves only what is new: to ask whether that is there would be a request more for each.
      likely: start.unfinished || (at === undefined && seen.entry !== undefined),
      manifestThere: whole === snapshot,
    },
    work,
  );
}

async function publish(work: Work, chosen: Chosen): Promise<{ aside: number }> {
  const { repository, target, request, start, stopper } = work;
  const { name } = request;
  const { snapshot, details, files, bytes } = chosen;
  const { now, author, nonce, spare: nonces } = start;
  const draft = {
    ...{ id: snapshot, at: now, by: author, nonce, files, bytes },
    ...(details === null ? {} : { checkpoint: details }),
  };
  const settle = request.force === true;
  await repository.engine.noteDraft({ remote: target.store.id, name, nonce });
  if (start.checkpoint !== null) {
    // Before anybody can see it there: who is killed now, or comes second, gets no name here.
    await repository.engine.pinPromotion({ checkpoint: start.checkpoint, name });
  }
  const call = { signal: stopper.signal };
  const seen = await joinTwins(target.store, { seen: work.seen, nonces, by: author }, call);
  const { entry, aside, lost } = await publishRef(
    target.store,
    name,
    { draft, seen, settle },
    call,
  );
  // Who promoted the same snapshot at the same time wants the same.
  if (lost !== undefined && lost.theirs.id !== snapshot) {
    const [mine, theirs] = [summaryOf(entry), summaryOf(lost.theirs)];
    throw conflict(target, name, { mine, theirs, kept: true });
  }
  const stands = lost?.theirs ?? entry;
  await repository.engine.noteSeen({ remote: target.store.id, name, nonce: stands.nonce });
  return { aside };
}

/** The name stands for it already. A promotion that was killed at its very end is finished. */
async function unchanged(
  work: Work,
  chosen: Chosen,
  moved: { sent: Moved; present: number } = {
    sent: { objects: 0, bytes: 0 },
    present: chosen.objects,
  },
): Promise<Promotion> {
  const { seen, target, stopper } = work;
  await mendHead(target.store, seen, { signal: stopper.signal });
  const nonce = seen.entry!.nonce;
  const remote = target.store.id;
  await work.repository.engine.noteSeen({ remote, name: seen.name, nonce });
  return finish(work, chosen, { changed: false, ...moved, aside: seen.aside.length });
}

/** What is promoted stays: the name is set here, too, and written down for Git where that is wanted. */
async function finish(
  work: Work,
  chosen: Chosen,
  of: { changed: boolean; sent: Moved; present: number; aside: number },
): Promise<Promotion> {
  const { repository, request, start } = work;
  const { engine } = repository;
  const { name, manifest = false } = request;
  const { changed, sent, present, aside } = of;
  const { snapshot, leftOut, count, messageLeftOut } = chosen;
  if (start.checkpoint !== null) {
    await engine.setRef({ name, rev: start.checkpoint });
  }
  const set = [{ name, snapshot }];
  const file = await engine.promotedFile({ set, create: manifest });
  repository.didChange({ kind: 'promoted', ref: name });
  return {
    ...{ name, snapshot, checkpoint: start.checkpoint, by: start.author, changed, sent, present },
    ...{ leftOut, leftOutCount: count, messageLeftOut },
    ...{ aside, manifest: file.exists ? file : null },
  };
}
