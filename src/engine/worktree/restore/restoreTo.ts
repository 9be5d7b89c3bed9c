import * as nodePath from 'node:path';
import type { RestoreToParams, RestoreToResult } from '../../../core/engine';
import { shortId } from '../../../core/ids';
import { checkRelPath } from '../../../core/paths';
import type { Control, EngineEnv } from '../../context';
import { ensureDir, join } from '../../disk/durable';
import { io } from '../../disk/fsErrors';
import { probeNames } from '../../disk/nameProbe';
import { besideName, clearDrafts, noteDraft } from '../../store/draftNotes';
import type { Store } from '../../store/storeRoot';
import { checkSpace, refuseCollisions } from './checks';
import { DRAFT, removeDraft, writeDraft, type Draft } from './draftTree';
import { fitNames, listRenamed } from './fitNames';
import { findSource } from './intent';
import { withoutUntouchable } from './look';
import { publishNew, publishOver } from './publishDraft';
import { findTarget, type Target } from './restoreTarget';
import { select, type Selection } from './selection';
import { NOTHING_WITHHELD } from './withhold';
import { withheldOf } from './withheldOf';

/**
 * Restores to another place; the folder and HEAD stay as they are. `at`: into an existing folder under its
 * own name, or to an exact path (hitsave's restoreAt). `safe`: to a new folder where nothing can be
 * overwritten (restoreSafe); files whose names cannot stand there get others, and a list beside them says which.
 * Of a snapshot from elsewhere, what an editor or Git would run is left out of either (H45).
 * A new target appears whole or not at all.
 * @throws TARGET_EXISTS, SUFFIX_MISMATCH, UNSAFE_TARGET, UNSAFE_PATH, FOLDER_NOT_FOUND, NAME_COLLISION, PATH_NOT_FOUND,
 * REV_NOT_FOUND, REV_AMBIGUOUS, INVALID_ARGUMENT, MANIFEST_NOT_FOUND, OBJECT_NOT_FOUND, INTEGRITY, DISK_FULL, READ_ONLY,
 * IO, AbortError
 */
export function restoreTo(
  env: EngineEnv,
  store: Store,
  params: RestoreToParams,
  control: Control,
): RestoreToResult {
  const source = findSource(env, store, params.rev, control);
  const { checkpoint, snapshot } = source;
  const tree = source.treeIn(null);
  params.paths?.forEach((path) => checkRelPath(path));
  const runnable =
    params.includeRunnable === true
      ? NOTHING_WITHHELD
      : withheldOf(env, store, { ...source, tree }, params, control);
  const refused: RestoreToResult['failed'] = [];
  const safeTree = withoutUntouchable(tree, new Map(), (path, reason) => {
    refused.push({ path, reason });
  });
  const folderName = nodePath.basename(store.root);
  const tame = withoutUntouchable(safeTree, runnable.untouched, () => undefined);
  const paths = params.paths ?? checkpoint?.scope ?? null;
  const safe = params.mode === 'safe';
  const selection = select(tame, {
    paths,
    rev: params.rev,
    folderName,
    windows: env.platform === 'win32' && !safe,
  });
  const label = `${folderName}-${shortId(checkpoint?.id ?? snapshot)}`;
  const target = findTarget(env, store, selection, { ...params, label });
  checkSpace(env, target.parent, selection.bytes);
  clearDrafts(env, store);
  const draft = openDraft(env, store, target);
  try {
    const done = io('restore', target.parent, () => {
      if (safe) {
        return publishFitting(env, store, { draft, target, selection }, control);
      }
      checkCollisions(env, draft, selection);
      writeDraft(env, store, draft, selection, control);
      const of = { draft, target, selection };
      return { ...publish(env, store, of, control), renamed: null, name: target.name };
    });
    const { written, renamed, changedOwner } = done;
    const path = join(target.parent, done.name);
    const withheld = runnable.files;
    const failed = [...refused, ...done.failed];
    return { path, written, bytes: selection.bytes, failed, withheld, renamed, changedOwner };
  } finally {
    removeDraft(env, store, draft);
  }
}

/** In the store where a rename can reach the target from there; otherwise beside the target. */
function openDraft(env: EngineEnv, store: Store, target: Target): Draft {
  const { fs } = env;
  const sameDisk = fs.lstat(store.tmp)?.dev === fs.lstat(target.parent)?.dev;
  const name = env.randomName();
  const inStore = store.readOnly === null && sameDisk;
  if (inStore) {
    const dir = join(store.tmp, name);
    io('create', dir, () => ensureDir(fs, dir, 0o700));
    return { dir, path: join(dir, DRAFT), note: undefined };
  }
  const dir = join(target.parent, besideName(name));
  const note = store.readOnly === null ? name : undefined;
  if (note !== undefined) {
    noteDraft(env, store, note, dir);
  }
  io('create', dir, () => ensureDir(fs, dir, 0o700));
  return { dir, path: join(dir, DRAFT), note };
}

function checkCollisions(env: EngineEnv, draft: Draft, selection: Selection): void {
  const names = probeNames(env, draft.dir);
  if (names.foldsCase || names.foldsAccents) {
    refuseCollisions([...selection.entries, ...selection.links].map(({ path }) => path));
  }
}

/** What came of a restore, as far as it depends on where it went. */
type Published = Pick<RestoreToResult, 'written' | 'failed' | 'changedOwner'>;

/** To a folder of its own, under names that can stand there. */
function publishFitting(
  env: EngineEnv,
  store: Store,
  of: { draft: Draft; target: Target; selection: Selection },
  control: Control,
): Published & Pick<RestoreToResult, 'renamed'> & { name: string } {
  const { draft } = of;
  const fitted = fitNames(env, draft.dir, of.selection);
  const { selection, renamed } = fitted;
  const target = { ...of.target, name: selection.name };
  writeDraft(env, store, draft, selection, control);
  const count = renamed.size;
  const list = count === 0 ? '' : listRenamed(env, { tmp: draft.dir, at: target.parent }, fitted);
  const done = publish(env, store, { draft, target, selection }, control);
  return { ...done, name: target.name, renamed: count === 0 ? null : { count, list } };
}

function publish(
  env: EngineEnv,
  store: Store,
  of: { draft: Draft; target: Target; selection: Selection },
  control: Control,
): Published {
  if (of.target.existing !== 'nothing') {
    return publishOver(env, store, of, control);
  }
  publishNew(env, of.draft, of.target, of.selection);
  const { entries, links } = of.selection;
  const files = entries.filter(({ type }) => type === 'F').length;
  return { written: files + links.length, failed: [], changedOwner: [] };
}
