// What this store remembers of remotes, below `.snapdir/remotes/`: hints, each of which may be deleted at any time.
import { SnapdirError } from '../../core/errors';
import type { EngineMethods } from '../../core/engine';
import { isHex64 } from '../../core/ids';
import { decodeUtf8 } from '../../base/utf8';
import type { EngineEnv } from '../context';
import { discard, ensureDir, join, makeDirs, readFile, writeFileWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { placeKey } from '../home/registry';
import type { DigestTable } from '../store/digestTable';
import { requireWritable, type Store } from '../store/storeRoot';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];

/** A hint that content is there is believed for so long: a stale one would cost data. */
const BELIEVED_MS = 24 * 3_600_000;
const KNOWN = /^known-(\d{1,15})-[0-9a-f]{32}$/;
const MAX_HINT_BYTES = 256 * 1024 * 1024;

const FOLDER = 'remotes';
const remotesOf = (store: Store): string => join(store.path, FOLDER);
/** Where what is known of a remote is. */
export const remoteFolder = (store: Store, remote: string): string =>
  join(remotesOf(store), placeKey(remote));

function makeFolder(env: EngineEnv, store: Store, remote: string): string {
  const folder = remoteFolder(store, remote);
  io('create', folder, () => {
    ensureDir(env.fs, store.tmp, 0o700);
    makeDirs(env.fs, store.path, [FOLDER, placeKey(remote)], 0o700);
  });
  return folder;
}

function entriesOf(env: EngineEnv, folder: string): string[] {
  return env.fs.lstat(folder)?.kind === 'dir'
    ? io('list', folder, () => env.fs.readdir(folder)).map(({ name }) => name)
    : [];
}

/** Adds what a remote was seen to have within the last day. */
export function addKnown(env: EngineEnv, store: Store, remote: string, into: DigestTable): void {
  const folder = remoteFolder(store, remote);
  const now = env.clock.now();
  for (const name of entriesOf(env, folder)) {
    const at = Number(KNOWN.exec(name)?.[1] ?? Number.NaN);
    if (at <= now && now - at < BELIEVED_MS) {
      const bytes = readFile(env.fs, join(folder, name), MAX_HINT_BYTES) ?? new Uint8Array();
      for (let from = 0; from + 65 <= bytes.length; from += 65) {
        into.addBytes(bytes, from);
      }
    } else if (!Number.isNaN(at) && store.readOnly === null) {
      discard(env.fs, join(folder, name));
    }
  }
}

/** Remembers that these are in the remote now. */
export function noteSent(env: EngineEnv, store: Store, params: Params<'noteSent'>): null {
  if (store.readOnly === null && params.checksums.length > 0) {
    const folder = makeFolder(env, store, params.remote);
    const path = join(folder, `known-${env.clock.now()}-${env.randomName()}`);
    const text = params.checksums.filter(isHex64).join('\n');
    const bytes = new TextEncoder().encode(`${text}\n`);
    writeFileWhole(env, store.tmp, path, { bytes, durable: false });
  }
  return null;
}

/** The nonce of the promotion of a name that was seen last. */
export function seenOf(env: EngineEnv, store: Store, remote: string, name: string): string | null {
  const path = join(remoteFolder(store, remote), `seen-${placeKey(name)}`);
  const bytes = readFile(env.fs, path, 1024);
  const text = bytes === undefined ? '' : decodeUtf8(bytes).trim();
  return /^[0-9a-f]{16}$/.test(text) ? text : null;
}

/** Remembers which promotion of a name was seen; `forget`: no hint is believed any more. */
export function noteSeen(env: EngineEnv, store: Store, params: Params<'noteSeen'>): null {
  if (store.readOnly !== null) {
    return null;
  }
  const folder = makeFolder(env, store, params.remote);
  if (params.forget === true) {
    entriesOf(env, folder)
      .filter((name) => KNOWN.test(name))
      .forEach((name) => discard(env.fs, join(folder, name)));
  }
  const path = join(folder, `seen-${placeKey(params.name)}`);
  const bytes = new TextEncoder().encode(`${params.nonce}\n`);
  writeFileWhole(env, store.tmp, path, { bytes, durable: false });
  return null;
}

const allowedPath = (store: Store): string => join(remotesOf(store), 'allowed-secrets');

/** Checksums of files that a person saw to look like secrets, and sends all the same. */
export function allowedSecrets(env: EngineEnv, store: Store): Set<string> {
  const bytes = readFile(env.fs, allowedPath(store), MAX_HINT_BYTES);
  return new Set(
    bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n').filter(isHex64),
  );
}

/** Adds to them. @throws PARSE, READ_ONLY, … */
export function allowSecrets(env: EngineEnv, store: Store, params: Params<'allowSecrets'>): null {
  requireWritable(store);
  if (!params.checksums.every(isHex64)) {
    throw new SnapdirError('PARSE', { what: 'checksum', reason: 'expected 64 hex digits' });
  }
  const all = allowedSecrets(env, store);
  params.checksums.forEach((checksum) => all.add(checksum));
  io('create', remotesOf(store), () => {
    ensureDir(env.fs, store.tmp, 0o700);
    ensureDir(env.fs, remotesOf(store), 0o700);
  });
  const bytes = new TextEncoder().encode(
    [...all]
      .sort()
      .map((one) => `${one}\n`)
      .join(''),
  );
  writeFileWhole(env, store.tmp, allowedPath(store), { bytes, durable: true });
  return null;
}
