import { CancelledError } from '../../base/abort';
import type { CallContext, Engine, EngineMethod } from '../../core/engine';
import { usualHelpers } from './helperThreads';
import { Lane, type EngineOptions } from './lane';

/**
 * Two threads: what changes the store or the folder runs in one, in order; what only looks runs in the
 * other, so that a diff opens while a snapshot is being taken.
 */
const LANES: { readonly [M in EngineMethod]: 'write' | 'read' } = {
  status: 'read',
  estimate: 'read',
  timeline: 'read',
  resolve: 'read',
  operations: 'read',
  checkpointDetails: 'read',
  compare: 'read',
  filePatch: 'read',
  binaryFiles: 'read',
  // In slices, too: `ms`.
  fileHistory: 'read',
  folderHistory: 'read',
  indexChanges: 'read',
  readFile: 'read',
  stat: 'read',
  runnableFiles: 'read',
  readDir: 'read',
  manifest: 'read',
  stats: 'read',
  // In slices: a diff never waits for long.
  startPromotion: 'read',
  listContent: 'read',
  readContent: 'read',
  readManifestPiece: 'read',
  noteSending: 'read',
  noteSeen: 'read',
  noteDraft: 'read',
  noteWhole: 'read',
  findSecrets: 'read',
  leftOutBefore: 'read',
  noteLeftOut: 'read',
  verifySlice: 'read',
  keepVault: 'read',
  unmergedBase: 'read',
  adopt: 'write',
  repair: 'write',
  recoverStore: 'write',
  take: 'write',
  planRestore: 'write',
  restore: 'write',
  restoreTo: 'write',
  restoreObject: 'write',
  planUndo: 'write',
  undo: 'write',
  planUndoOperations: 'write',
  undoOperations: 'write',
  prune: 'write',
  forget: 'write',
  recoverRestore: 'write',
  setRef: 'write',
  pinPromotion: 'write',
  tag: 'write',
  rename: 'write',
  delete: 'write',
  verify: 'write',
  haveManifests: 'write',
  lookInto: 'write',
  allowSecrets: 'write',
  leaveOut: 'write',
  placeContent: 'write',
  missingContent: 'write',
  recordFetched: 'write',
  promotedFile: 'write',
  mergePromotedFile: 'write',
  exportCheckpoints: 'write',
  importCheckpoints: 'write',
  collectGarbage: 'write',
};

/** The engine of one repository, in worker threads that start with the first call. */
export function createEngine(options: EngineOptions): Engine {
  const start = { ...options, helpers: options.helpers ?? usualHelpers() };
  const lanes = { write: new Lane(start, false), read: new Lane(start, true) };
  let closed = false;
  const call =
    (method: EngineMethod) =>
    (params: object, context: CallContext = {}): Promise<unknown> =>
      closed || context.signal?.aborted === true
        ? Promise.reject(new CancelledError())
        : lanes[LANES[method]].call(method, params, context);
  const methods = Object.fromEntries(
    (Object.keys(LANES) as EngineMethod[]).map((method) => [method, call(method)]),
  );
  return {
    ...methods,
    location: options.location,
    close: async () => {
      closed = true;
      await Promise.all([lanes.write.close(), lanes.read.close()]);
    },
  } as unknown as Engine;
}
