import * as vscode from 'vscode';
import {
  deleteCheckpoints,
  promote,
  renameCheckpoint,
  tagCheckpoint,
} from '../../app/editCheckpoint';
import { visible } from '../text/displayText';
import { BurstNode, CheckpointNode } from '../tree/nodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { findTarget, readArgument, targetOf, type Target } from './targets';

const { t } = vscode.l10n;

/** Names a snapshot with a ref: it is never pruned. */
export function promoteCommand(ui: Ui): CommandTypes['snapdir.promote'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const target = await findTarget(ui, given, t('Promote…'));
    const name = target && (given.options.name ?? (await askName(ui, target)))?.trim();
    if (target === undefined || name === undefined || name === '') {
      return undefined;
    }
    if (!(await mayMove(ui, target, name))) {
      return undefined;
    }
    const { changed } = await promote(target.repository, target.rev, name);
    void ui.prompts.info(
      changed
        ? t('{0} is now "{1}" and is kept for good.', target.words, visible(name))
        : t('{0} was "{1}" already.', target.words, visible(name)),
    );
    return { changed };
  };
}

function askName(ui: Ui, target: Target): Promise<string | undefined> {
  return ui.prompts.input({
    title: t('Promote {0}', target.words),
    placeHolder: t('A name, for example: release-1.0'),
    prompt: t('A promoted snapshot has a name of its own and is never pruned.'),
    validateInput: (text) => (text.trim() === '' ? t('A name is needed.') : undefined),
  });
}

async function mayMove(ui: Ui, target: Target, name: string): Promise<boolean> {
  const { refs } = await ui.repositories.timelineOf(target.repository).get();
  const holder = Object.hasOwn(refs, name) ? refs[name] : undefined;
  if (holder === undefined || holder === target.checkpoint?.id) {
    return true;
  }
  const move = t('Move');
  const message = t('"{0}" names another snapshot already.', visible(name));
  const detail = t('Move it to {0}? The other snapshot stays, without that name.', target.words);
  return (await ui.prompts.modal(message, detail, [move])) === move;
}

/** Changes a snapshot's message. */
export function renameCommand(ui: Ui): CommandTypes['snapdir.rename'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const target = await findTarget(ui, given, t('Rename…'));
    if (target === undefined) {
      return undefined;
    }
    const message =
      given.options.message ??
      (await ui.prompts.input({
        title: t('Rename {0}', target.words),
        value: target.checkpoint?.message ?? '',
        placeHolder: t('Message (optional)'),
      }));
    return message === undefined
      ? undefined
      : renameCheckpoint(target.repository, target.rev, message.trim());
  };
}

/** Puts a tag on a snapshot. */
export function addTagCommand(ui: Ui): CommandTypes['snapdir.addTag'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const target = await findTarget(ui, given, t('Add Tag…'));
    const tag =
      target &&
      (
        given.options.tag ??
        (await ui.prompts.input({
          title: t('Add a Tag to {0}', target.words),
          placeHolder: t('A tag, for example: works'),
          validateInput: (text) => (text.trim() === '' ? t('A tag is needed.') : undefined),
        }))
      )?.trim();
    return target === undefined || tag === undefined || tag === ''
      ? undefined
      : tagCheckpoint(target.repository, target.rev, { add: [tag] });
  };
}

/** Takes snapshots off the list, after one modal for all of them. */
export function deleteCommand(ui: Ui): CommandTypes['snapdir.delete'] {
  return async (argument, selection) => {
    requireTrust(t('Delete'));
    const targets = await deleteTargets(ui, argument, selection);
    const [first] = targets;
    if (first === undefined) {
      return undefined;
    }
    const button = t('Delete');
    const message =
      targets.length === 1
        ? t('Delete snapshot {0}?', first.words)
        : t('Delete {0} snapshots?', targets.length);
    const detail = [
      t('Files in your folder stay as they are.'),
      t('The stored content goes at the next garbage collection, where nothing else needs it.'),
      ...(targets.length > 1 ? ['', ...targets.slice(0, 10).map(({ words }) => words)] : []),
    ].join('\n');
    if ((await ui.prompts.modal(message, detail, [button])) !== button) {
      return undefined;
    }
    const revs = targets.map((target) => target.rev);
    return (await deleteCheckpoints(first.repository, revs)).deleted;
  };
}

/** The selected rows where the clicked row is one of them; of one repository. A burst is all that it holds. */
async function deleteTargets(ui: Ui, argument: unknown, selection: unknown): Promise<Target[]> {
  if (argument instanceof CheckpointNode || argument instanceof BurstNode) {
    const { repository } = argument;
    const rows: unknown[] = Array.isArray(selection) ? selection : [argument];
    const checkpoints = rows
      .filter((row) => row instanceof CheckpointNode || row instanceof BurstNode)
      .filter((row) => row.repository === repository)
      .flatMap((row) => (row instanceof BurstNode ? row.checkpoints : [row.checkpoint]));
    // A burst and rows of it may be selected together.
    const each = new Map(checkpoints.map((checkpoint) => [checkpoint.id, checkpoint]));
    return [...each.values()].map((checkpoint) => targetOf(repository, checkpoint));
  }
  const target = await findTarget(ui, readArgument(ui, argument), t('Delete'));
  return target === undefined ? [] : [target];
}

/** Copies a snapshot's id: the same files have the same one on every machine. */
export function copyIdCommand(ui: Ui): CommandTypes['snapdir.copyId'] {
  return async (argument) => {
    const target = await findTarget(ui, readArgument(ui, argument), t('Copy Id'));
    if (target === undefined) {
      return undefined;
    }
    const id = target.checkpoint?.id ?? target.rev;
    await vscode.env.clipboard.writeText(id);
    return id;
  };
}
