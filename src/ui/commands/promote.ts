import * as vscode from 'vscode';
import { promote } from '../../app/editCheckpoint';
import { promoteTo } from '../remotes/promoteFlow';
import { pickName, pickPlace } from '../remotes/promoteQuestions';
import { visible } from '../text/displayText';
import { storeOfRow } from '../tree/remoteNodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { readArgument, type Target } from './targets';
import { findWhole } from './wholeTarget';

const { t } = vscode.l10n;

/** Gives a snapshot a name that keeps it for good: in this workspace only, or in a permanent store. */
export function promoteCommand(ui: Ui): CommandTypes['snapdir.promote'] {
  return async (argument) => {
    requireTrust(t('Promote'));
    const given = readArgument(ui, storeOfRow(argument) ?? argument);
    const target = await findWhole(ui, given, t('Promote…'));
    const place = target && (await pickPlace(ui, target, given.options));
    if (target === undefined || place === undefined) {
      return undefined;
    }
    const asked = given.options.name ?? (await pickName(ui, target, place.store));
    const name = asked?.trim();
    if (name === undefined || name === '') {
      return undefined;
    }
    if (place.store !== undefined) {
      // What the name stands for there is what counts: nobody's promotion is moved away unseen.
      const anew = given.options.full === true;
      const done = await promoteTo(ui, { target, store: place.store, name, anew });
      if (done !== undefined && place.found === true) {
        await ui.remotes.addFoundGit();
      }
      return done;
    }
    return (await mayMove(ui, target, name)) ? promoteHere(ui, target, name) : undefined;
  };
}

async function promoteHere(ui: Ui, target: Target, name: string): Promise<{ changed: boolean }> {
  const { changed } = await promote(target.repository, target.rev, name);
  void ui.notices.tell(
    'promoted',
    changed
      ? t('{0} is now "{1}" and is kept for good.', target.words, visible(name))
      : t('{0} was "{1}" already.', target.words, visible(name)),
  );
  return { changed };
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
