import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { VerifyProblem, VerifySlice } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { visitFiles } from '../../core/manifest/addresses';
import type { Control, EngineEnv } from '../context';
import { join, readFile, writeFileRelaxed } from '../disk/durable';
import { errnoOf, io, throwOwnLack } from '../disk/fsErrors';
import { thisHost } from '../disk/leaseHost';
import { lostRecord } from '../home/lastRecord';
import { blake3, Blake3Hasher } from '../hashing/blake3';
import { walkShard, type Content } from './contents';
import { DigestTable } from './digestTable';
import { loadDamage, noteSuspect } from './damage';
import { readManifestBytes } from './manifests';
import { statObject } from './objects';
import { listRecords, loadHistory, readRecordFile } from './records';
import type { Store } from './storeRoot';

/** What a step looked at. A step takes milliseconds. */
interface Step {
  objects: number;
  bytes: number;
}

type Pass = Generator<Step, void>;
type Depth = 'quick' | 'full';

/** The passes under way in this process. */
const passes = new Map<string, Pass>();

const PARTS = ['objects', 'manifests'] as const;
const SHARDS = 16 ** 3;
/** So much of a large object is one step. */
const STEP_BYTES = 4 * 1024 * 1024;
const MAX_POSITION_BYTES = 64;

/**
 * Looks at the store for about `ms` milliseconds. What looks wrong is noted for `verify`, which finds out
 * what it means; nothing else changes. Objects that come or go meanwhile are no damage.
 * @throws IO, AbortError
 */
export function verifySlice(
  env: EngineEnv,
  store: Store,
  { depth, ms }: { depth: Depth; ms: number },
  control: Control,
): VerifySlice {
  const host = env.leaseHost ?? thisHost();
  const end = host.monotonic() + ms;
  const key = `${store.id} ${store.path} ${depth}`;
  const pass = passes.get(key) ?? (depth === 'full' ? fullPass(env, store) : quickPass(env, store));
  passes.set(key, pass);
  const sum: Step = { objects: 0, bytes: 0 };
  let done = false;
  try {
    while (!done && host.monotonic() < end && !control.signal.aborted) {
      const step = io('verify', store.path, () => pass.next());
      done = step.done === true;
      sum.objects += step.value?.objects ?? 0;
      sum.bytes += step.value?.bytes ?? 0;
    }
  } catch (error) {
    passes.delete(key);
    throw error;
  }
  throwIfCancelled(control.signal);
  if (done) {
    passes.delete(key);
  }
  return { done, ...sum, suspects: loadDamage(env, store).problems.length };
}

/** What lists name, newest first: the manifest has its checksum, every object is there with its size. */
function* quickPass(env: EngineEnv, store: Store): Pass {
  const { history, damaged } = loadHistory(env, store);
  for (const { name } of damaged) {
    noteSuspect(env, store, { kind: 'record-damaged', address: name });
  }
  const lost = lostRecord(env, store);
  if (lost !== undefined) {
    noteSuspect(env, store, { kind: 'record-missing', address: lost });
  }
  const seen = new DigestTable();
  const snapshots = new Set(history.checkpointsNewestFirst().map(({ snapshot }) => snapshot));
  for (const snapshot of snapshots) {
    const bytes = readManifestBytes(env, store, snapshot);
    if (bytes === undefined || blake3(bytes) !== snapshot) {
      const kind = bytes === undefined ? 'manifest-missing' : 'manifest-damaged';
      noteSuspect(env, store, { kind, address: snapshot });
      yield { objects: 0, bytes: 0 };
      continue;
    }
    yield { objects: 0, bytes: bytes.length };
    for (const { checksum, size } of newFiles(bytes, seen)) {
      const stat = statObject(env, store, checksum);
      if (stat?.size !== size) {
        const kind = stat === undefined ? 'object-missing' : 'object-damaged';
        noteSuspect(env, store, { kind, address: checksum });
      }
      yield { objects: 1, bytes: size };
    }
  }
}

