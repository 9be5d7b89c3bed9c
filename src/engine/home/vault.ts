import type { VaultSlice } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { decodeUtf8 } from '../../base/utf8';
import { throwIfCancelled } from '../../base/abort';
import { visitFiles } from '../../core/manifest/addresses';
import type { RecordId } from '../../core/ids';
import type { OperationRecord, TakeRecord } from '../../core/records';
import { quietControl, type Control, type EngineEnv } from '../context';
import { discard, ensureDir, join, writeFileDurable } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { thisHost } from '../disk/leaseHost';
import { attempt, readPieces } from '../repair/placeContent';
import { DigestTable } from '../store/digestTable';
import { hasManifest, readManifestBytes } from '../store/manifests';
import { knownHistory, listRecords, readRecordFile } from '../store/records';
import { storeAt, type Store } from '../store/storeRoot';
import { syncAll } from '../store/syncAll';
import { contentPath, type ContentKind } from '../store/trash';
import { homeOf } from './registry';
import { keepContent, keepFile } from './vaultFiles';
import { vaultPath } from './vaultPath';

type Step = Omit<VaultSlice, 'done'>;
type Pass = Generator<Step, void>;

/** The work under way in this process. */
const passes = new Map<string, Pass>();

/**
 * Copies into the vault what it has not got (H54): for each new record the content of its files, its
 * manifest, the record. Files are cloned where the file system can; else they get a second name there, so
 * that content which is damaged in place is damaged in the vault, too; else they are copied. Goes on where it
 * was at the next call.
 * @param params.all look also whether the content of records that are there is there
 * @throws NO_VAULT (there is no place for one), DISK_FULL, READ_ONLY, IO, AbortError
 */
export function keepVault(
  env: EngineEnv,
  store: Store,
  { ms, all = false }: { ms: number; all?: boolean },
  control: Control,
): VaultSlice {
  const path = homeOf(env) === undefined ? undefined : vaultPath(env, store.id);
  if (path === undefined) {
    throw new SnapdirError('NO_VAULT', { path: env.home ?? '' });
  }
  // What was forgotten meanwhile may be gone from the vault, although a pass has seen it there.
  const { forgetting } = knownHistory(env, store).history;
  const key = `${path} ${String(all)} ${forgetting.records.length}`;
  const host = env.leaseHost ?? thisHost();
  const end = host.monotonic() + ms;
  const pass = passes.get(key) ?? keep(env, store, { path, all });
  passes.set(key, pass);
  const sum: VaultSlice = { done: false, records: 0, objects: 0, copiedBytes: 0 };
  try {
    while (!sum.done && host.monotonic() < end) {
      throwIfCancelled(control.signal);
      const step = io('copy to the vault', path, () => pass.next());
      sum.done = step.done === true;
      sum.records += step.value?.records ?? 0;
      sum.objects += step.value?.objects ?? 0;
      sum.copiedBytes += step.value?.copiedBytes ?? 0;
    }
  } catch (error) {
    passes.delete(key);
    throw error;
  }
  if (sum.done) {
    passes.delete(key);
  }
  return sum;
}

function openForWriting(env: EngineEnv, store: Store, path: string): Store {
  const { fs } = env;
  ensureDir(fs, path, 0o700);
  const vault = storeAt(env, path);
  for (const dir of [vault.tmp, vault.objects, vault.manifests, vault.records]) {
    ensureDir(fs, dir, 0o700);
  }
  if (vault.id === '') {
    const format = `snapdir-store 1\nid ${store.id}\n`;
    writeFileDurable(env, vault.tmp, join(path, 'FORMAT'), new TextEncoder().encode(format));
  }
  return vault;
}

function* keep(env: EngineEnv, store: Store, of: { path: string; all: boolean }): Pass {
  const { path, all } = of;
  const vault = openForWriting(env, store, path);
  const kept = new Set(listRecords(env, vault).map(({ name }) => name));
  let seen = new DigestTable();
  for (const name of listRecords(env, store).filter((one) => all || !kept.has(one.name))) {
    const changed = new Set<string>();
    let snapshot: string | undefined;
    let parent: string | undefined;
    try {
      const record = readRecordFile(env, store, name);
      keepReplaced(env, { store, vault, changed }, record);
      snapshot = record.kind === 'take' ? snapshotNow(env, store, name.id, record) : undefined;
      parent = record.kind === 'take' ? (record.parent ?? undefined) : undefined;
    } catch (error) {
      if (!SnapdirError.is(error) || error.code === 'IO') {
        throw error;
      }
      continue; // A damaged record is nothing to keep.
    }
    if (snapshot !== undefined) {
      if (!all && seen.length === 0 && parent !== undefined) {
        noteParent(env, { store, vault }, parent, seen);
      }
      const isKept = yield* keepSnapshot(env, { store, vault, seen, changed }, snapshot);
      if (!isKept) {
        seen = new DigestTable(); // Not all of it was copied.
        continue; // The next pass keeps what it has by then.
      }
    }
    sync(env, { store, vault, changed });
    if (!kept.has(name.name)) {
      keepFile(env, vault, join(store.records, name.name), join(vault.records, name.name));
      yield { records: 1, objects: 0, copiedBytes: 0 };
    }
  }
}

