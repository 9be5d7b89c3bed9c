import { throwIfCancelled } from '../../base/abort';
import { decodeUtf8 } from '../../base/utf8';
import type { EngineMethods } from '../../core/engine';
import type { SnapshotId } from '../../core/ids';
import { encodeManifest } from '../../core/manifest';
import { buildManifest } from '../../core/merkle';
import { visitFiles } from '../../core/manifest/addresses';
import {
  secretPath,
  secretsIn,
  type SecretFinding,
  type SecretKind,
} from '../../core/promotion/secrets';
import { SECRETS_LISTED } from '../../core/transferData';
import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { makeAllDurable } from '../store/barrier';
import { freeMemory } from '../freeMemory';
import { DigestTable, ownWords } from '../store/digestTable';
import { readManifest, writeManifest } from '../store/manifests';
import { objectPath } from '../store/objects';
import { requireWritable, type Store } from '../store/storeRoot';
import { findInTrash } from '../store/trash';
import { promotedText, unsentContent } from './listContent';
import { allowedSecrets } from './remoteFolder';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** Of a larger file only the beginning is looked into. */
const LOOKED_AT = 4 * 1024 * 1024;
/** Content without text has zeros among its first bytes. */
const SNIFFED = 8192;

/**
 * Looks into every file whose content is not in the snapshots `less`, and at its name. What is found is told
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
  const allowed = allowedSecrets(env, store, params.remote);
  const found: SecretFinding[] = [];
  const seen: Seen = {
    clean: new DigestTable(objects / 2, ownWords),
    kinds: new Map(),
    room: Buffer.alloc(SNIFFED),
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
      const kind = named ?? kindIn(env, store, checksum, seen);
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
  /** What is looked into is read here, one after the other: a buffer for each would pile up. */
  room: Buffer;
}

const readOf = ({ clean, kinds }: Seen): number => clean.length + kinds.size;

function kindIn(
  env: EngineEnv,
  store: Store,
  checksum: string,
  seen: Seen,
): SecretKind | undefined {
  const { clean, kinds } = seen;
  if (kinds.has(checksum) || clean.has(checksum)) {
    return kinds.get(checksum);
  }
  const text = textOf(readBeginning(env, store, checksum, seen));
  const [kind] = text === undefined ? [] : secretsIn(text);
  if (kind === undefined) {
    clean.addHex(checksum);
  } else {
    kinds.set(checksum, kind);
  }
  return kind;
}

/** Not checked against its checksum: whoever sends it does that. @returns bytes that are good until the next ones are read */
function readBeginning(env: EngineEnv, store: Store, checksum: string, seen: Seen): Buffer {
  const inPlace = objectPath(store, checksum);
  const trashed = (): string => findInTrash(env, store, 'objects', checksum) ?? inPlace;
  const path = env.fs.lstat(inPlace) === undefined ? trashed() : inPlace;
  return io('read', path, () => {
    const fd = env.fs.open(path, 'r');
    try {
      const size = Math.min(LOOKED_AT, env.fs.fstat(fd).size);
      if (seen.room.length < size) {
        seen.room = Buffer.alloc(size);
      }
      const bytes = seen.room.subarray(0, size);
      let at = 0;
      for (let count = -1; count !== 0 && at < bytes.length; at += count) {
        count = env.fs.read(fd, bytes, at, bytes.length - at);
      }
      return bytes.subarray(0, at);
    } finally {
      env.fs.close(fd);
    }
  });
}

/** Bytes as a text to search in; undefined where they are none. */
function textOf(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes.toString('utf16le');
  }
  return bytes.subarray(0, SNIFFED).includes(0) ? undefined : bytes.toString('latin1');
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