/** The files of a manifest whose content was not looked at yet. */
function newFiles(bytes: Uint8Array, seen: DigestTable): { checksum: string; size: number }[] {
  const files: { checksum: string; size: number }[] = [];
  visitFiles(bytes, (line) => {
    const before = seen.length;
    const row = seen.addBytes(line.bytes, line.checksumAt);
    if (row === before) {
      const { checksumAt, size } = line;
      files.push({ checksum: decodeUtf8(line.bytes.subarray(checksumAt, checksumAt + 64)), size });
    }
  });
  return files;
}

/** Every byte, in the order of the addresses; where it is stands in `cache/verify` after each shard. */
function* fullPass(env: EngineEnv, store: Store): Pass {
  const from = loadPosition(env, store);
  // A hasher of its own: others use the thread's between two steps.
  const hasher = new Blake3Hasher();
  for (let at = from; at < PARTS.length * SHARDS; at++) {
    const part = PARTS[Math.floor(at / SHARDS)]!;
    const shard = (at % SHARDS).toString(16).padStart(3, '0');
    let looked = false;
    for (const content of walkShard(env, store, part, shard)) {
      looked = true;
      yield* hashContent(env, store, { part, content, hasher });
    }
    if (looked) {
      savePosition(env, store, at + 1);
    }
  }
  for (const name of listRecords(env, store)) {
    try {
      readRecordFile(env, store, name);
    } catch (error) {
      if (SnapdirError.is(error, 'INTEGRITY') || SnapdirError.is(error, 'PARSE')) {
        noteSuspect(env, store, { kind: 'record-damaged', address: name.name });
      }
    }
    yield { objects: 0, bytes: 0 };
  }
  savePosition(env, store, 0);
}

function* hashContent(
  env: EngineEnv,
  store: Store,
  of: { part: (typeof PARTS)[number]; content: Content; hasher: Blake3Hasher },
): Pass {
  const { part, hasher } = of;
  const { hex, path, stat } = of.content;
  const suspect = (): void => {
    const kind: VerifyProblem['kind'] = part === 'objects' ? 'object-damaged' : 'manifest-damaged';
    noteSuspect(env, store, { kind, address: hex });
  };
  let fd: number;
  try {
    fd = env.fs.open(path, 'r');
  } catch (error) {
    throwOwnLack(error, 'read', path);
    if (errnoOf(error) !== 'ENOENT') {
      suspect();
    }
    return;
  }
  try {
    hasher.reset();
    for (let bytes = 0; ;) {
      const count = env.fs.read(fd, hasher.window, 0, hasher.window.length);
      if (count === 0) {
        break;
      }
      hasher.update(hasher.window, 0, count);
      bytes += count;
      if (bytes >= STEP_BYTES) {
        yield { objects: 0, bytes };
        bytes = 0;
      }
    }
    if (hasher.digest() !== hex && env.fs.lstat(path)?.ino === stat.ino) {
      suspect();
    }
  } catch (error) {
    throwOwnLack(error, 'read', path);
    if (errnoOf(error) === undefined) {
      throw error;
    }
    suspect();
  } finally {
    env.fs.close(fd);
  }
  yield { objects: 1, bytes: stat.size % STEP_BYTES };
}

const positionPath = (store: Store): string => join(store.cache, 'verify');

function loadPosition(env: EngineEnv, store: Store): number {
  try {
    const bytes = store.foreign
      ? undefined
      : readFile(env.fs, positionPath(store), MAX_POSITION_BYTES);
    const at = Number(new TextDecoder().decode(bytes));
    return Number.isSafeInteger(at) && at > 0 && at < PARTS.length * SHARDS ? at : 0;
  } catch {
    return 0;
  }
}

function savePosition(env: EngineEnv, store: Store, at: number): void {
  if (store.readOnly === null) {
    const bytes = new TextEncoder().encode(`${at}\n`);
    writeFileRelaxed(env, store.tmp, positionPath(store), bytes);
  }
}
