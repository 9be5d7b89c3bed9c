import { SnapdirError } from '../../core/errors';
import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { EngineMethods } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import { encodeManifest } from '../../core/manifest';
import { buildManifest } from '../../core/merkle';
import { visitFiles } from '../../core/manifest/addresses';
import type { LineScanner } from '../../core/manifest/scan';
import { isShownPath, secretPath } from '../../core/promotion/secretPaths';
import type { SecretFinding, SecretKind } from '../../core/promotion/secrets';
import { SECRETS_LISTED } from '../../core/promotion/leftOut';
import type { ManifestEntry, RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { blake3 } from '../hashing/blake3';
import { makeAllDurable } from '../store/barrier';
import { freeMemory } from '../../base/freeMemory';
import { DigestTable, ownWords } from '../store/digestTable';
import { readManifest, writeManifest } from '../store/manifests';
import { objectPath } from '../store/objects';
import { requireWritable, type Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { contentOf, promotedText, unsentContent } from './listContent';
import { allowedSecrets } from './remoteFolder';
import { ContentSearch } from './searchContent';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** Shorter contents (`{}`, a blank line) are the same in many files, none of which is a copy of another. Bytes. */
const COPY_FROM = 32;

/**
 * Looks into every file whose content is neither in the snapshots `less` nor `present`, and at its name. What is found is told
 * by path and kind, never by its value. What only its name makes look so is found with its copies; an empty file is nothing.
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
  const seen: Seen = {
    clean: new DigestTable(objects / 2, ownWords),
    kinds: new Map(),
    search: new ContentSearch(env),
  };
  const visit = visitor(env, store, params, { unsent, control });
  const found = new Findings();
  const copies = new Findings();
  const copied = new Set<string>();
  visit(({ path, checksum, size }) => {
    const named = params.paths && size > 0 ? secretPath(path) : undefined;
    const inside = kindIn(env, store, { checksum, path }, { seen, control });
    control.progress({ phase: 'secrets', done: readOf(seen), total: objects });
    const kind = named ?? inside;
    if (kind !== undefined) {
      found.add({ path, checksum, kind, inside: inside !== undefined });
      if (inside === undefined && size >= COPY_FROM) {
        copied.add(checksum);
      }
    }
  });
  if (copied.size > 0) {
    visit(({ path, checksum }) => {
      if (copied.has(checksum) && secretPath(path) === undefined && !isShownPath(path)) {
        copies.add({ path, checksum, kind: 'secret-copy', inside: false });
      }
    });
  }
  const read = readOf(seen);
  unsent.free();
  seen.clean.free();
  const list = [...copies.list, ...found.list].slice(0, SECRETS_LISTED);
  return { found: list, count: copies.count + found.count, read };
}

class Findings {
  readonly list: SecretFinding[] = [];
  count = 0;

  add(finding: SecretFinding): void {
    if (++this.count <= SECRETS_LISTED) {
      this.list.push(finding);
    }
  }
}

interface VisitedFile {
  path: RelPath;
  checksum: string;
  size: number;
}

/** Goes through the files that would be sent, but for those whose content was allowed or is there. */
function visitor(
  env: EngineEnv,
  store: Store,
  params: Params<'findSecrets'>,
  { unsent, control }: { unsent: DigestTable; control: Control },
): (visit: (file: VisitedFile) => void) => void {
  const allowed = new Set([
    ...allowedSecrets(env, store, params.remote),
    ...(params.present ?? []),
  ]);
  const text = promotedText(env, store, params.snapshot, control);
  const decoded = (bytes: Uint8Array, from: number, to: number): string =>
    decodeUtf8(bytes.subarray(from, to));
  return (visit) => {
    const visitLine = ({ bytes, checksumAt, pathAt, pathEnd, size }: LineScanner): void => {
      if (unsent.rowOfBytes(bytes, checksumAt) < 0) {
        return;
      }
      const checksum = decoded(bytes, checksumAt, checksumAt + 64);
      if (!allowed.has(checksum)) {
        throwIfCancelled(control.signal);
        visit({ path: decoded(bytes, pathAt, pathEnd), checksum, size });
      }
    };
    visitFiles(text, visitLine, control.signal);
  };
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
 * The manifest of a snapshot without the files at these paths, and without all that have these checksums. It is another
 * snapshot, with an id of its own; no checkpoint has it.
 * @throws MANIFEST_NOT_FOUND, INTEGRITY, READ_ONLY, …
 */
export function leaveOut(
  env: EngineEnv,
  store: Store,
  params: Params<'leaveOut'>,
  control: Control,
): Result<'leaveOut'> {
  requireWritable(store);
  const [checksums, paths] = [new Set<string>(params.checksums), new Set(params.paths)];
  const isOut = ({ checksum, path }: ManifestEntry): boolean =>
    checksums.has(checksum) || paths.has(path);
  const { entries } = readManifest(env, store, params.snapshot);
  const files = entries.filter(({ type }) => type === 'F');
  const kept = files.filter((file) => !isOut(file));
  const dirs = entries.filter(({ type }) => type === 'D');
  const bytes = encodeManifest(buildManifest(kept, dirs, blake3));
  makeAllDurable(env, store, control);
  const snapshot: SnapshotId = writeManifest(env, store, bytes, { durable: true });
  const left = files.filter(isOut).map(({ path }) => path);
  const leftOut = left.slice(0, SECRETS_LISTED);
  const { rows, files: fileCount } = contentOf(bytes, control);
  const figures = { files: fileCount, objects: rows.length, bytes: rows.totalBytes };
  freeMemory(...rows.takeApart());
  return { snapshot, leftOut, count: left.length, manifestBytes: bytes.length, ...figures };
}
