import type { EngineMethods, Mended, RepairResult, VerifyProblem } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { CheckpointId } from '../../core/ids';
import { fitting, LIST_BYTES } from '../../core/messageSize';
import { parseRecordFileName } from '../../core/recordFormat';
import type { ExcludeRules } from '../../core/records';
import type { Control, EngineEnv } from '../context';
import { join } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { acquireLease, keepAlive, type Lease } from '../disk/lease';
import { acceptLoss } from '../home/lastRecord';
import { renewInVault } from '../home/vault';
import { blake3 } from '../hashing/blake3';
import { forgetLook } from '../hashing/statCache';
import { MAX_RECORD_BYTES, readRecord } from '../store/records';
import { requireWritable, type Store } from '../store/storeRoot';
import { contentPath } from '../store/trash';
import { inspect, type Inspection } from '../store/verify';
import { scanText } from '../worktree/liveTree';
import { bringBack } from './bringBack';
import { folderSource } from './folderSearch';
import { placeContent, placeRecord, setAside, type Candidate, type Wanted } from './placeContent';
import { asideIn, openFrom, storeSource, type OtherStore, type Source } from './sources';
import { isDenied, openReadableVault, readIfReadable } from './unread';

type Params = EngineMethods['repair']['params'];

/** One repair under way. */
interface Repair {
  env: EngineEnv;
  store: Store;
  lease: Lease;
  control: Control;
  rules: ExcludeRules;
  stores: OtherStore[];
  folders: string[];
  mended: Mended[];
  /** What could not be looked at. */
  unread: Set<string>;
  /** Of these nobody knows what the store would miss. */
  unreadRecords: Set<string>;
}

/** A manifest that comes back names more content: that is looked for in the next round. */
const ROUNDS = 3;

/**
 * Mends what a look at the store finds, out of the trash, what was set aside as torn, the folder itself, the
 * vault, and other stores and folders. Every byte is checked before it is placed. Records that a copy of
 * this store has and it has not come back as well. Damaged content that nobody has whole leaves its place,
 * so that a later take writes it anew; it stays in `damaged/`.
 * @throws FOLDER_NOT_FOUND (`from`), STORE_BUSY, READ_ONLY, FOREIGN_STORE, DISK_FULL, IO, AbortError
 */
export function repair(
  env: EngineEnv,
  store: Store,
  params: Params,
  control: Control,
): RepairResult {
  requireWritable(store);
  const { stores, folders } = openFrom(env, params.from ?? []);
  const unread = new Set<string>();
  const vault = openReadableVault(env, store.id, unread);
  const lease = acquireLease(env, store, 'repair');
  try {
    const work: Repair = {
      ...{ env, store, lease, control: keepAlive(lease, control), rules: params.rules },
      ...{ stores: vault === undefined ? stores : [vault, ...stores], folders, mended: [] },
      ...{ unread, unreadRecords: new Set() },
    };
    return io('repair', store.path, () => run(work, params.full));
  } finally {
    lease.dispose();
  }
}

function run(work: Repair, full: boolean): RepairResult {
  const { env, store, control, mended } = work;
  bringRecords(work);
  let inspection = inspect(env, store, { full }, control);
  const suspects = new Map(inspection.problems.map((problem) => [problem.address, problem]));
  for (let round = 0; round < ROUNDS && inspection.problems.length > 0; round++) {
    const before = mended.length;
    mendAll(work, inspection);
    inspection.problems.forEach((problem) => suspects.set(problem.address, problem));
    if (mended.length === before) {
      break;
    }
    inspection = inspect(env, store, { full: false }, control);
  }
  const cleared = clearPlaces(work, inspection);
  if (cleared || mended.length > 0) {
    // The stat cache may call stored what is not there any more.
    forgetLook(env, store);
  }
  renewVault(work, suspects);
  if (cleared) {
    inspection = inspect(env, store, { full: false }, control);
  }
  const { problems, damaged } = inspection;
  // Told once more, in what comes back from here.
  acceptLoss(env, store);
  const places = [...(problems.length > 0 ? work.unread : []), ...work.unreadRecords];
  const unread = [...new Set(places)].sort();
  const part = LIST_BYTES / 4;
  return {
    ...{ mended: fitting(mended, part), mendedCount: mended.length },
    ...{ lost: fitting(problems, part), lostCount: problems.length },
    ...{ damaged: fitting(damaged, part), damagedCount: damaged.length },
    ...{ unread: fitting(unread, part), unreadCount: unread.length },
  };
}

/** Only a copy of this very store may add to its history. */
function bringRecords(work: Repair): void {
  const { env, store, control, lease, mended } = work;
  for (const other of work.stores.filter(({ at }) => at.id !== '' && at.id === store.id)) {
    const check = (): void => lease.check();
    const { records, unread } = bringBack(env, store, { other, check }, control);
    unread.forEach((path) => work.unreadRecords.add(path));
    for (const name of records) {
      const from = join(other.at.records, name);
      mended.push({ kind: 'record-missing', address: name, source: other.source, from });
    }
  }
}

