import type { EngineMethods, TransferMethods } from '../../core/engine';
import type { Control, EngineEnv } from '../context';
import type { Store } from '../store/storeRoot';
import { leftOutBefore, noteLeftOut } from './leftOut';
import { pinPromotion } from './pinPromotion';
import { exportCheckpoints } from './checkpointFiles';
import { importCheckpoints } from './importCheckpoints';
import { findSecrets, leaveOut } from './findSecrets';
import {
  haveManifests,
  listContent,
  lookInto,
  missingContent,
  startPromotion,
} from './listContent';
import { placeFetched } from './placeFetched';
import { mergePromotedFile } from './mergePromotedFile';
import { promotedFile } from './promotedFile';
import { readContent, readManifestPiece } from './readContent';
import { recordFetched } from './recordFetched';
import { allowSecrets, noteDraft, noteSeen, noteSending, noteWhole } from './remoteFolder';
import { unmergedBase } from './unmergedBase';

/** How the methods of one engine come to the store. */
export interface StoreDoor {
  open: () => Store;
  /** As `open`, after a look at what an unclean end left. */
  ready: (control: Control, store?: Store) => Store;
  /** As `open`; what stands in for a store where there is none. */
  orNone: () => Store;
  /** Fetching into a folder without a store makes one. */
  create: () => Store;
}

type Table = {
  readonly [M in keyof TransferMethods]: (
    params: EngineMethods[M]['params'],
    control: Control,
  ) => EngineMethods[M]['result'];
};

/** The methods for promoting to permanent stores, and for fetching from them. */
export function transferMethods(env: EngineEnv, door: StoreDoor): Table {
  const { open, ready, create } = door;
  return {
    startPromotion: (params, control) => startPromotion(env, open(), params, control),
    listContent: (params, control) => listContent(env, open(), params, control),
    readContent: (params, control) => readContent(env, open(), params, control),
    readManifestPiece: (params) => readManifestPiece(env, open(), params),
    haveManifests: (params, control) => haveManifests(env, create(), params, control),
    lookInto: (params, control) => lookInto(env, ready(control, create()), params, control),
    pinPromotion: (params, control) => pinPromotion(env, open(), params, control),
    noteSending: (params) => noteSending(env, open(), params),
    noteSeen: (params) => noteSeen(env, open(), params),
    noteDraft: (params) => noteDraft(env, open(), params),
    noteWhole: (params) => noteWhole(env, open(), params),
    findSecrets: (params, control) => findSecrets(env, open(), params, control),
    allowSecrets: (params) => allowSecrets(env, open(), params),
    leaveOut: (params, control) => leaveOut(env, ready(control), params, control),
    leftOutBefore: (params) => leftOutBefore(env, open(), params),
    noteLeftOut: (params) => noteLeftOut(env, open(), params),
    placeContent: (params, control) => placeFetched(env, ready(control, create()), params, control),
    missingContent: (params, control) =>
      missingContent(env, ready(control, create()), params, control),
    recordFetched: (params, control) =>
      recordFetched(env, ready(control, create()), params, control),
    promotedFile: (params, control) => promotedFile(env, open(), params, control),
    mergePromotedFile: (params, control) => mergePromotedFile(env, door.orNone(), params, control),
    unmergedBase: ({ path }) => ({ bytes: unmergedBase(path) ?? null }),
    exportCheckpoints: (params, control) => exportCheckpoints(env, open(), params, control),
    importCheckpoints: (params, control) => importCheckpoints(env, ready(control), params, control),
  };
}
