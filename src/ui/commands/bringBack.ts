import * as vscode from 'vscode';
import { Repository } from '../../app/repository';
import { takeSnapshot } from '../../app/takeSnapshot';
import type { CheckpointInfo } from '../../core/engine';
import { joinPath, parentOf } from '../../core/paths';
import type { RelPath } from '../../core/tree';
import { copyOf, listCopies, type CopyNote } from '../beside/copies';
import { withProgress } from '../progress';
import { restoreFlow } from '../restore/restoreFlow';
import { readSettings } from '../state/settings';
import { visible, withoutIcons } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { quotedName } from '../words';
import type { CommandTypes } from './commandTypes';

const { t } = vscode.l10n;

/** Files and folders of one copy. */
interface Chosen {
  copy: vscode.Uri;
  note: CopyNote;
  /** In the copy; `''` is all of it. */
  paths: RelPath[];
}

/**
 * Brings files of an opened copy back to the folder that it came from: they are captured in a snapshot of that
 * folder, which is then restored like any other, with a plan and a way back.
 */
export function bringBackCommand(ui: Ui): CommandTypes['snapdir.bringBack'] {
  return async (...args) => {
    const title = t('Bring Back');
    requireTrust(title);
    const chosen = await chosenFiles(ui, args);
    if (chosen === undefined) {
      return undefined;
    }
    const { note } = chosen;
    const origin = ui.repositories.at(note.root) ?? ui.repositories.guest(note.root);
    const captured = await withProgress(t('Capturing the files'), () =>
      capture(ui, origin, chosen),
    );
    const paths = captured.paths.includes('') ? {} : { paths: captured.paths };
    const question = { repository: origin, rev: captured.checkpoint.id, ...paths };
    const words = quotedName(captured.checkpoint);
    const result = await restoreFlow(ui, { ...question, words });
    const isOpen = ui.plan.current?.question.rev === captured.checkpoint.id;
    if (result === undefined && !isOpen) {
      // Nobody wanted it: then nothing of it stays on the list.
      await origin.engine.delete({ revs: [captured.checkpoint.id] });
      origin.didChange({ kind: 'deleted' });
    }
    return result;
  };
}

async function chosenFiles(ui: Ui, [clicked, selection]: unknown[]): Promise<Chosen | undefined> {
  const all = Array.isArray(selection) ? (selection as unknown[]) : [clicked];
  const uris = all.filter((one) => one instanceof vscode.Uri);
  const found = await Promise.all(uris.map((uri) => copyOf(ui.safePlace, uri)));
  const inCopies = found.filter((one) => one !== undefined);
  const [first] = inCopies;
  if (first !== undefined) {
    const same = inCopies.filter(({ copy }) => copy.path === first.copy.path);
    return { copy: first.copy, note: first.note, paths: same.map(({ path }) => path) };
  }
  return pickFromCopies(ui);
}

/** From the palette: which copy, and which of its files (or, in its own window, the file in front). */
async function pickFromCopies(ui: Ui): Promise<Chosen | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const near = active && (await copyOf(ui.safePlace, active));
  if (near !== undefined) {
    return { copy: near.copy, note: near.note, paths: [near.path] };
  }
  const copies = await listCopies(ui.safePlace);
  const items = copies.flatMap(({ copy, note }) =>
    copy === undefined || note === undefined
      ? []
      : [{ label: withoutIcons(note.words), description: visible(note.path), copy, note }],
  );
  if (items.length === 0) {
    void ui.prompts.info(t('No snapshot was opened as a folder of its own.'));
    return undefined;
  }
  const placeHolder = t('Bring files back from which copy?');
  const picked = await ui.prompts.pick(items, { title: t('Bring Back'), placeHolder });
  return picked && { copy: picked.copy, note: picked.note, paths: [''] };
}

/** Where the files of a copy are in the folder that it came from. */
function placeInOrigin({ note }: Chosen, path: RelPath): RelPath {
  return joinPath(note.path, path);
}

/**
 * A snapshot of the origin with the chosen files as the copy has them, taken out of a folder where they stand
 * at their old places. The folder goes away again.
 */
async function capture(
  ui: Ui,
  origin: Repository,
  chosen: Chosen,
): Promise<{ checkpoint: CheckpointInfo; paths: RelPath[] }> {
  const { fs } = vscode.workspace;
  const staging = vscode.Uri.joinPath(chosen.copy, '..', `.snapdir-back-${ui.clock.now()}`);
  const paths = chosen.paths.map((path) => placeInOrigin(chosen, path));
  try {
    await fs.createDirectory(staging);
    for (const [index, path] of chosen.paths.entries()) {
      const to = vscode.Uri.joinPath(staging, ...parts(paths[index]!));
      await fs.createDirectory(vscode.Uri.joinPath(staging, ...parts(parentOf(paths[index]!))));
      await fs.copy(vscode.Uri.joinPath(chosen.copy, ...parts(path)), to, { overwrite: true });
    }
    const checkpoint = await takeFrom(ui, origin, { staging, paths, note: chosen.note });
    return { checkpoint, paths };
  } finally {
    await fs.delete(staging, { recursive: true, useTrash: false });
  }
}

function parts(path: RelPath): string[] {
  return path === '' ? [] : path.split('/');
}

async function takeFrom(
  ui: Ui,
  origin: Repository,
  from: { staging: vscode.Uri; paths: RelPath[]; note: CopyNote },
): Promise<CheckpointInfo> {
  const { location } = origin.engine;
  const store =
    location.store ?? vscode.Uri.joinPath(vscode.Uri.file(origin.root), '.snapdir').fsPath;
  const engine = ui.createEngine({ root: from.staging.fsPath, store });
  const settings = (): ReturnType<typeof readSettings> => ({
    ...readSettings(vscode.Uri.file(origin.root)),
    rules: { useIgnoreFiles: false, patterns: [], noIgnore: true },
    maxFileSize: 0,
  });
  const repository = new Repository({ engine, name: origin.name, settings });
  try {
    const scope = from.paths.includes('') ? {} : { scope: from.paths };
    const message = t('From the opened copy of {0}', from.note.words);
    const { checkpoint } = await takeSnapshot(repository, { message, trigger: 'manual', ...scope });
    origin.didChange({ kind: 'taken', checkpoint });
    return checkpoint;
  } finally {
    repository.dispose();
  }
}
