// What a person decided to leave out of a promoted name, so that the same may be done again without asking. Neither paths nor
// contents are kept, only checksums of them.
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import { invariant } from '../../base/invariant';
import type { EngineMethods } from '../../core/engine';
import { isHex64, type SnapshotId } from '../../core/ids';
import type { LastLeftOut, LeftOut } from '../../core/promotion/leftOut';
import type { EngineEnv } from '../context';
import { join, readFile, writeFileWhole } from '../disk/durable';
import { blake3 } from '../hashing/blake3';
import { placeKey } from '../home/registry';
import type { Store } from '../store/storeRoot';
import { makeFolder, remoteFolder } from './remoteFolder';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** So many are remembered of a name, the latest. */
const MOST = 10_000;
const MAX_BYTES = 1024 * 1024;
const FIRST = /^([0-9a-f]{64}) ([0-9a-f]{64}) (\d{1,9})$/;

const fileOf = (name: string): string => `left-out-${placeKey(name)}`;

/** The same path, kind of secret and content have the same. */
function keyOf({ path, kind, ...content }: LeftOut): string {
  const checksum = 'text' in content ? blake3(encodeUtf8(content.text)) : content.checksum;
  return blake3(encodeUtf8(JSON.stringify([path, kind, checksum])));
}

/** The first line says what the name stands for here, and for what it does there; each other is what was left out. */
function read(
  env: EngineEnv,
  store: Store,
  { remote, name }: { remote: string; name: string },
): { last: LastLeftOut | null; keys: string[] } {
  const path = join(remoteFolder(store, remote), fileOf(name));
  const size = env.fs.lstat(path)?.size ?? 0;
  const bytes = size > MAX_BYTES ? undefined : readFile(env.fs, path, MAX_BYTES);
  const [first = '', ...rest] = bytes === undefined ? [] : decodeUtf8(bytes).split('\n');
  const [, snapshot, promoted, count] = FIRST.exec(first) ?? [];
  const last =
    snapshot === undefined || promoted === undefined
      ? null
      : {
          ...{ snapshot: snapshot as SnapshotId, promoted: promoted as SnapshotId },
          count: Number(count),
        };
  return { last, keys: rest.filter(isHex64) };
}

/** Which of these were left out of this name before. */
export function leftOutBefore(
  env: EngineEnv,
  store: Store,
  params: Params<'leftOutBefore'>,
): Result<'leftOutBefore'> {
  const { last, keys } = read(env, store, params);
  const known = new Set(keys);
  return { last, known: params.found.map((one) => known.has(keyOf(one))) };
}

/** Remembers that these were left out of this name. */
export function noteLeftOut(env: EngineEnv, store: Store, params: Params<'noteLeftOut'>): null {
  if (store.readOnly !== null) {
    return null;
  }
  const { remote, name, found, last } = params;
  const { snapshot, promoted, count } = last;
  invariant(isHex64(snapshot) && isHex64(promoted), 'snapshots have ids');
  const keys = new Set([...read(env, store, params).keys, ...found.map(keyOf)]);
  const lines = [`${snapshot} ${promoted} ${count}`, ...[...keys].slice(-MOST)];
  const path = join(makeFolder(env, store, remote), fileOf(name));
  const bytes = encodeUtf8(`${lines.join('\n')}\n`);
  writeFileWhole(env, store.tmp, path, { bytes, durable: false });
  return null;
}
