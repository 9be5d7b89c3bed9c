import type {
  CheckpointInfo,
  EngineMethods,
  FileVersion,
  FolderVersion,
  HistoryPage,
  HistoryParams,
} from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { LoggedTake } from '../../core/history/log';
import type { ChangeSide } from '../../core/change';
import { findFile, findFolder } from '../../core/manifest/findLine';
import { visitFiles } from '../../core/manifest/addresses';
import { checkPathForm, isWithin } from '../../core/paths';
import { fileStep, folderStep } from '../../core/pathHistory/steps';
import { toSide } from '../../core/treeJoin';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { changeIndex, type ChangeIndex } from '../store/changeIndex';
import { manifestText } from '../store/manifestText';
import { loadHistory } from '../store/records';
import { linksOf } from '../store/checkpointTrees';
import type { Store } from '../store/storeRoot';
import { nameInHead } from './movedSince';
import { healthLook } from './trees';

type Result<M extends keyof EngineMethods> = EngineMethods[M]['result'];

type InfoOf = (take: LoggedTake) => CheckpointInfo;

const LIMIT = 200;
const NOTHING: HistoryPage = { pending: 0, full: false, unreadable: 0 };

function read(
  env: EngineEnv,
  store: Store,
  params: HistoryParams,
  control: Control,
): { index: ChangeIndex; start: number; page: HistoryPage; infoOf: InfoOf } {
  const index = changeIndex(env, store, params.ms === undefined ? {} : { ms: params.ms }, control);
  const { pending, full, unreadable, steps } = index;
  const { from } = params;
  // Where the last page ended at a checkpoint that is gone since, its time still says where that was.
  // Both once for all versions: each look at the history lists its folder as long as that is young.
  const { history } = loadHistory(env, store);
  const time = from && history.checkpoint(from.checkpoint)?.time;
  const after = steps.findIndex(({ take }) => time !== undefined && take.time < time);
  const start = from === undefined ? 0 : after < 0 ? steps.length : after;
  const withHealth = healthLook(env, store);
  const infoOf = (take: LoggedTake): CheckpointInfo => withHealth(history.toInfo(take.id));
  return { index, start, page: { pending, full, unreadable: unreadable.length }, infoOf };
}

/**
 * The versions of a file or a link, newest first: every checkpoint in which its content is not what it was in
 * the checkpoint before in time. Where it was moved, also after HEAD, its history goes on under the name it had. A file
 * that is not there any more has one as well.
 * @throws UNSAFE_PATH, IO, AbortError
 */
export function fileHistory(
  env: EngineEnv,
  store: Store | undefined,
  params: HistoryParams,
  control: Control,
): Result<'fileHistory'> {
  checkPathForm(params.path);
  if (store === undefined) {
    return { versions: [], ...NOTHING };
  }
  const found = readVersions(env, store, params, control);
  const [newest] = found.versions;
  if (params.from !== undefined || (newest !== undefined && newest.status !== 'D')) {
    return found;
  }
  const path = nameInHead(env, store, params.path, control);
  if (path === undefined) {
    return found;
  }
  const moved = readVersions(env, store, { ...params, path }, control);
  const [first, ...older] = moved.versions;
  return first === undefined
    ? moved
    : { ...moved, versions: [{ ...first, movedSince: params.path }, ...older] };
}

function readVersions(
  env: EngineEnv,
  store: Store,
  params: HistoryParams,
  control: Control,
): Result<'fileHistory'> {
  const { index, start, page, infoOf } = read(env, store, params, control);
  const { limit = LIMIT, from } = params;
  const { steps, oldest } = index;
  const versions: FileVersion[] = [];
  let path = from?.path ?? params.path;
  let before: ChangeSide | null | undefined = from?.before;
  for (let at = start; at < steps.length; at++) {
    const { take, previous, edge } = steps[at]!;
    const step = fileStep(edge, path, control.signal);
    if (step === undefined) {
      continue;
    }
    const checkpoint = infoOf(take);
    versions.push({ checkpoint, previous: previous.id, path, ...step });
    before = step.left ?? null;
    path = step.oldPath ?? path;
    if (versions.length >= limit) {
      return { versions, ...page, next: { checkpoint: take.id, path, before } };
    }
  }
  if (oldest !== undefined && from?.checkpoint !== oldest.id) {
    before ??= before === undefined ? sideAt(env, store, { take: oldest, path }, control) : null;
    if (before !== null) {
      const checkpoint = infoOf(oldest);
      versions.push({ checkpoint, previous: null, path, status: 'A', right: before });
    }
  }
  return { versions, ...page };
}

/** What a checkpoint has at a path; null: nothing, or it cannot be read. */
function sideAt(
  env: EngineEnv,
  store: Store,
  of: { take: LoggedTake; path: RelPath },
  control: Control,
): ChangeSide | null {
  const { take, path } = of;
  return quietly(() => {
    const bytes = manifestText(env, store, take.snapshot, { ours: true, control });
    const links = linksOf(env, store, take.id);
    const node = findFile(bytes, path) ?? links.find((link) => link.path === path);
    return node === undefined ? null : toSide(node);
  });
}

function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (SnapdirError.is(error)) {
      return null;
    }
    throw error;
  }
}

/**
 * The versions of a folder, newest first: every checkpoint in which anything below it is not what it was in the
 * checkpoint before in time.
 * @throws UNSAFE_PATH, IO, AbortError
 */
export function folderHistory(
  env: EngineEnv,
  store: Store | undefined,
  params: HistoryParams,
  control: Control,
): Result<'folderHistory'> {
  checkPathForm(params.path);
  if (store === undefined) {
    return { versions: [], ...NOTHING };
  }
  const { index, start, page, infoOf } = read(env, store, params, control);
  const { limit = LIMIT, path, from } = params;
  const { steps, oldest } = index;
  const versions: FolderVersion[] = [];
  for (let at = start; at < steps.length; at++) {
    const { take, previous, edge } = steps[at]!;
    const counts = folderStep(edge, path, control.signal);
    if (counts !== undefined) {
      versions.push({ checkpoint: infoOf(take), previous: previous.id, counts });
      if (versions.length >= limit) {
        return { versions, ...page, next: { checkpoint: take.id, path } };
      }
    }
  }
  if (oldest !== undefined && from?.checkpoint !== oldest.id) {
    const added = quietly(() => filesBelow(env, store, { take: oldest, path }, control));
    if (added !== null && added > 0) {
      const counts = { added, deleted: 0, modified: 0, renamed: 0 };
      versions.push({ checkpoint: infoOf(oldest), previous: null, counts });
    }
  }
  return { versions, ...page };
}

function filesBelow(
  env: EngineEnv,
  store: Store,
  of: { take: LoggedTake; path: RelPath },
  control: Control,
): number {
  const { take, path } = of;
  const bytes = manifestText(env, store, take.snapshot, { ours: true, control });
  let files = linksOf(env, store, take.id).filter((link) => isWithin(link.path, path)).length;
  visitFiles(bytes.subarray(...findFolder(bytes, path)), () => files++, control.signal);
  return files;
}

/** Looks through checkpoints that nobody looked through yet, the newest first. */
export function indexChanges(
  env: EngineEnv,
  store: Store | undefined,
  params: EngineMethods['indexChanges']['params'],
  control: Control,
): Result<'indexChanges'> {
  if (store === undefined) {
    return { pending: 0 };
  }
  const { pending, full } = changeIndex(env, store, params, control);
  return { pending: full ? 0 : pending };
}
