import * as vscode from 'vscode';
import { promote } from '../../app/editCheckpoint';
import { promoteTo } from '../remotes/promoteFlow';
import { storeIcon, storePlace, storeTitle } from '../remotes/storeWords';
import { visible, withoutIcons } from '../text/displayText';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import type { CommandTypes } from './commandTypes';
import { readArgument, type Given, type Target } from './targets';
import { findWhole } from './wholeTarget';

const { t } = vscode.l10n;

/** Gives a snapshot a name that keeps it for good: in this workspace only, or in a permanent store. */
export function promoteCommand(ui: Ui): CommandTypes['snapdir.promote'] {
  return async (argument) => {
    requireTrust(t('Promote'));
    const given = readArgument(ui, argument);
    const target = await findWhole(ui, given, t('Promote…'));
    const place = target && (await pickPlace(ui, target, given));
    if (target === undefined || place === undefined) {
      return undefined;
    }
    const asked = given.options.name ?? (await pickName(ui, target));
    const name = asked?.trim();
    if (name === undefined || name === '') {
      return undefined;
    }
    if (place.store !== undefined) {
      // What the name stands for there is what counts: nobody's promotion is moved away unseen.
      return promoteTo(ui, { target, store: place.store, name });
    }
    return (await mayMove(ui, target, name)) ? promoteHere(ui, target, name) : undefined;
  };
}

async function promoteHere(ui: Ui, target: Target, name: string): Promise<{ changed: boolean }> {
  const { changed } = await promote(target.repository, target.rev, name);
  void ui.prompts.info(
    changed
      ? t('{0} is now "{1}" and is kept for good.', target.words, visible(name))
      : t('{0} was "{1}" already.', target.words, visible(name)),
  );
  return { changed };
}

type Place = vscode.QuickPickItem & { store?: string };

/** Where to. Without any store there is nothing to ask, and code that names a name but no store means here. */
async function pickPlace(
  ui: Ui,
  target: Target,
  { options }: Given,
): Promise<{ store?: string } | undefined> {
  const { all } = ui.remotes;
  if (options.store !== undefined) {
    return { store: ui.remotes.get(options.store).name };
  }
  if (all.length === 0 || options.name !== undefined) {
    return {};
  }
  const stores = all.map((entry): Place => ({
    label: withoutIcons(storeTitle(entry)),
    description: withoutIcons(storePlace(entry)),
    iconPath: new vscode.ThemeIcon(storeIcon(entry)),
    store: entry.name,
  }));
  const here: Place = {
    label: t('This Workspace Only'),
    description: t('kept for good on this machine'),
    iconPath: new vscode.ThemeIcon('device-desktop'),
  };
  const title = t('Promote {0}', target.words);
  return ui.prompts.pick([...stores, here], { title, placeHolder: t('Promote to where?') });
}

/** A new name, or one that is used again. */
async function pickName(ui: Ui, target: Target): Promise<string | undefined> {
  const { refs } = await ui.repositories.timelineOf(target.repository).get();
  const known = Object.keys(refs).filter((ref) => !isFetched(ui, ref));
  if (known.length === 0) {
    return askName(ui, target);
  }
  const items: (vscode.QuickPickItem & { ref?: string })[] = [
    { label: t('New Name…'), iconPath: new vscode.ThemeIcon('add'), alwaysShow: true },
    ...known.sort().map((ref) => ({ label: withoutIcons(visible(ref)), ref })),
  ];
  const title = t('Promote {0}', target.words);
  const picked = await ui.prompts.pick(items, { title, placeHolder: t('Under which name?') });
  return picked === undefined ? undefined : (picked.ref ?? askName(ui, target));
}

/** `team/main` stands for what was fetched from there, and is moved by fetching only. */
function isFetched(ui: Ui, ref: string): boolean {
  return ui.remotes.all.some(({ name }) => ref.startsWith(`${name}/`));
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
