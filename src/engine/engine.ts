import type { EngineMethod, EngineMethods, RepositoryLocation } from '../core/engine';
import { SnapdirError } from '../core/errors';
import type { Control, EngineEnv } from './context';
import { translateRaw } from './disk/fsErrors';
import { compare } from './methods/comparison';
import { manifest, readDir, readFile, stat } from './methods/contents';
import { binaryFiles, filePatch } from './methods/filePatch';
import { fileHistory, folderHistory, indexChanges } from './methods/fileHistory';
import { adopt } from './methods/adopt';
import { deleteCheckpoints, rename, setRef, tag } from './methods/edit';
import { checkpointDetails, operations, timeline } from './methods/history';
import { prune } from './methods/prune';
import { stats } from './methods/stats';
import { status } from './methods/status';
import { resolve } from './methods/trees';
import { forget } from './forget/forget';
import { letGo } from './home/letGo';
import { keepVault } from './home/vault';
import { recoverStore } from './repair/recoverStore';
import { repair } from './repair/repair';
import { planUndoOperations, undoOperations } from './methods/undoOperations';
import { collectGarbage } from './store/collectGarbage';
import { findStore, noStore, openOrCreateStore, openStore, type Store } from './store/storeRoot';
import { recoverUnclean } from './store/unclean';
import { verify } from './store/verify';
import { verifySlice } from './store/verifySlices';
import { estimate } from './worktree/estimate';
import { transferMethods } from './transfer/transferMethods';
import { planRestore } from './worktree/restore/planRestore';
import { recoverRestore } from './worktree/restore/recoverRestore';
import { restore } from './worktree/restore/restore';
import { restoreObject } from './worktree/restore/restoreObject';
import { restoreTo } from './worktree/restore/restoreTo';
import { runnableFiles } from './worktree/restore/withheldOf';
import { planUndo, undo } from './worktree/restore/undo';
import { take } from './worktree/take';

/** One method, inside the worker: synchronous. */
export type Method<M extends EngineMethod> = (
  params: EngineMethods[M]['params'],
  control: Control,
) => EngineMethods[M]['result'];

export type MethodTable = { readonly [M in EngineMethod]: Method<M> };

/** Without helpers: what nobody asked for leaves the other cores to those who did. */
function alone(env: EngineEnv): EngineEnv {
  const rest = { ...env };
  delete rest.crew;
  return rest;
}

/** Collects garbage; what is gone for good the vault lets go, too. */
function collectAndLetGo(
  env: EngineEnv,
  store: Store,
  params: EngineMethods['collectGarbage']['params'],
  control: Control,
): EngineMethods['collectGarbage']['result'] {
  const result = collectGarbage(env, store, params, control);
  if (!result.dryRun && result.purgedBytes + result.purgedObjects > 0) {
    letGoQuietly(env, store, control);
  }
  return result;
}

/** The collection is over and done, whatever becomes of the vault. */
function letGoQuietly(env: EngineEnv, store: Store, control: Control): void {
  try {
    letGo(env, store, control);
  } catch (error) {
    if (!SnapdirError.is(error)) {
      throw error;
    }
    env.log.warn(`the vault keeps what was collected: ${error.message}`);
  }
}

