import { throwIfCancelled } from '../../base/abort';
import type { StoreStats } from '../../core/engine';
import type { Control, EngineEnv } from '../context';
import { join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { loadHistory } from '../store/records';
import type { Store } from '../store/storeRoot';

interface Sum {
  files: number;
  bytes: number;
}

/** Everything below a folder of the store. Links are counted, never followed. */
function sum(env: EngineEnv, path: string, depth: number, control: Control, into: Sum): Sum {
  if (depth > 8 || env.fs.lstat(path)?.kind !== 'dir') {
    return into;
  }
  throwIfCancelled(control.signal);
  for (const entry of io('list', path, () => env.fs.readdir(path))) {
    const below = join(path, entry.name);
    if (entry.kind === 'dir') {
      sum(env, below, depth + 1, control, into);
    } else {
      into.files++;
      into.bytes += env.fs.lstat(below)?.size ?? 0;
    }
  }
  return into;
}

/** Counts and sizes of a store (features B10). @throws IO, AbortError */
export function stats(env: EngineEnv, store: Store, control: Control): StoreStats {
  const { history } = loadHistory(env, store);
  const objects = sum(env, store.objects, 0, control, { files: 0, bytes: 0 });
  const manifests = sum(env, store.manifests, 0, control, { files: 0, bytes: 0 });
  const all = sum(env, store.path, 0, control, { files: 0, bytes: 0 });
  return {
    checkpoints: history.checkpointsNewestFirst().length,
    refs: history.refs.size,
    head: history.head,
    objects: objects.files,
    manifests: manifests.files,
    objectBytes: objects.bytes,
    storeBytes: all.bytes,
  };
}
