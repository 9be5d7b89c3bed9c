// What this store remembers of remotes, below `.snapdir/remotes/`, a folder for each; all of it may be deleted at any time. Never
// what one holds: it may be emptied, and made again under the same name. That is asked of the remote itself; what is remembered
// is when that was, so that it is not asked for everything each time.
import { SnapdirError } from '../../core/errors';
import type { EngineMethods, PromotionStart } from '../../core/engine';
import { isHex64, type SnapshotId } from '../../core/ids';
import type { SeenWhole } from '../../core/transferData';
import { decodeUtf8 } from '../../base/utf8';
import type { EngineEnv } from '../context';
import { discard, ensureDir, join, makeDirs, readFile, writeFileWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import type { Lease } from '../disk/lease';
import { oneByOne } from '../disk/oneByOne';
import { placeKey } from '../home/registry';
import { requireWritable, type Store } from '../store/storeRoot';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];

const MAX_ALLOWED_BYTES = 256 * 1024 * 1024;

const FOLDER = 'remotes';
/** Where what is remembered of a remote lies. */
export const remoteFolder = (store: Store, remote: string): string =>
  join(join(store.path, FOLDER), placeKey(remote));

/** As {@link remoteFolder}, made where there is none. */
export function makeFolder(env: EngineEnv, store: Store, remote: string): string {
  const folder = remoteFolder(store, remote);
  io('create', folder, () => {
    ensureDir(env.fs, store.tmp, 0o700);
    makeDirs(env.fs, store.path, [FOLDER, placeKey(remote)], 0o700);
  });
  return folder;
}

const sendingPath = (store: Store, remote: string): string =>
  join(remoteFolder(store, remote), 'sending');

/** Whether something was being sent, and nothing tells that all of it arrived. */
export function isUnfinished(env: EngineEnv, store: Store, remote: string): boolean {
  return env.fs.lstat(sendingPath(store, remote)) !== undefined;
}

/** Remembers that something is being sent, or that all of it arrived. */
export function noteSending(env: EngineEnv, store: Store, params: Params<'noteSending'>): null {
  if (store.readOnly !== null) {
    return null;
  }
  if (params.underWay) {
    makeFolder(env, store, params.remote);
    const path = sendingPath(store, params.remote);
    writeFileWhole(env, store.tmp, path, { bytes: new Uint8Array(0), durable: false });
  } else {
    discard(env.fs, sendingPath(store, params.remote));
  }
  return null;
}

const seenPath = (store: Store, remote: string, name: string): string =>
  join(remoteFolder(store, remote), `seen-${placeKey(name)}`);

/** The promotion of a name that was seen last, and what the name stood for here when that one was first fetched. */
export function seenOf(
  env: EngineEnv,
  store: Store,
  remote: string,
  name: string,
): Pick<PromotionStart, 'seen' | 'seenOver'> {
  const bytes = readFile(env.fs, seenPath(store, remote, name), 1024);
  const text = bytes === undefined ? '' : decodeUtf8(bytes).trim();
  const [, nonce, over] = /^([0-9a-f]{16})(?:\n([0-9a-f]{64}))?$/.exec(text) ?? [];
  return { seen: nonce ?? null, seenOver: (over as SnapshotId | undefined) ?? null };
}

/** Remembers which promotion of a name was seen. One that was seen before stays as it was. */
export function noteSeen(env: EngineEnv, store: Store, params: Params<'noteSeen'>): null {
  const { remote, name, nonce, over } = params;
  const isKnown = over !== undefined && seenOf(env, store, remote, name).seen === nonce;
  if (store.readOnly !== null || isKnown) {
    return null;
  }
  makeFolder(env, store, remote);
  const bytes = new TextEncoder().encode(`${nonce}\n${over === undefined ? '' : `${over}\n`}`);
  writeFileWhole(env, store.tmp, seenPath(store, remote, name), { bytes, durable: false });
  return null;
}

const draftPath = (store: Store, remote: string, name: string): string =>
  join(remoteFolder(store, remote), `draft-${placeKey(name)}`);

/** The promotion of a name that was begun here last; null: none. */
export function draftOf(env: EngineEnv, store: Store, remote: string, name: string): string | null {
  const bytes = readFile(env.fs, draftPath(store, remote, name), 1024);
  return /^[0-9a-f]{16}$/.exec(decodeUtf8(bytes ?? new Uint8Array(0)).trim())?.[0] ?? null;
}

/** Remembers it: whoever is killed before it is noted as seen is not overtaken by their own promotion. */
export function noteDraft(env: EngineEnv, store: Store, params: Params<'noteDraft'>): null {
  const { remote, name, nonce } = params;
  if (store.readOnly !== null) {
    return null;
  }
  makeFolder(env, store, remote);
  const bytes = new TextEncoder().encode(`${nonce}\n`);
  writeFileWhole(env, store.tmp, draftPath(store, remote, name), { bytes, durable: false });
  return null;
}

