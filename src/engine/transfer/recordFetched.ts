import { throwIfCancelled } from '../../base/abort';
import type { EngineMethods } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { fetchedNames } from '../../core/history/fetchedNames';
import type { LoggedTake } from '../../core/history/log';
import { shortId, type CheckpointId } from '../../core/ids';
import type { Origin } from '../../core/records';
import { checkName } from '../../core/refName';
import type { RecordedFetch } from '../../core/transferData';
import type { Control, EngineEnv } from '../context';
import { placeRef } from '../methods/edit';
import { withHealth } from '../methods/trees';
import { makeAllDurable } from '../store/barrier';
import { readCanonical } from '../store/canonical';

import { hasManifest, writeManifest } from '../store/manifests';
import { statObject } from '../store/objects';
import { appendRecord, loadHistory, type NewRecord } from '../store/records';
import { isStillWhole } from '../store/stillWhole';
import { requireWritable, type Store } from '../store/storeRoot';
import { rescue, rescueObject } from '../store/trash';
import { gcEpoch } from '../store/gcEpoch';
import { contentOf, receivedManifest } from './listContent';
import { dropPendingManifest } from './placeFetched';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];

/** Rules of a checkpoint that nobody took here. */
const NO_RULES = { useIgnoreFiles: false, patterns: [], noIgnore: false };

/**
 * Records a fetched checkpoint when everything of it is here and durable: objects, manifest, record, in this
 * order. The same promotion fetched again makes no second record.
 * @throws OBJECT_NOT_FOUND (fetch it), MANIFEST_NOT_FOUND, INVALID_NAME, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function recordFetched(
  env: EngineEnv,
  store: Store,
  params: Params<'recordFetched'>,
  control: Control,
): RecordedFetch {
  requireWritable(store);
  if (params.ref !== null) {
    checkName(params.ref, 'ref');
  }
  const epoch = gcEpoch(env, store);
  const stats = settle(env, store, params.snapshot, control);
  const known = findFetched(env, store, params);
  const id = (known?.id ?? append(env, store, params, stats)) as CheckpointId;
  if (known === undefined && !isStillWhole(env, store, { ...params, id, epoch }, control)) {
    return recordFetched(env, store, params, control);
  }
  const kept = params.ref !== null && isOwnName(env, store, params.ref);
  if (params.ref !== null && !kept) {
    placeRef(env, store, { name: params.ref, checkpoint: id, fetched: true }, control);
  }
  const info = loadHistory(env, store).history.toInfo(id);
  return { checkpoint: withHealth(env, store, info), recorded: known === undefined, kept };
}

/** Whether somebody here set the name: fetching moves only what fetching set. */
function isOwnName(env: EngineEnv, store: Store, name: string): boolean {
  const { history } = loadHistory(env, store);
  return history.refs.has(name) && !fetchedNames(history).includes(name);
}

/** Everything of a snapshot in its place, durably; its manifest last. */
function settle(
  env: EngineEnv,
  store: Store,
  snapshot: string,
  control: Control,
): { files: number; bytes: number } {
  for (;;) {
    const epoch = gcEpoch(env, store);
    const pending = receivedManifest(env, store, snapshot, control);
    const text = pending ?? readCanonical(env, store, snapshot, control);
    const { rows, files } = contentOf(text, control);
    let done = 0;
    for (const { checksum, size } of rows) {
      if (done++ % 1024 === 0) {
        throwIfCancelled(control.signal);
        control.progress({ phase: 'check', done, total: rows.length });
      }
      if (statObject(env, store, checksum) === undefined) {
        rescueObject(env, store, checksum);
      }
      if (statObject(env, store, checksum)?.size !== size) {
        throw new SnapdirError('OBJECT_NOT_FOUND', { checksum });
      }
    }
    makeAllDurable(env, store, control);
    if (pending !== undefined) {
      writeManifest(env, store, pending, { durable: true });
    } else if (!hasManifest(env, store, snapshot)) {
      rescue(env, store, 'manifests', snapshot);
    }
    // A collection that began meanwhile may have set aside what was seen in its place (H50).
    if (gcEpoch(env, store) === epoch) {
      dropPendingManifest(store, snapshot);
      return { files, bytes: rows.totalBytes };
    }
  }
}

const sameOrigin = (a: Origin | undefined, b: Origin): boolean =>
  a !== undefined &&
  a.from === b.from &&
  a.name === b.name &&
  a.checkpoint === b.checkpoint &&
  a.time === b.time;

/** Whether the checkpoint that is fetched is listed already: what was known of it came by a file. */
const wasImported = (a: Origin | undefined, b: Origin): boolean =>
  a !== undefined &&
  a.name === null &&
  a.checkpoint !== null &&
  a.time === b.time &&
  a.author === b.author;

function findFetched(
  env: EngineEnv,
  store: Store,
  { snapshot, origin }: Pick<Params<'recordFetched'>, 'snapshot' | 'origin'>,
): LoggedTake | undefined {
  return loadHistory(env, store)
    .history.checkpointsNewestFirst()
    .find(
      (take) =>
        take.snapshot === snapshot &&
        (sameOrigin(take.origin, origin) || wasImported(take.origin, origin)),
    );
}

function append(
  env: EngineEnv,
  store: Store,
  params: Params<'recordFetched'>,
  stats: { files: number; bytes: number },
): string {
  const { snapshot, origin, message, tags, links } = params;
  const record: NewRecord = {
    ...{ kind: 'take', snapshot, parent: null, trigger: 'import', origin, links },
    message: message === '' ? `${origin.name ?? shortId(snapshot)}` : message,
    tags: [...new Set(tags)].sort(),
    stats: { added: 0, deleted: 0, modified: 0, renamed: 0, ...stats },
    ...{ scope: null, skipped: [], unstable: [], rules: NO_RULES },
  };
  return appendRecord(env, store, record);
}
