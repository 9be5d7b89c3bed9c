import { SnapdirError } from '../../../core/errors';
import type { Progress } from '../../../core/engine';
import type { RelPath } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { discard, join } from '../../disk/durable';
import { io, translate, withMissing } from '../../disk/fsErrors';
import { allocate, setSum, type FileColumns } from '../../hashing/fileTable';
import { runJob } from '../../jobs/crew';
import { copyOne, type CopyJob } from '../../jobs/copyJob';
import { sharedWork, Slot } from '../../jobs/sharedJob';
import type { Store } from '../../store/storeRoot';
import { rescueObject } from '../../store/trash';

/** One file that is to be made. */
export interface FileToCopy {
  /** Where, below the request's `root`. Its folder is there, and it is not. */
  to: string;
  /** What people know it by. */
  shown: RelPath;
  checksum: string;
  size: number;
  mode: number;
}

export interface CopyRequest {
  /** A folder of our own, absolute. */
  root: string;
  files: readonly FileToCopy[];
  /** See {@link CopyJob}. */
  syncShut: boolean;
  /** See {@link keptModes}. */
  keptModes: number;
  /** Fill in the stat columns. */
  wantStats: boolean;
  phase: Progress['phase'];
}

/**
 * Copies files out of the store, on all threads, each checked against its checksum on the way, so that
 * nothing damaged ever gets near a folder of somebody's (H42). The caller syncs them. What a garbage collection set aside is
 * brought back. When it fails, some of the files may be there: the caller removes them.
 * @returns columns: row i is `files[i]`
 * @throws OBJECT_NOT_FOUND, INTEGRITY (both with the path), DISK_FULL, READ_ONLY, IO, AbortError
 */
export function copyFiles(
  env: EngineEnv,
  store: Store,
  request: CopyRequest,
  control: Control,
): FileColumns {
  const { files, phase } = request;
  const job = makeJob(store, request);
  const tell = (done: number): void => {
    const bytes = Number(Atomics.load(job.bytes, 0));
    control.progress({ phase, done, total: files.length, bytes });
  };
  try {
    runJob(env, job, control, tell);
    copyMissing(env, store, request, job, control);
  } catch (error) {
    const left = files.length - Atomics.load(job.state, Slot.DONE);
    const bytes = files.reduce((sum, { size }) => sum + size, -Number(Atomics.load(job.bytes, 0)));
    const of = { path: request.root, bytes, files: Math.max(1, left) };
    throw withMissing(env.fs, explain(error, request), of);
  }
  return job.columns;
}

function makeJob(store: Store, request: CopyRequest): CopyJob {
  const { root, files, syncShut, wantStats, keptModes } = request;
  const columns = allocate(files.length);
  for (const [row, { checksum, size, mode }] of files.entries()) {
    setSum(columns, row, checksum);
    columns.sizes[row] = size;
    columns.modes[row] = mode;
  }
  const rows = files.map((_, row) => row);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    ...sharedWork(root, columns, { rows, paths: files.map(({ to }) => to) }),
    kind: 'copy',
    heavy: bytes > HEAVY_BYTES * files.length,
    objects: store.objects,
    keptModes,
    syncShut,
    wantStats,
    missing: new Uint8Array(new SharedArrayBuffer(files.length)),
    bytes: new BigInt64Array(new SharedArrayBuffer(8)),
    clones: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** From this size on, on average, a file's bytes cost more than its system calls. */
const HEAVY_BYTES = 512 * 1024;

/** The mode bits that new files get here; asking for the umask itself would change it for a moment. */
export function keptModes(env: EngineEnv, dir: string): number {
  const probe = join(dir, env.randomName());
  return io('create', probe, () => {
    env.fs.close(env.fs.open(probe, 'wx', 0o777));
    const mode = env.fs.lstat(probe)?.mode ?? 0;
    discard(env.fs, probe);
    return mode;
  });
}

/** What a collection set aside is moved back, one by one: a thread's own look cannot do that. */
function copyMissing(
  env: EngineEnv,
  store: Store,
  request: CopyRequest,
  job: CopyJob,
  control: Control,
): void {
  for (let item = job.missing.indexOf(1); item >= 0; item = job.missing.indexOf(1, item + 1)) {
    const { checksum, shown } = request.files[item]!;
    job.missing[item] = 0;
    if (store.readOnly === null) {
      rescueObject(env, store, checksum);
    }
    // Also without a rescue: another file with these bytes may have brought them back already.
    copyOne(env.fs, job, item, control.signal);
    if (job.missing[item] !== 0) {
      throw new SnapdirError('OBJECT_NOT_FOUND', { checksum, path: shown });
    }
  }
}

/** Tells of which file an error of a thread speaks. */
function explain(error: unknown, request: CopyRequest): unknown {
  const item = (error as { item?: number }).item;
  const file = item === undefined ? undefined : request.files[item];
  if (file === undefined) {
    return translate(error, 'write', request.root);
  }
  if (SnapdirError.is(error, 'INTEGRITY')) {
    return new SnapdirError('INTEGRITY', { ...error.data, path: file.shown }, { cause: error });
  }
  return translate(error, 'write', join(request.root, file.to));
}