/** So many snapshots of a remote are remembered, the latest. */
const MOST_WHOLE = 64;
const MAX_WHOLE_BYTES = 64 * 1024;

const wholePath = (store: Store, remote: string): string =>
  join(remoteFolder(store, remote), 'whole');

/** When snapshots were seen to be whole in a remote, by their ids. */
export function wholeOf(env: EngineEnv, store: Store, remote: string): Record<string, SeenWhole> {
  const { fs } = env;
  const path = wholePath(store, remote);
  const size = fs.lstat(path)?.size ?? 0;
  const bytes = size > MAX_WHOLE_BYTES ? undefined : readFile(fs, path, MAX_WHOLE_BYTES);
  const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
  // Earlier versions did not write how many contents there are.
  const rows = lines.map((line) => /^(\d{1,15}) ([0-9a-f]{64})(?: (\d{1,9}))?$/.exec(line));
  const read = ([, at, id, objects = '0']: RegExpExecArray): [string, SeenWhole] => [
    id!,
    { at: Number(at), objects: Number(objects) },
  ];
  return Object.fromEntries(rows.flatMap((row) => (row ? [read(row)] : [])));
}

/**
 * Remembers when a snapshot was seen to be whole in a remote; null: that is believed of none any more. One process after the other: a
 * note that another one wrote meanwhile stays, and what is not believed any more does not come back.
 * @throws READ_ONLY, DISK_FULL, IO
 */
export function noteWhole(env: EngineEnv, store: Store, params: Params<'noteWhole'>): null {
  const { remote, snapshot } = params;
  if (store.readOnly !== null) {
    return null;
  }
  makeFolder(env, store, remote);
  const path = wholePath(store, remote);
  const place = { lease: join(store.tmp, 'whole.lease'), tmp: store.tmp };
  try {
    oneByOne(env, place, {
      operation: 'promote',
      work: (lease) =>
        snapshot === null
          ? discard(env.fs, path)
          : addWhole(env, store, { ...params, snapshot }, lease),
    });
  } catch (error) {
    if (!SnapdirError.is(error, 'STORE_BUSY')) {
      throw error;
    }
    // What is not noted is only looked for once more; what is doubted must go.
    if (snapshot === null) {
      discard(env.fs, path);
    }
  }
  return null;
}

function addWhole(
  env: EngineEnv,
  store: Store,
  { remote, snapshot, at, objects }: Params<'noteWhole'> & { snapshot: string },
  lease: Lease,
): void {
  const rows = Object.entries({ ...wholeOf(env, store, remote), [snapshot]: { at, objects } });
  const latest = rows.sort(([, one], [, other]) => other.at - one.at).slice(0, MOST_WHOLE);
  const text = latest.map(([id, seen]) => `${seen.at} ${id} ${seen.objects}\n`).join('');
  const bytes = new TextEncoder().encode(text);
  lease.check();
  writeFileWhole(env, store.tmp, wholePath(store, remote), { bytes, durable: false });
}

const allowedPath = (store: Store, remote: string): string =>
  join(remoteFolder(store, remote), 'allowed-secrets');

/** Checksums of files that a person saw to look like secrets, and sends to this remote all the same. */
export function allowedSecrets(env: EngineEnv, store: Store, remote: string): Set<string> {
  const bytes = readFile(env.fs, allowedPath(store, remote), MAX_ALLOWED_BYTES);
  return new Set(
    bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n').filter(isHex64),
  );
}

/** Adds to them. @throws PARSE, READ_ONLY, … */
export function allowSecrets(env: EngineEnv, store: Store, params: Params<'allowSecrets'>): null {
  const { remote, checksums } = params;
  requireWritable(store);
  if (!checksums.every(isHex64)) {
    throw new SnapdirError('PARSE', { what: 'checksum', reason: 'expected 64 hex digits' });
  }
  makeFolder(env, store, remote);
  const place = { lease: join(store.tmp, 'allowed-secrets.lease'), tmp: store.tmp };
  const work = (lease: Lease): void => {
    const all = allowedSecrets(env, store, remote);
    checksums.forEach((checksum) => all.add(checksum));
    const text = [...all].sort().map((one) => `${one}\n`);
    const bytes = new TextEncoder().encode(text.join(''));
    lease.check();
    writeFileWhole(env, store.tmp, allowedPath(store, remote), { bytes, durable: true });
  };
  oneByOne(env, place, { operation: 'promote', work });
  return null;
}
