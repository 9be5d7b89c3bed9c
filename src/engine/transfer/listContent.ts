import { throwIfCancelled } from '../../base/abort';
import { ContentTable } from '../../core/contentTable';
import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { visitFiles } from '../../core/manifest/addresses';
import type { LineScanner } from '../../core/manifest/scan';
import { resolveRev } from '../../core/rev';
import { ROWS_A_MESSAGE, type ContentPage, type ContentRow } from '../../core/transferData';
import type { Control, EngineEnv } from '../context';
import { freeMemory } from '../../base/freeMemory';
import { readCanonical } from '../store/canonical';
import { DigestTable, ownWords } from '../store/digestTable';
import { keepLookedAt, keepLookedAtLinks, readLookedAt } from '../store/lookedAt';
import { hasManifest, manifestPath, storedSize, visitStoredFiles } from '../store/manifests';
import { statObject } from '../store/objects';
import { loadHistory } from '../store/records';
import { linksOf } from '../store/checkpointTrees';
import { requireWritable, type Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { dropPendingManifest, pendingManifest } from './placeFetched';
import { draftOf, isUnfinished, seenOf, wholeOf } from './remoteFolder';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** Bytes of a line of a manifest, rather more than most have: a table that grows leaves the smaller ones behind. */
const LINE_BYTES = 160;

/** A table with room for what a manifest names. */
const tableFor = (text: Uint8Array): DigestTable =>
  new DigestTable(text.length / LINE_BYTES, ownWords);

/** Different contents of a manifest, and how many files there are. */
export function contentOf(
  text: Uint8Array,
  control: Control,
): { rows: ContentTable; files: number } {
  const rows = new ContentTable();
  const met = tableFor(text);
  let files = 0;
  const visit = ({ bytes, checksumAt, size }: LineScanner): void => {
    files++;
    const next = met.length;
    if (met.addBytes(bytes, checksumAt) === next) {
      rows.addBytes(bytes, checksumAt, size);
    }
  };
  visitFiles(text, visit, control.signal);
  met.free();
  return { rows, files };
}

/** A manifest's canonical text, and what it names. */
interface Listed {
  text: Uint8Array;
  rows: ContentTable;
}

/** What {@link startPromotion} read and checked, while this thread has not cleaned it up: the rest of it asks again. */
let started: { path: string; listed: WeakRef<Listed> } | undefined;

const startedOf = (store: Store, snapshot: SnapshotId): Listed | undefined =>
  started?.path === manifestPath(store, snapshot) ? started.listed.deref() : undefined;

/** The text that {@link startPromotion} read, if it is still there. */
export const startedText = (store: Store, snapshot: SnapshotId): Uint8Array | undefined =>
  startedOf(store, snapshot)?.text;

/** Nobody asks for that text any more. */
export function freeText(text: Uint8Array): void {
  if (started?.listed.deref()?.text === text) {
    started = undefined;
  }
  freeMemory(text);
}

/** What a snapshot names was listed, which takes long to send: until its text is asked for again nobody needs any of it. */
function freeStarted(store: Store, snapshot: SnapshotId): void {
  const all = startedOf(store, snapshot);
  if (all !== undefined) {
    freeMemory(...all.rows.takeApart());
    freeText(all.text);
  }
}

/** The canonical text of a snapshot that is being promoted. @throws MANIFEST_NOT_FOUND, INTEGRITY, … */
export const promotedText = (
  env: EngineEnv,
  store: Store,
  snapshot: SnapshotId,
  control: Control,
): Uint8Array => startedText(store, snapshot) ?? readCanonical(env, store, snapshot, control);

/**
 * What a promotion has to know before it begins.
 * @throws REV_NOT_FOUND, INVALID_ARGUMENT (live or empty), MANIFEST_NOT_FOUND, INTEGRITY, …
 */
export function startPromotion(
  env: EngineEnv,
  store: Store,
  params: Params<'startPromotion'>,
  control: Control,
): Result<'startPromotion'> {
  const { history } = loadHistory(env, store);
  const resolved = resolveRev(history, params.rev);
  if (resolved.kind !== 'snapshot') {
    const reason = { is: 'only-snapshots' } as const;
    throw new SnapdirError('INVALID_ARGUMENT', { argument: params.rev, reason });
  }
  const { snapshot, checkpointId } = resolved;
  const text = readCanonical(env, store, snapshot, control);
  const { rows, files } = contentOf(text, control);
  started = { path: manifestPath(store, snapshot), listed: new WeakRef({ text, rows }) };
  const info = checkpointId === null ? null : history.toInfo(checkpointId);
  return {
    snapshot,
    checkpoint: checkpointId,
    details:
      info === null
        ? null
        : {
            ...{ time: info.origin?.time ?? info.time, message: info.message },
            ...{ author: info.origin?.author ?? info.author, tags: info.tags },
            links: linksOf(env, store, info.id),
          },
    ...{
      files,
      bytes: rows.totalBytes,
      objects: rows.length,
      author: env.author,
      now: env.clock.now(),
    },
    manifestBytes: storedSize(env, store, snapshot) ?? text.length,
    nonce: newNonce(env),
    spare: Array.from({ length: SPARE_NONCES }, () => newNonce(env)),
    ...seenOf(env, store, params.remote, params.name),
    drafted: draftOf(env, store, params.remote, params.name),
    unfinished: isUnfinished(env, store, params.remote),
    whole: wholeOf(env, store, params.remote),
  };
}

/** To put promotions of one snapshot together: seven each. */
const SPARE_NONCES = 4;
const newNonce = (env: EngineEnv): string => env.randomName().slice(0, 16);

/** The list asked for last, so that its pages need not be made anew; gone with its last page. */
let last: { key: string; rows: ContentTable; known: number } | undefined;

function page({ rows, known }: NonNullable<typeof last>, from: number): ContentPage {
  const end = from + ROWS_A_MESSAGE;
  const answer = {
    bytes: rows.packed(from),
    ...(end < rows.length ? { next: end } : {}),
    ...{ total: rows.length, totalBytes: rows.totalBytes, known },
  };
  if (end >= rows.length) {
    last = undefined;
    freeMemory(...rows.takeApart());
  }
  return answer;
}

/** What a snapshot has beyond others. */
export function unsentContent(
  env: EngineEnv,
  store: Store,
  of: { snapshot: SnapshotId; less: readonly SnapshotId[] },
  control: Control,
): { rows: ContentTable; skipped: number } {
  const rows =
    startedOf(store, of.snapshot)?.rows ??
    contentOf(promotedText(env, store, of.snapshot, control), control).rows;
  if (of.less.length === 0) {
    return { rows, skipped: 0 };
  }
  const known = new DigestTable(rows.length, ownWords);
  for (const id of of.less) {
    const note = ({ bytes, checksumAt }: LineScanner): void =>
      void known.addBytes(bytes, checksumAt);
    if (!visitStoredFiles(env, store, id, note, control.signal)) {
      const received = receivedManifest(env, store, id, control) ?? new Uint8Array(0);
      visitFiles(received, note, control.signal);
    }
  }
  const left = rows.filterBytes((bytes, at) => known.rowOfBytes(bytes, at) < 0);
  known.free();
  return { rows: left, skipped: rows.length - left.length };
}

/** @throws MANIFEST_NOT_FOUND, INTEGRITY, … */
export function listContent(
  env: EngineEnv,
  store: Store,
  params: Params<'listContent'>,
  control: Control,
): ContentPage {
  const { from = 0, ...of } = params;
  const key = `sent ${store.path} ${JSON.stringify(of)}`;
  if (from === 0 || last?.key !== key) {
    const { rows, skipped } = unsentContent(env, store, of, control);
    last = { key, rows, known: skipped };
  }
  const answer = page(last, from);
  if (answer.next === undefined) {
    // Without `less` they are the rows of the page, and of what was begun.
    freeStarted(store, of.snapshot);
  }
  return answer;
}

/** Whether an object of that size is in its place or in the trash. */
export function hasObject(env: EngineEnv, store: Store, { checksum, size }: ContentRow): boolean {
  const stat = statObject(env, store, checksum);
  if (stat !== undefined) {
    return stat.size === size;
  }
  const trashed = findInTrash(env, store, 'objects', checksum);
  return trashed !== undefined && env.fs.lstat(trashed)?.size === size;
}

/** What of a snapshot is not here. @throws MANIFEST_NOT_FOUND (nor was it placed), … */
export function missingContent(
  env: EngineEnv,
  store: Store,
  params: Params<'missingContent'>,
  control: Control,
): ContentPage {
  const { snapshot, from = 0 } = params;
  const key = `missing ${store.path} ${snapshot}`;
  if (from === 0 || last?.key !== key) {
    const text =
      receivedManifest(env, store, snapshot, control) ??
      readCanonical(env, store, snapshot, control);
    const all = contentOf(text, control).rows;
    let done = 0;
    const rows = all.filter((row) => {
      if (done++ % 1024 === 0) {
        throwIfCancelled(control.signal);
        control.progress({ phase: 'check', done, total: all.length });
      }
      return !hasObject(env, store, row);
    });
    last = { key, rows, known: all.length - rows.length };
  }
  return page(last, from);
}

/** Which of these manifests are here. */
export function haveManifests(
  env: EngineEnv,
  store: Store,
  { snapshots, received = false }: Params<'haveManifests'>,
  control: Control,
): Result<'haveManifests'> {
  return snapshots.filter(
    (id) =>
      hasManifest(env, store, id) ||
      (received && receivedManifest(env, store, id, control) !== undefined),
  );
}

/** The text of a manifest that came, and whose content did not, or not yet. */
export function receivedManifest(
  env: EngineEnv,
  store: Store,
  snapshot: string,
  control: Control,
): Uint8Array | undefined {
  return pendingManifest(store, snapshot) ?? readLookedAt(env, store, snapshot, control)?.bytes;
}

/**
 * Keeps a manifest that was placed, to look into while its content is elsewhere: nothing else relies on it.
 * @throws DISK_FULL, READ_ONLY, IO, AbortError
 */
export function lookInto(
  env: EngineEnv,
  store: Store,
  { snapshot, links }: Params<'lookInto'>,
  control: Control,
): Result<'lookInto'> {
  if (hasManifest(env, store, snapshot)) {
    return { known: true };
  }
  requireWritable(store);
  const pending = pendingManifest(store, snapshot);
  if (pending !== undefined) {
    keepLookedAt(env, store, snapshot, pending);
    dropPendingManifest(store, snapshot);
  } else if (readLookedAt(env, store, snapshot, control) === undefined) {
    return { known: false };
  }
  keepLookedAtLinks(env, store, snapshot, links);
  return { known: true };
}
