import * as vscode from 'vscode';
import { Repository } from '../../app/repository';
import { takeSnapshot } from '../../app/takeSnapshot';
import type { CheckpointInfo, RestoreResult } from '../../core/engine';
import type { RelPath } from '../../core/tree';
import { readSettings } from '../state/settings';
import type { Ui } from '../uiContext';
import { restoreFlow } from './restoreFlow';

/** Files to be captured that are not in the folder under the names they shall have. */
export interface Elsewhere {
  /** A folder to put them in, each at its place in the repository's folder. It is made, and goes away again. */
  staging: vscode.Uri;
  paths: RelPath[];
  /** Of the snapshot. */
  message: string;
  /** They may be somebody else's: then so are those of the snapshot (H45). */
  foreign: boolean;
}

/** A place below a folder; `''` is the folder. */
export function placeBelow(folder: vscode.Uri, path: RelPath): vscode.Uri {
  return path === '' ? folder : vscode.Uri.joinPath(folder, ...path.split('/'));
}

/** A snapshot of a repository with these files out of the staging folder, which `fill` puts there, and the rest as in HEAD. */
export async function captureFrom(
  ui: Ui,
  origin: Repository,
  elsewhere: Elsewhere,
  fill: () => Promise<void>,
): Promise<CheckpointInfo> {
  const { fs } = vscode.workspace;
  const { staging } = elsewhere;
  try {
    await fs.createDirectory(staging);
    await fill();
    return await takeFrom(ui, origin, elsewhere);
  } finally {
    await fs.delete(staging, { recursive: true, useTrash: false });
  }
}

async function takeFrom(
  ui: Ui,
  origin: Repository,
  { staging, paths, message, foreign }: Elsewhere,
): Promise<CheckpointInfo> {
  const { location } = origin.engine;
  const store =
    location.store ?? vscode.Uri.joinPath(vscode.Uri.file(origin.root), '.snapdir').fsPath;
  const engine = ui.createEngine({ root: staging.fsPath, store });
  const settings = (): ReturnType<typeof readSettings> => ({
    ...readSettings(vscode.Uri.file(origin.root)),
    rules: { useIgnoreFiles: false, patterns: [], noIgnore: true },
    maxFileSize: 0,
  });
  const repository = new Repository({ engine, name: origin.name, settings });
  try {
    const scope = paths.includes('') ? {} : { scope: paths };
    const trigger = foreign ? 'import' : 'manual';
    const { checkpoint } = await takeSnapshot(repository, { message, trigger, ...scope });
    origin.didChange({ kind: 'taken', checkpoint });
    return checkpoint;
  } finally {
    repository.dispose();
  }
}

/** Restores what was captured, like anything else. Where nobody wanted it, nothing of it stays on the list. */
export async function restoreCaptured(
  ui: Ui,
  origin: Repository,
  captured: { checkpoint: CheckpointInfo; paths: RelPath[]; words: string },
): Promise<RestoreResult | undefined> {
  const { checkpoint, words } = captured;
  const paths = captured.paths.includes('') ? {} : { paths: captured.paths };
  let result: RestoreResult | undefined;
  try {
    result = await restoreFlow(ui, { repository: origin, rev: checkpoint.id, words, ...paths });
  } finally {
    const isOpen = ui.plan.current?.question.rev === checkpoint.id;
    if (result === undefined && !isOpen) {
      await forget(origin, checkpoint);
    }
  }
  return result;
}

async function forget(origin: Repository, { id }: CheckpointInfo): Promise<void> {
  // A restore that failed half-way may still be finished.
  if ((await origin.engine.timeline({ limit: 1 })).pendingRestore === null) {
    await origin.engine.delete({ revs: [id] });
    origin.didChange({ kind: 'deleted' });
  }
}
