import type { EngineMethods, FileInfo } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { SnapshotId } from '../../core/ids';
import { encodeManifest } from '../../core/manifest';
import { findFile } from '../../core/manifest/findLine';
import { checkRelPath, parentOf } from '../../core/paths';
import { resolveRev } from '../../core/rev';
import type { LinkEntry, RelPath, Tree } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { join, readFile as readWhole } from '../disk/durable';
import { io } from '../disk/fsErrors';
import { blake3 } from '../hashing/blake3';
import { readCanonical } from '../store/canonical';
import { readObject } from '../store/objects';
import { lookedAtLinks } from '../store/lookedAt';
import { manifestText } from '../store/manifestText';
import { hasManifest } from '../store/manifests';
import { loadHistory } from '../store/records';
import { linksOf } from '../store/checkpointTrees';
import type { Store } from '../store/storeRoot';
import { textOf } from '../worktree/liveTree';
import { capture } from '../worktree/capture';
import { snapdirExclude } from './snapdirExclude';
import { treeForRev } from './trees';

type Params<M extends keyof EngineMethods> = EngineMethods[M]['params'];
type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

/** An editor cannot show more. */
const MAX_LIVE_BYTES = 2 ** 31;

/** A tree's entries by path and by folder. Trees are immutable, so this is made once for each. */
interface TreeIndex {
  byPath: Map<RelPath, FileInfo>;
  byFolder: Map<RelPath, FileInfo[]>;
}

const indexes = new WeakMap<Tree, TreeIndex>();

function indexOf(tree: Tree): TreeIndex {
  const known = indexes.get(tree);
  if (known !== undefined) {
    return known;
  }
  const index: TreeIndex = { byPath: new Map(), byFolder: new Map() };
  const add = (info: FileInfo): void => {
    index.byPath.set(info.path, info);
    if (info.path !== '') {
      const folder = parentOf(info.path);
      const siblings = index.byFolder.get(folder) ?? [];
      siblings.push(info);
      index.byFolder.set(folder, siblings);
    }
  };
  for (const { type, path, size, mode, checksum } of tree.entries) {
    add({ path, kind: type === 'F' ? 'file' : 'dir', size, mode, checksum });
  }
  for (const link of tree.links) {
    add(linkInfo(link));
  }
  indexes.set(tree, index);
  return index;
}

function linkInfo({ path, target }: LinkEntry): FileInfo {
  return { path, kind: 'link', size: target.length, mode: 0o777, target };
}

/** A file or link of a snapshot, looked up in the manifest's text: for one path nobody needs all entries. */
function findInText(
  env: EngineEnv,
  store: Store,
  { rev, path }: { rev: string; path: RelPath },
  control: Control,
): FileInfo | undefined {
  const resolved = resolveRev(loadHistory(env, store).history, rev);
  if (resolved.kind !== 'snapshot') {
    return undefined;
  }
  const { snapshot, checkpointId } = resolved;
  const ours = checkpointId !== null && store.id !== '';
  const toLookAt = checkpointId === null;
  const line = findFile(manifestText(env, store, snapshot, { ours, toLookAt, control }), path);
  if (line !== undefined) {
    const { size, mode, checksum } = line;
    return { path, kind: 'file', size, mode, checksum };
  }
  const links =
    checkpointId === null ? looked(env, store, snapshot) : linksOf(env, store, checkpointId);
  const link = links.find((one) => one.path === path);
  return link && linkInfo(link);
}

function looked(env: EngineEnv, store: Store, snapshot: SnapshotId): LinkEntry[] {
  return hasManifest(env, store, snapshot) ? [] : lookedAtLinks(env, store, snapshot);
}

/** A file, link or folder. @throws PATH_NOT_FOUND and what {@link findInTree} throws */
function find(
  env: EngineEnv,
  store: Store,
  params: { rev: string; path: RelPath },
  control: Control,
): FileInfo {
  return findInText(env, store, params, control) ?? findInTree(env, store, params, control).info;
}

function findInTree(
  env: EngineEnv,
  store: Store,
  params: { rev: string; path: RelPath },
  control: Control,
): { info: FileInfo; index: TreeIndex } {
  const live = {
    rules: { useIgnoreFiles: true, patterns: [], noIgnore: false },
    scope: params.path === '' ? null : [params.path],
  };
  const index = indexOf(treeForRev(env, store, params.rev, live, control));
  const info = index.byPath.get(params.path);
  if (info === undefined) {
    throw new SnapdirError('PATH_NOT_FOUND', { path: params.path, rev: params.rev });
  }
  return { info, index };
}

