import { throwIfCancelled } from '../../base/abort';
import type { StoreStats } from '../../core/engine';
import type { Control, EngineEnv } from '../context';
import { join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { runJob } from '../jobs/crew';
import { surveyJob, totalsOf } from '../jobs/surveyJob';
import { DigestTable } from '../store/digestTable';
import { loadHistory } from '../store/records';
import type { Store } from '../store/storeRoot';

/** Bytes of everything below a folder of the store, but not in `without`. Links are never followed. */
function bytesBelow(
  env: EngineEnv,
  path: string,
  without: readonly string[],
  control: Control,
  depth = 0,
): number {
  if (depth > 8 || without.includes(path) || env.fs.lstat(path)?.kind !== 'dir') {
    return 0;
  }
  let bytes = 0;
  for (const entry of io('list', path, () => env.fs.readdir(path))) {
    throwIfCancelled(control.signal);
    const below = join(path, entry.name);
    bytes +=
      entry.kind === 'dir'
        ? bytesBelow(env, below, without, control, depth + 1)
        : (env.fs.lstat(below)?.size ?? 0);
  }
  return bytes;
}

/** Counts and sizes of what is in its place, on all threads. */
function survey(env: EngineEnv, root: string, control: Control): { count: number; bytes: number } {
  return io('list', root, () => {
    const nothing = { known: new DigestTable().columns, room: 0 };
    const job = surveyJob(env.fs, root, 'size', nothing);
    runJob(env, job, control, (done) =>
      control.progress({ phase: 'check', done, total: job.count }),
    );
    return totalsOf(job);
  });
}

/** Counts and sizes of a store (features B10). @throws IO, AbortError */
export function stats(env: EngineEnv, store: Store, control: Control): StoreStats {
  const { history } = loadHistory(env, store);
  const objects = survey(env, store.objects, control);
  const manifests = survey(env, store.manifests, control);
  const rest = bytesBelow(env, store.path, [store.objects, store.manifests], control);
  return {
    checkpoints: history.checkpointsNewestFirst().length,
    refs: history.refs.size,
    head: history.head,
    objects: objects.count,
    manifests: manifests.count,
    objectBytes: objects.bytes,
    storeBytes: objects.bytes + manifests.bytes + rest,
  };
}