function mendAll(work: Repair, inspection: Inspection): void {
  const { env, store, control } = work;
  const sources = sourcesFor(work, inspection);
  for (const [index, problem] of inspection.problems.entries()) {
    control.progress({ phase: 'write', done: index, total: inspection.problems.length });
    if (problem.kind.startsWith('record-')) {
      mendRecord(work, problem);
      continue;
    }
    const wanted = wantedBy(problem);
    const size = inspection.sizeOf(problem.address);
    const all = [...sources, ...(wanted.kind === 'manifests' ? [liveManifest(work, problem)] : [])];
    const candidate = firstGood(work, all, wanted, size);
    if (candidate !== undefined) {
      note(work, problem, candidate);
    }
  }
  env.log.info(`repair of ${store.path}: ${work.mended.length} mended`);
}

function wantedBy({ kind, address }: VerifyProblem): Wanted {
  return { kind: kind.startsWith('manifest-') ? 'manifests' : 'objects', hex: address };
}

function note({ mended }: Repair, problem: VerifyProblem, { source, from }: Candidate): void {
  const { kind, address, path } = problem;
  mended.push({ kind, address, ...(path === undefined ? {} : { path }), source, from });
}

/** Cheap sources first. */
function sourcesFor(work: Repair, inspection: Inspection): Source[] {
  const { env, store, stores, folders, control } = work;
  const sizes = new Set(
    inspection.problems.flatMap(({ address }) => inspection.sizeOf(address) ?? []),
  );
  const unread = (path: string): void => void work.unread.add(path);
  const search = (folder: string, source: 'folder' | 'other-folder'): Source =>
    folderSource(env, { folder, source, sizes, unread }, control);
  return [
    asideIn(env, store),
    ...stores.map((other) => storeSource(env, other)),
    search(env.fs.realpath(store.root), 'folder'),
    ...folders.map((folder) => search(folder, 'other-folder')),
  ];
}

function firstGood(
  { env, store, lease, control, unread: notRead }: Repair,
  sources: readonly Source[],
  wanted: Wanted,
  size: number | undefined,
): Candidate | undefined {
  const check = (): void => lease.check();
  for (const source of sources) {
    for (const candidate of source.candidates(wanted, size)) {
      const of = { wanted, candidate, check, unread: (path: string) => void notRead.add(path) };
      if (placeContent(env, store, of, control) !== undefined) {
        return candidate;
      }
    }
  }
  return undefined;
}

/** A folder that is as it was has its manifest in it: it only has to be made again. */
function liveManifest(work: Repair, { checkpoints }: VerifyProblem): Source {
  const { env, store, control } = work;
  return {
    *candidates() {
      const tried = new Set<string>();
      for (const rules of [work.rules, ...checkpoints.flatMap((id) => rulesOf(work, id))]) {
        const key = JSON.stringify(rules);
        if (tried.has(key)) {
          continue;
        }
        tried.add(key);
        const { bytes } = scanText(env, store, rules, control);
        yield { source: 'folder', from: store.root, bytes };
      }
    },
  };
}

function rulesOf({ env, store }: Repair, id: CheckpointId): ExcludeRules[] {
  try {
    const record = readRecord(env, store, id);
    return record.kind === 'take' ? [record.rules] : [];
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
    return [];
  }
}

/** A record proves itself: its name is its checksum. */
function mendRecord(work: Repair, problem: VerifyProblem): void {
  const { env, store, lease } = work;
  const name = problem.address;
  const id = parseRecordFileName(name)?.id;
  const places: Candidate[] = [
    { source: 'damaged', from: join(store.damaged, name) },
    ...work.stores.map(({ source, at }) => ({ source, from: join(at.records, name) })),
  ];
  for (const place of places) {
    const bytes = readIfReadable(env, place.from, MAX_RECORD_BYTES, work.unread);
    if (bytes !== undefined && blake3(bytes) === id) {
      lease.check();
      placeRecord(env, store, name, bytes);
      note(work, problem, place);
      return;
    }
  }
}

/** The vault may hold the same damage: a second name of a damaged file is no copy. */
function renewVault(work: Repair, suspects: ReadonlyMap<string, VerifyProblem>): void {
  const { env, store, control } = work;
  const vault = work.stores.find(({ source }) => source === 'vault')?.at;
  for (const problem of vault === undefined ? [] : suspects.values()) {
    if (!problem.kind.startsWith('record-')) {
      renewInVault(env, { store, vault: vault! }, wantedBy(problem), control);
    }
  }
}

/**
 * What is damaged and stays so leaves its place: there it would be taken for content that is stored. What only this
 * user may not read stays for those who may.
 */
function clearPlaces({ env, store, lease, unread }: Repair, { problems }: Inspection): boolean {
  let cleared = false;
  for (const { kind, address } of problems) {
    if (kind !== 'object-damaged') {
      continue;
    }
    const path = contentPath(store, 'objects', address);
    if (isDenied(env, path)) {
      unread.add(path);
      continue;
    }
    lease.check();
    cleared = setAside(env, store, path, address) || cleared;
  }
  return cleared;
}
