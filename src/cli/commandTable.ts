import type { Command } from './command';
import { adoptCommand } from './commands/adopt';
import { compareCommand } from './commands/compare';
import { deleteCommand } from './commands/delete';
import { diffCommand } from './commands/diff';
import { exportCommand, importCommand } from './commands/exportImport';
import { fetchCommand } from './commands/fetch';
import { forgetCommand } from './commands/forget';
import { gcCommand } from './commands/gc';
import { historyCommand } from './commands/history';
import { idCommand } from './commands/id';
import { listCommand } from './commands/list';
import { manifestCommand } from './commands/manifest';
import { mergeManifestsCommand } from './commands/mergeManifests';
import { objectCommand } from './commands/object';
import { opsCommand } from './commands/ops';
import { promoteCommand } from './commands/promote';
import { pruneCommand } from './commands/prune';
import { pullCommand } from './commands/pull';
import { pushCommand } from './commands/push';
import { recoverCommand } from './commands/recover';
import { redoCommand } from './commands/redo';
import { refsCommand } from './commands/refs';
import { remoteCommand } from './commands/remote';
import { renameCommand } from './commands/rename';
import { repairCommand } from './commands/repair';
import { restoreCommand } from './commands/restore';
import { showCommand } from './commands/show';
import { statsCommand } from './commands/stats';
import { syncCommand } from './commands/sync';
import { tagCommand } from './commands/tag';
import { takeCommand } from './commands/take';
import { undoCommand } from './commands/undo';
import { vaultCommand } from './commands/vault';
import { verifyCommand } from './commands/verify';

/** Every command, in the order of the help: look and take first, upkeep last. */
export const commands: readonly Command[] = [
  takeCommand,
  listCommand,
  showCommand,
  compareCommand,
  diffCommand,
  historyCommand,
  restoreCommand,
  opsCommand,
  undoCommand,
  redoCommand,
  recoverCommand,
  objectCommand,
  promoteCommand,
  refsCommand,
  tagCommand,
  renameCommand,
  deleteCommand,
  pushCommand,
  fetchCommand,
  pullCommand,
  syncCommand,
  remoteCommand,
  mergeManifestsCommand,
  exportCommand,
  importCommand,
  manifestCommand,
  idCommand,
  verifyCommand,
  repairCommand,
  vaultCommand,
  adoptCommand,
  pruneCommand,
  gcCommand,
  forgetCommand,
  statsCommand,
];
