import { SnapdirError } from '../../core/errors';
import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { EngineMethods } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import { encodeManifest } from '../../core/manifest';
import { buildManifest } from '../../core/merkle';
import { visitFiles } from '../../core/manifest/addresses';
import { secretPath, type SecretFinding, type SecretKind } from '../../core/promotion/secrets';
import { SECRETS_LISTED } from '../../core/transferData';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { makeAllDurable } from '../store/barrier';
import { freeMemory } from '../../base/freeMemory';
import { DigestTable, ownWords } from '../store/digestTable';
import { readManifest, writeManifest } from '../store/manifests';
import { objectPath } from '../store/objects';
import { requireWritable, type Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { promotedText, unsentContent } from './listContent';
import { allowedSecrets } from './remoteFolder';
import { ContentSearch } from './searchContent';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/**
 * Looks into every file whose content is neither in the snapshots `less` nor `present`, and at its name. What is found is told
 * by path and kind, never by its value.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, IO, AbortError
 */
export function findSecrets(
  env: EngineEnv,
  store: Store,
  params: Params<'findSecrets'>,
  control: Control,
): Result<'findSecrets'> {
  const { rows } = unsentContent(env, store, params, control);
  const objects = rows.length;
  const unsent = new DigestTable(objects, ownWords);
  rows.visitBytes((bytes, at) => void unsent.addBytes(bytes, at));
  if (params.less.length > 0) {
    freeMemory(...rows.takeApart()); // Without less it is the list that is sent.
  }
  const allowed = new Set([
    ...allowedSecrets(env, store, params.remote),
    ...(params.present ?? []),
  ]);
  const found: SecretFinding[] = [];
  const seen: Seen = {
    clean: new DigestTable(objects / 2, ownWords),
    kinds: new Map(),
    search: new ContentSearch(env),
  };
  let count = 0;
  visitFiles(
    promotedText(env, store, params.snapshot, control),
    ({ bytes, checksumAt, pathAt, pathEnd }) => {
      if (unsent.rowOfBytes(bytes, checksumAt) < 0) {
        return;
      }
      const checksum = decodeUtf8(bytes.subarray(checksumAt, checksumAt + 64));
      if (allowed.has(checksum)) {
        return;
      }
      throwIfCancelled(control.signal);
      const path = decodeUtf8(bytes.subarray(pathAt, pathEnd));
      const named = params.paths ? secretPath(path) : undefined;
      const kind = named ?? kindIn(env, store, { checksum, path }, { seen, control });
      control.progress({ phase: 'secrets', done: readOf(seen), total: objects });
      if (kind !== undefined && ++count <= SECRETS_LISTED) {
        found.push({ path, checksum, kind });
      }
    },
    control.signal,
  );
  const read = readOf(seen);
  unsent.free();
  seen.clean.free();
  return { found, count, read };
}

/** What was looked into: nearly all of it is clean, and remembered in little. */
interface Seen {
  clean: DigestTable;
  kinds: Map<string, SecretKind>;
  search: ContentSearch;
}

const readOf = ({ clean, kinds }: Pick<Seen, 'clean' | 'kinds'>): number =>
  clean.length + kinds.size;

/** Not checked against its checksum: whoever sends it does that. */
function kindIn(
  env: EngineEnv,
  store: Store,
  { checksum, path }: { checksum: string; path: string },
  { seen: { clean, kinds, search }, control }: { seen: Seen; control: Control },
): SecretKind | undefined {
  if (kinds.has(checksum) || clean.has(checksum)) {
    return kinds.get(checksum);
  }
  const kind = search.kindIn(placeOf(env, store, { checksum, path }), control);
  if (kind === undefined) {
    clean.addHex(checksum);
  } else {
    kinds.set(checksum, kind);
  }
  return kind;
}

/** @throws OBJECT_NOT_FOUND */
function placeOf(env: EngineEnv, store: Store, of: { checksum: string; path: string }): string {
  const inPlace = objectPath(store, of.checksum);
  if (env.fs.lstat(inPlace) !== undefined) {
    return inPlace;
  }
  const trashed = findInTrash(env, store, 'objects', of.checksum);
  if (trashed === undefined) {
    throw new SnapdirError('OBJECT_NOT_FOUND', of);
  }
  return trashed;
}

/**
 * The manifest of a snapshot without the files of these checksums, and without those whose names say that they
 * hold secrets and have the same. It is another snapshot, with an id of its own; no checkpoint has it.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, READ_ONLY, …
 */
export function leaveOut(
  env: EngineEnv,
  store: Store,
  params: Params<'leaveOut'>,
  control: Control,
): Result<'leaveOut'> {
  requireWritable(store);
  const out = new Set(params.checksums);
  const { entries } = readManifest(env, store, params.snapshot);
  const files = entries.filter(({ type }) => type === 'F');
  const kept = files.filter(({ checksum }) => !out.has(checksum));
  const dirs = entries.filter(({ type }) => type === 'D');
  const bytes = encodeManifest(buildManifest(kept, dirs, blake3));
  makeAllDurable(env, store, control);
  const snapshot: SnapshotId = writeManifest(env, store, bytes, { durable: true });
  const left = files.filter(({ checksum }) => out.has(checksum)).map(({ path }) => path);
  const leftOut = left.slice(0, SECRETS_LISTED);
  return { snapshot, leftOut, count: left.length, manifestBytes: bytes.length };
}
