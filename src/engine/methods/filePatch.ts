import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { throwIfCancelled } from '../../base/abort';
import { encodeUtf8 } from '../../base/utf8';
import type { BinaryTools } from '../../core/binaryPatch';
import type { Change, ChangeSide } from '../../core/change';
import type { EngineMethods } from '../../core/engine';
import { isText, patchFor } from '../../core/lineDiff';
import type { Control, EngineEnv } from '../context';
import type { Store } from '../store/storeRoot';
import { readFile } from './contents';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** Nobody reads a patch of more; such files are told to differ. */
const MAX_PATCHED_BYTES = 64 * 1024 * 1024;
/** Larger files are not read only to say that they are no text: they are taken for such. */
const MAX_PROBED_BYTES = 8 * 1024 * 1024;

const tools: BinaryTools = {
  deflate: (bytes) => deflateSync(bytes),
  blobId: (bytes) =>
    createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
};

/** A file's bytes, where they are needed and not too many. */
function bytesOf(
  env: EngineEnv,
  store: Store | undefined,
  of: { rev: string; path: string; side: ChangeSide | undefined; limit: number },
  control: Control,
): Uint8Array | null {
  const { rev, path, side, limit } = of;
  if (side?.kind !== 'file' || (side.size ?? 0) > limit) {
    return null;
  }
  return readFile(env, store, { rev, path }, control).bytes;
}

function sidesOf(
  env: EngineEnv,
  store: Store | undefined,
  of: { left: string; right: string; change: Change; limit: number },
  control: Control,
): [Uint8Array | null, Uint8Array | null] {
  const { change, limit } = of;
  if (sameContent(change)) {
    return [null, null];
  }
  const { path, oldPath = path } = change;
  const left = { rev: of.left, path: oldPath, side: change.left, limit };
  const right = { rev: of.right, path, side: change.right, limit };
  return [bytesOf(env, store, left, control), bytesOf(env, store, right, control)];
}

function sameContent({ left, right }: Change): boolean {
  return left?.checksum !== undefined && left.checksum === right?.checksum;
}

function isTooLarge(change: Change, limit: number): boolean {
  const large = (side: ChangeSide | undefined): boolean =>
    side?.kind === 'file' && (side.size ?? 0) > limit;
  return !sameContent(change) && (large(change.left) || large(change.right));
}

/** A change as a patch. @throws REV_NOT_FOUND, PATH_NOT_FOUND, OBJECT_NOT_FOUND, INTEGRITY, IO */
export function filePatch(
  env: EngineEnv,
  store: Store | undefined,
  params: Params<'filePatch'>,
  control: Control,
): Result<'filePatch'> {
  const { change, binary } = params;
  const sides = sidesOf(env, store, { ...params, limit: MAX_PATCHED_BYTES }, control);
  const text = patchFor(change, ...sides, binary ? tools : undefined);
  return {
    bytes: encodeUtf8(text),
    binary: sides.some((bytes) => bytes !== null && !isText(bytes)),
    tooLarge: isTooLarge(change, MAX_PATCHED_BYTES),
  };
}

/** Which changes are about files that are no text. Contents that cannot be read count as text. @throws AbortError */
export function binaryFiles(
  env: EngineEnv,
  store: Store | undefined,
  params: Params<'binaryFiles'>,
  control: Control,
): Result<'binaryFiles'> {
  const { left, right, changes } = params;
  const paths = changes.filter((change) => {
    throwIfCancelled(control.signal);
    return isNoText(() =>
      isTooLarge(change, MAX_PROBED_BYTES)
        ? undefined
        : sidesOf(env, store, { left, right, change, limit: MAX_PROBED_BYTES }, control),
    );
  });
  return { paths: paths.map(({ path }) => path) };
}

/** @param read undefined: too large to look */
function isNoText(read: () => (Uint8Array | null)[] | undefined): boolean {
  try {
    const sides = read();
    return sides === undefined || sides.some((bytes) => bytes !== null && !isText(bytes));
  } catch {
    // The folder goes on changing while somebody looks; whoever opens the diff is told.
    return false;
  }
}
