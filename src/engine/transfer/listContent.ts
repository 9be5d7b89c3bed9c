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
import { readCanonical } from '../store/canonical';
import { DigestTable } from '../store/digestTable';
import { keepLookedAt, keepLookedAtLinks, readLookedAt } from '../store/lookedAt';
import { hasManifest, manifestPath, readManifestBytes, storedSize } from '../store/manifests';
import { statObject } from '../store/objects';
import { loadHistory } from '../store/records';
import { linksOf } from '../store/checkpointTrees';
import { requireWritable, type Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { dropPendingManifest, pendingManifest } from './placeFetched';
import { isUnfinished, seenOf } from './remoteFolder';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** Bytes of a line of a manifest, rather more than most have: a table that grows leaves the smaller ones behind. */
const LINE_BYTES = 160;

/** A table with room for what a manifest names. */
export const tableFor = (text: Uint8Array): DigestTable =>
  new DigestTable(text.length / LINE_BYTES);

/** Different contents of a manifest that are not in `known`, which they are added to. */
export function contentOf(
  text: Uint8Array,
  known: DigestTable,
  control: Control,
): { rows: ContentTable; files: number; skipped: number } {
  const rows = new ContentTable();
  let [files, skipped] = [0, 0];
  const before = known.length;
  const met = new Uint8Array(before);
  const visit = ({ bytes, checksumAt, size }: LineScanner): void => {
    files++;
    const next = known.length;
    const row = known.addBytes(bytes, checksumAt);
    if (row === next) {
      rows.addBytes(bytes, checksumAt, size);
    } else if (row < before && met[row] === 0) {
      met[row] = 1;
      skipped++;
    }
  };
  visitFiles(text, visit, control.signal);
  return { rows, files, skipped };
}

/** What {@link startPromotion} read and checked, while this thread has not cleaned it up: it is asked for twice more. */
let started: { path: string; text: WeakRef<Uint8Array> } | undefined;

/** The text that {@link startPromotion} read, if it is still there. */
export const startedText = (store: Store, snapshot: SnapshotId): Uint8Array | undefined =>
  started?.path === manifestPath(store, snapshot) ? started.text.deref() : undefined;

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
    const reason = 'only a snapshot can be promoted; take one first';
    throw new SnapdirError('INVALID_ARGUMENT', { argument: params.rev, reason });
  }
  const { snapshot, checkpointId } = resolved;
  const text = readCanonical(env, store, snapshot, control);
  started = { path: manifestPath(store, snapshot), text: new WeakRef(text) };
  const { rows, files } = contentOf(text, tableFor(text), control);
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
    nonce: env.randomName().slice(0, 16),
    seen: seenOf(env, store, params.remote, params.name),
    unfinished: isUnfinished(env, store, params.remote),
  };
}

/** The list asked for last, so that its pages need not be made anew; gone with its last page. */
let last: { key: string; rows: ContentTable; known: number } | undefined;

function page({ rows, known }: NonNullable<typeof last>, from: number): ContentPage {
  const end = from + ROWS_A_MESSAGE;
  if (end >= rows.length) {
    last = undefined;
  }
  return {
    bytes: rows.packed(from),
    ...(end < rows.length ? { next: end } : {}),
    ...{ total: rows.length, totalBytes: rows.totalBytes, known },
  };
}

/** What a snapshot has beyond others. */
export function unsentContent(
  env: EngineEnv,
  store: Store,
  of: { snapshot: SnapshotId; less: readonly SnapshotId[] },
  control: Control,
): { rows: ContentTable; skipped: number } {
  const text = promotedText(env, store, of.snapshot, control);
  const known = tableFor(text);
  for (const id of of.less) {
    const sent = readManifestBytes(env, store, id) ?? receivedManifest(env, store, id, control);
    if (sent !== undefined) {
      throwIfCancelled(control.signal);
      visitFiles(sent, (line) => void known.addBytes(line.bytes, line.checksumAt), control.signal);
    }
  }
  return contentOf(text, known, control);
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
  return page(last, from);
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
    const all = contentOf(text, tableFor(text), control).rows;
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