/** Every operation of the engine on one repository. The store is opened anew by each call: it may have vanished. */
export function createMethods(env: EngineEnv, location: RepositoryLocation): MethodTable {
  const open = (): Store => openStore(env, location);
  const find = (): Store | undefined => findStore(env, location);
  const orNone = (): Store => find() ?? noStore(location);
  const create = (): Store => openOrCreateStore(env, location);
  // What writes relies on what is there: first what an unclean end left has to be looked at.
  const ready = (control: Control, store = open()): Store => {
    recoverUnclean(env, store, control);
    return store;
  };
  const table: MethodTable = {
    status: () => status(env, location),
    estimate: (params, control) => estimate(env, location, params, control),
    adopt: () => adopt(env, location),
    take: (params, control) =>
      take(params.trigger === 'auto' ? alone(env) : env, ready(control, create()), params, control),
    timeline: (params, control) => timeline(env, find(), params, control),
    resolve: (params) => resolve(env, orNone(), params.rev),
    operations: (params, control) => operations(env, find(), params, control),
    checkpointDetails: (params) => checkpointDetails(env, open(), params),
    compare: (params, control) => compare(env, orNone(), params, control),
    filePatch: (params, control) => filePatch(env, find(), params, control),
    binaryFiles: (params, control) => binaryFiles(env, find(), params, control),
    ...histories(env, find),
    readFile: (params, control) => readFile(env, find(), params, control),
    stat: (params, control) => stat(env, find(), params, control),
    readDir: (params, control) => readDir(env, open(), params, control),
    manifest: (params, control) => manifest(env, orNone(), params, control),
    planRestore: (params, control) => planRestore(env, open(), params, control),
    restore: (params, control) => restore(env, ready(control), params, control),
    restoreTo: (params, control) => restoreTo(env, open(), params, control),
    runnableFiles: (params, control) => runnableFiles(env, open(), params, control),
    restoreObject: (params, control) => restoreObject(env, open(), params, control),
    ...wayBack(env, { open, ready }),
    setRef: (params, control) => setRef(env, ready(control), params, control),
    tag: (params, control) => tag(env, ready(control), params, control),
    rename: (params) => rename(env, open(), params),
    delete: (params) => deleteCheckpoints(env, open(), params),
    prune: (params, control) => prune(env, ready(control), params, control),
    forget: (params, control) => forget(env, ready(control), params, control),
    verify: (params, control) => verify(env, ready(control), params, control),
    verifySlice: (params, control) => verifySlice(env, open(), params, control),
    repair: (params, control) => repair(env, ready(control), params, control),
    keepVault: (params, control) => keepVault(env, open(), params, control),
    recoverStore: (_params, control) => recoverStore(env, location, control),
    collectGarbage: (params, control) => collectAndLetGo(env, ready(control), params, control),
    stats: (_params, control) => stats(env, open(), control),
    ...transferMethods(env, { open, ready, orNone, create }),
  };
  return Object.fromEntries(
    Object.entries(table).map(([name, method]) => [name, told(name, location, method)]),
  ) as unknown as MethodTable;
}

/** What takes back what was done. */
function wayBack(
  env: EngineEnv,
  { open, ready }: { open: () => Store; ready: (control: Control) => Store },
): Pick<
  MethodTable,
  'planUndo' | 'undo' | 'recoverRestore' | 'planUndoOperations' | 'undoOperations'
> {
  return {
    planUndo: (params, control) => planUndo(env, open(), params, control),
    undo: (params, control) => undo(env, ready(control), params, control),
    recoverRestore: (params, control) => recoverRestore(env, ready(control), params, control),
    planUndoOperations: (params, control) => planUndoOperations(env, open(), params, control),
    undoOperations: (params, control) => undoOperations(env, ready(control), params, control),
  };
}

/** What looks back along time. */
function histories(
  env: EngineEnv,
  find: () => Store | undefined,
): Pick<MethodTable, 'fileHistory' | 'folderHistory' | 'indexChanges'> {
  return {
    fileHistory: (params, control) => fileHistory(env, find(), params, control),
    folderHistory: (params, control) => folderHistory(env, find(), params, control),
    indexChanges: (params, control) => indexChanges(env, find(), params, control),
  };
}

/** Whatever fails is told as an error that names a path. */
function told(
  name: string,
  { root, store }: RepositoryLocation,
  method: (params: never, control: Control) => unknown,
): (params: never, control: Control) => unknown {
  return (params, control) => {
    try {
      return method(params, control);
    } catch (error) {
      throw translateRaw(error, name, store ?? root);
    }
  };
}