/**
 * One file's bytes, checked against the checksum. `empty` has every file, each without content, so that
 * it can be one side of a diff. A link's bytes are its target's text.
 * @throws REV_NOT_FOUND, PATH_NOT_FOUND, OBJECT_NOT_FOUND, INTEGRITY, INVALID_ARGUMENT (too large), IO
 */
export function readFile(
  env: EngineEnv,
  store: Store | undefined,
  params: Params<'readFile'>,
  control: Control,
): Result<'readFile'> {
  if (params.rev === 'empty') {
    return { bytes: new Uint8Array(0), mode: 0o644 };
  }
  if (store === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: params.rev });
  }
  checkRelPath(params.path);
  if (params.rev === 'live') {
    return readLive(env, store, params.path);
  }
  const info = find(env, store, params, control);
  if (info.kind === 'link') {
    return { bytes: new TextEncoder().encode(info.target), mode: info.mode };
  }
  if (info.checksum === undefined || info.kind !== 'file') {
    throw new SnapdirError('PATH_NOT_FOUND', { path: params.path, rev: params.rev });
  }
  return { bytes: readObject(env, store, info.checksum, params.path), mode: info.mode };
}

function readLive(env: EngineEnv, store: Store, path: RelPath): Result<'readFile'> {
  const absolute = join(store.root, path);
  for (let dir = parentOf(path); dir !== ''; dir = parentOf(dir)) {
    if (env.fs.lstat(join(store.root, dir))?.kind !== 'dir') {
      throw new SnapdirError('PATH_NOT_FOUND', { path, rev: 'live' });
    }
  }
  const stat = io('stat', absolute, () => env.fs.lstat(absolute));
  if (stat?.kind === 'link') {
    return { bytes: new TextEncoder().encode(env.fs.readlink(absolute)), mode: 0o777 };
  }
  const bytes = readWhole(env.fs, absolute, MAX_LIVE_BYTES);
  if (bytes === undefined || stat === undefined) {
    throw new SnapdirError('PATH_NOT_FOUND', { path, rev: 'live' });
  }
  return { bytes, mode: stat.mode };
}

/** @throws REV_NOT_FOUND, PATH_NOT_FOUND, … */
export function stat(
  env: EngineEnv,
  store: Store | undefined,
  params: Params<'stat'>,
  control: Control,
): Result<'stat'> {
  if (params.rev === 'empty') {
    return { path: params.path, kind: 'file', size: 0, mode: 0o644 };
  }
  if (store === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: params.rev });
  }
  return find(env, store, params, control);
}

/** What is directly in a folder of a snapshot. @throws REV_NOT_FOUND, PATH_NOT_FOUND, … */
export function readDir(
  env: EngineEnv,
  store: Store,
  params: Params<'readDir'>,
  control: Control,
): Result<'readDir'> {
  const { info, index } = findInTree(env, store, params, control);
  if (info.kind !== 'dir') {
    throw new SnapdirError('PATH_NOT_FOUND', { path: params.path, rev: params.rev });
  }
  return index.byFolder.get(params.path) ?? [];
}

/**
 * The manifest's text and id. For `live` the folder is hashed, and nothing is written.
 * @throws INVALID_ARGUMENT (the regex), and what a scan or reading a manifest throws
 */
export function manifest(
  env: EngineEnv,
  store: Store,
  params: Params<'manifest'>,
  control: Control,
): Result<'manifest'> {
  const { rev, rules, excludeRegex } = params;
  if (rev === 'live') {
    const regex = excludeRegex === undefined ? {} : { regex: snapdirExclude(excludeRegex) };
    const options = { rules, scope: null, store: false, ...regex };
    const captured = capture(env, store, options, control);
    return { ...withId(textOf(captured, control.signal)), skipped: captured.skipped };
  }
  const resolved = resolveRev(loadHistory(env, store).history, rev);
  const text =
    resolved.kind === 'snapshot'
      ? readCanonical(env, store, resolved.snapshot, control)
      : encodeManifest({ entries: [] });
  return { ...withId(text), skipped: [] };
}

function withId(text: Uint8Array): { bytes: Uint8Array; id: SnapshotId } {
  // Exactly these bytes: what is handed over to another thread is handed over whole.
  const bytes = text.byteLength === text.buffer.byteLength ? text : text.slice();
  return { bytes, id: blake3(bytes) as SnapshotId };
}
