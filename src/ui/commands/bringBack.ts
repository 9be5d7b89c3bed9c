import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import { joinPath, parentOf } from '../../core/paths';
import type { RelPath } from '../../core/tree';
import { copyOf, listCopies, type CopyNote } from '../beside/copies';
import { withProgress } from '../progress';
import { mayBeForeign } from '../restore/askRunnable';
import { captureFrom, placeBelow, restoreCaptured } from '../restore/captured';
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
    const checkpoint = await withProgress(t('Capturing the files'), () =>
      capture(ui, origin, chosen),
    );
    const paths = chosen.paths.map((path) => placeInOrigin(chosen, path));
    return restoreCaptured(ui, origin, { checkpoint, paths, words: quotedName(checkpoint) });
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

/** A snapshot of the origin with the chosen files as the copy has them, at their old places. */
async function capture(ui: Ui, origin: Repository, chosen: Chosen): Promise<CheckpointInfo> {
  const { fs } = vscode.workspace;
  const { copy, note } = chosen;
  const paths = chosen.paths.map((path) => placeInOrigin(chosen, path));
  const staging = vscode.Uri.joinPath(copy, '..', `.snapdir-back-${ui.clock.now()}`);
  const message = t('From the opened copy of {0}', note.words);
  const foreign = await mayBeForeign(origin, note.rev);
  return captureFrom(ui, origin, { staging, paths, message, foreign }, async () => {
    for (const [index, path] of chosen.paths.entries()) {
      const to = placeBelow(staging, paths[index]!);
      await fs.createDirectory(placeBelow(staging, parentOf(paths[index]!)));
      await fs.copy(placeBelow(copy, path), to, { overwrite: true });
    }
  });
}
