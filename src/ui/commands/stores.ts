import * as vscode from 'vscode';
import { addStore } from '../remotes/addStore';
import { FOUND_GIT, isBucket, type StoreEntry } from '../remotes/storeEntry';
import { anyRepository, askKeys, pickKeyHolder, pickStore } from '../remotes/storeQuestions';
import { storeTitle } from '../remotes/storeWords';
import { testStore } from '../remotes/testStore';
import { writeRemotes } from '../state/settings';
import { visible } from '../text/displayText';
import { numberFormat } from '../text/formats';
import { FailedStoreNode, storeNodeOf } from '../tree/remoteNodes';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { locale } from '../words';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;

/** Adds a permanent store, step by step. */
export function addStoreCommand(ui: Ui): CommandTypes['snapdir.addStore'] {
  return async () => {
    requireTrust(t('Add Store'));
    return addStore(ui);
  };
}

function chosen(
  ui: Ui,
  argument: unknown,
  title: string,
  fits?: (entry: StoreEntry) => boolean,
): Promise<StoreEntry | undefined> {
  return pickStore(ui, title, { name: nameGiven(ui, argument), ...(fits && { fits }) });
}

function nameGiven(ui: Ui, argument: unknown): string | undefined {
  return storeNodeOf(argument)?.entry.name ?? readArgument(ui, argument).options.store;
}

/** Writes, reads, lists and deletes a small file in a store, and says how that went. */
export function testStoreCommand(ui: Ui): CommandTypes['snapdir.testStore'] {
  return async (argument) => {
    requireTrust(t('Test Store'));
    const node = storeNodeOf(argument);
    const entry = await chosen(ui, argument, t('Test Store'));
    const repository =
      entry?.kind === 'git' && node !== undefined
        ? node.repository
        : entry && (anyRepository(ui) ?? (await findRepository(ui, {})));
    if (entry === undefined || repository === undefined) {
      return undefined;
    }
    if (argument instanceof FailedStoreNode) {
      // What did not work was to look, and that is what is tried; a store that is only read from is not written to.
      await ui.remoteSnapshots.list(entry.name, repository);
      ui.remoteSnapshots.refresh();
      return true;
    }
    const probe = await testStore(ui, entry.name, repository);
    const name = storeTitle(entry);
    if (probe === undefined) {
      void ui.prompts.info(t('The store "{0}" can be read.', name));
      return true;
    }
    const ms = numberFormat(locale()).format(Math.round(probe.writeMs));
    void ui.prompts.info(
      probe.conditional
        ? t('The store "{0}" works: a small write took {1} ms.', name, ms)
        : t(
            'The store "{0}" works: a small write took {1} ms. It keeps no conditions on writes: of two who promote one name at once, the newer stands, and who comes second is told.',
            name,
            ms,
          ),
    );
    return true;
  };
}

/** Asks for the keys of a store and keeps them in the secret storage. */
export function setCredentialsCommand(ui: Ui): CommandTypes['snapdir.setCredentials'] {
  return async (argument) => {
    requireTrust(t('Set Credentials'));
    const title = t('Set Credentials');
    const entry = await chosen(ui, argument, title, isBucket);
    if (entry?.kind !== 'remote' || entry.remote.place.kind !== 's3') {
      return undefined;
    }
    const { name, remote } = entry;
    const keys = await askKeys(ui, name);
    if (keys === undefined) {
      return undefined;
    }
    await ui.remotes.ports.keys.set(remote, keys);
    if (remote.auth !== 'stored') {
      await writeRemotes((all) => {
        const fields: Record<string, unknown> = { ...(all[name] as object), auth: 'stored' };
        delete fields['profile'];
        return { ...all, [name]: fields };
      });
    }
    ui.remoteSnapshots.refresh();
    void ui.prompts.info(t('The keys for "{0}" are in the secret storage of this machine.', name));
    return true;
  };
}

/** Forgets the keys of a store that a person entered, also of one that is none of the settings any more. */
export function forgetCredentialsCommand(ui: Ui): CommandTypes['snapdir.forgetCredentials'] {
  return async (argument) => {
    requireTrust(t('Forget Credentials'));
    const holder = await pickKeyHolder(ui, t('Forget Credentials'), nameGiven(ui, argument));
    if (holder === undefined) {
      return undefined;
    }
    const had = await ui.remotes.ports.keys.forget(holder.name, holder.remote);
    ui.remoteSnapshots.refresh();
    void ui.prompts.info(
      had
        ? t('The keys for "{0}" are forgotten.', visible(holder.name))
        : t('There were no keys for "{0}" in the secret storage.', visible(holder.name)),
    );
    return had;
  };
}

/** Takes a store out of the settings, after a question. What it holds stays. */
export function removeStoreCommand(ui: Ui): CommandTypes['snapdir.removeStore'] {
  return async (argument) => {
    requireTrust(t('Remove Store'));
    const isAdded = (one: StoreEntry): boolean => one !== FOUND_GIT;
    const entry = await chosen(ui, argument, t('Remove Store'), isAdded);
    if (entry === undefined) {
      return undefined;
    }
    const remove = t('Remove');
    const message = t('Remove the store "{0}" from your settings?', storeTitle(entry));
    const detail = t('What it holds stays there. Keys that you entered for it are forgotten.');
    if ((await ui.prompts.modal(message, detail, [remove])) !== remove) {
      return undefined;
    }
    await ui.remotes.remove(entry);
    return true;
  };
}

/** Asks the stores anew what they hold. */
export function refreshStoresCommand(ui: Ui): CommandTypes['snapdir.refreshStores'] {
  return async () => {
    ui.remoteSnapshots.refresh();
    await ui.remotes.foundGit.look();
  };
}