/** The snapshot that a checkpoint has: paths may have been forgotten since it was taken. */
function snapshotNow(env: EngineEnv, store: Store, id: RecordId, { snapshot }: TakeRecord): string {
  return knownHistory(env, store).history.checkpoint(id)?.snapshot ?? snapshot;
}

/** What takes the place of snapshots that the vault has comes before the record that says so. */
export function keepReplaced(
  env: EngineEnv,
  of: { store: Store; vault: Store; changed: Set<string> },
  record: OperationRecord,
): void {
  const pairs = record.kind === 'forget' ? Object.entries(record.replaced) : [];
  for (const [old, now] of pairs) {
    if (hasManifest(env, of.vault, old)) {
      keepContent(env, of, 'manifests', now);
    }
  }
}

/** What the parent needs is in the vault already, if its record is. */
function noteParent(
  env: EngineEnv,
  { store, vault }: { store: Store; vault: Store },
  parent: string,
  seen: DigestTable,
): void {
  try {
    const name = listRecords(env, vault).find(({ id }) => id === parent);
    const record = name === undefined ? undefined : readRecordFile(env, vault, name);
    const bytes =
      record?.kind === 'take'
        ? readManifestBytes(env, vault, snapshotNow(env, store, name!.id, record))
        : undefined;
    visitFiles(bytes ?? new Uint8Array(0), (line) => {
      seen.addBytes(line.bytes, line.checksumAt);
    });
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
  }
}

/** false: it went meanwhile. */
function* keepSnapshot(
  env: EngineEnv,
  of: { store: Store; vault: Store; seen: DigestTable; changed: Set<string> },
  snapshot: string,
): Generator<Step, boolean> {
  const { store, vault, seen, changed } = of;
  const bytes = readManifestBytes(env, store, snapshot);
  if (bytes === undefined) {
    return true;
  }
  const fresh: string[] = [];
  visitFiles(bytes, (line) => {
    const before = seen.length;
    if (seen.addBytes(line.bytes, line.checksumAt) === before) {
      fresh.push(decodeUtf8(line.bytes.subarray(line.checksumAt, line.checksumAt + 64)));
    }
  });
  for (const hex of fresh) {
    const copied = keepContent(env, of, 'objects', hex);
    if (copied !== undefined && !hasManifest(env, store, snapshot)) {
      // A forgetting (H62) sets manifests aside before it looks through the vault: it may have missed this copy.
      discard(env.fs, contentPath(vault, 'objects', hex));
      return false;
    }
    yield { records: 0, objects: copied === undefined ? 0 : 1, copiedBytes: copied ?? 0 };
  }
  keepContent(env, { store, vault, changed }, 'manifests', snapshot);
  return true;
}

/**
 * After damage: a copy in the vault that is damaged as well goes, and what the store has whole takes its
 * place. One that cannot be read may be the last that is whole: it stays until the store has it.
 * @throws IO, AbortError
 */
export function renewInVault(
  env: EngineEnv,
  of: { store: Store; vault: Store },
  content: { kind: ContentKind; hex: string },
  control: Control,
): void {
  const { store, vault } = of;
  const { kind, hex } = content;
  const path = contentPath(vault, kind, hex);
  let isUnread = false;
  const kept = readPieces(env, path, control, { unread: () => (isUnread = true) });
  if (kept?.checksum === hex) {
    return;
  }
  io('renew', path, () => {
    const own = readPieces(env, contentPath(store, kind, hex), control);
    const isWhole = own?.checksum === hex;
    if (isWhole || !isUnread) {
      attempt(() => env.fs.unlink(path));
    }
    if (isWhole) {
      keepContent(env, { store, vault, changed: new Set() }, kind, hex);
    }
  });
}

/** With more folders than this, one sync of the file system is quicker. */
const SYNC_EACH_LIMIT = 64;

function sync(
  env: EngineEnv,
  { store, vault, changed }: { store: Store; vault: Store; changed: ReadonlySet<string> },
): void {
  const many = changed.size > SYNC_EACH_LIMIT;
  if (many && syncAll(env, store, vault.path, quietControl)) {
    return;
  }
  changed.forEach((dir) => env.fs.fsyncDir(dir));
}
