import type { VaultSlice } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import { decodeUtf8 } from '../../base/utf8';
import { throwIfCancelled } from '../../base/abort';
import { visitFiles } from '../../core/manifest/addresses';
import { shard } from '../../core/storeLayout';
import { quietControl, type Control, type EngineEnv } from '../context';
import {
  dirOf,
  discard,
  ensureDir,
  join,
  makeDirs,
  writeAll,
  writeFileDurable,
} from '../disk/durable';
import { errnoOf, io, translate, withMissing } from '../disk/fsErrors';
import { thisHost } from '../disk/leaseHost';
import { attempt, readPieces } from '../repair/placeContent';
import { DigestTable } from '../store/digestTable';
import { readManifestBytes } from '../store/manifests';
import { listRecords, readRecordFile } from '../store/records';
import { storeAt, type Store } from '../store/storeRoot';
import { syncAll } from '../store/syncAll';
import { contentPath, type ContentKind } from '../store/trash';
import { homeOf } from './registry';
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
  const key = `${path} ${String(all)}`;
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
  const seen = new DigestTable();
  for (const name of listRecords(env, store).filter((one) => all || !kept.has(one.name))) {
    const changed = new Set<string>();
    let snapshot: string | undefined;
    let parent: string | undefined;
    try {
      const record = readRecordFile(env, store, name);
      snapshot = record.kind === 'take' ? record.snapshot : undefined;
      parent = record.kind === 'take' ? (record.parent ?? undefined) : undefined;
    } catch (error) {
      if (!SnapdirError.is(error) || error.code === 'IO') {
        throw error;
      }
      continue; // A damaged record is nothing to keep.
    }
    if (snapshot !== undefined) {
      if (!all && seen.length === 0 && parent !== undefined) {
        noteParent(env, vault, parent, seen);
      }
      yield* keepSnapshot(env, { store, vault, seen, changed }, snapshot);
    }
    sync(env, { store, vault, changed });
    if (!kept.has(name.name)) {
      keepFile(env, vault, join(store.records, name.name), join(vault.records, name.name));
      yield { records: 1, objects: 0, copiedBytes: 0 };
    }
  }
}

/** What the parent needs is in the vault already, if its record is. */
function noteParent(env: EngineEnv, vault: Store, parent: string, seen: DigestTable): void {
  try {
    const name = listRecords(env, vault).find(({ id }) => id === parent);
    const record = name === undefined ? undefined : readRecordFile(env, vault, name);
    const bytes =
      record?.kind === 'take' ? readManifestBytes(env, vault, record.snapshot) : undefined;
    visitFiles(bytes ?? new Uint8Array(0), (line) => {
      seen.addBytes(line.bytes, line.checksumAt);
    });
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
  }
}

function* keepSnapshot(
  env: EngineEnv,
  of: { store: Store; vault: Store; seen: DigestTable; changed: Set<string> },
  snapshot: string,
): Pass {
  const { store, vault, seen, changed } = of;
  const bytes = readManifestBytes(env, store, snapshot);
  if (bytes === undefined) {
    return;
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
    yield { records: 0, objects: copied === undefined ? 0 : 1, copiedBytes: copied ?? 0 };
  }
  keepContent(env, { store, vault, changed }, 'manifests', snapshot);
}

/** @returns bytes that were copied; undefined: it is there, or the store has not got it */
function keepContent(
  env: EngineEnv,
  { store, vault, changed }: { store: Store; vault: Store; changed: Set<string> },
  kind: ContentKind,
  hex: string,
): number | undefined {
  const from = contentPath(store, kind, hex);
  const to = contentPath(vault, kind, hex);
  if (env.fs.lstat(to) !== undefined || env.fs.lstat(from)?.kind !== 'file') {
    return undefined;
  }
  const parts = shard(hex).split('/').slice(0, -1);
  makeDirs(env.fs, vault[kind], parts, 0o700).forEach((dir) => changed.add(dir));
  changed.add(dirOf(to));
  return keepFile(env, vault, from, to, hex);
}

/** Clone, second name, or copy. @returns bytes that were copied */
function keepFile(env: EngineEnv, vault: Store, from: string, to: string, hex?: string): number {
  const { fs } = env;
  const draft = join(vault.tmp, env.randomName());
  if (fs.clone(from, draft)) {
    fs.rename(draft, to);
    return 0;
  }
  discard(fs, draft);
  try {
    fs.link(from, to);
    return 0;
  } catch (error) {
    if (errnoOf(error) === undefined) {
      throw error;
    }
    if (errnoOf(error) === 'EEXIST' || fs.lstat(from) === undefined) {
      return 0;
    }
  }
  return copyFile(env, { from, to, draft, hex });
}

function copyFile(
  env: EngineEnv,
  of: { from: string; to: string; draft: string; hex: string | undefined },
): number {
  const { fs } = env;
  const { from, to, draft, hex } = of;
  const fd = fs.open(draft, 'wx', 0o600);
  try {
    const quiet = { signal: { aborted: false }, progress: () => undefined };
    const onPiece = (piece: Uint8Array, count: number): void => writeAll(fs, fd, piece, count);
    const read = readPieces(env, from, quiet, { onPiece });
    fs.fsync(fd);
    if (read === undefined || (hex !== undefined && read.checksum !== hex)) {
      return 0;
    }
    fs.rename(draft, to);
    return read.bytes;
  } catch (error) {
    discard(fs, draft);
    const bytes = fs.lstat(from)?.size ?? 0;
    throw withMissing(fs, translate(error, 'write', to), { path: dirOf(draft), bytes, files: 1 });
  } finally {
    fs.close(fd);
    discard(fs, draft);
  }
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
