// Errors of stores in the settings: what may help is offered with them, written to the store's settings, and tried at once.
import { SnapdirError } from '../../core/errors';
import { parseRemote, redactUrl } from '../../core/remote';
import { remoteFields, writeRemotes } from '../state/settings';
import { showError, type ErrorButton } from '../showError';
import type { Ui } from '../uiContext';
import { remedyButtons, type RemedyButton, type StoreDraft } from './mending';
import type { StoreEntry } from './storeEntry';

/**
 * Shows what went wrong in a command, with what may help.
 * @param of.again does it once more
 */
export async function showStoreError(
  ui: Ui,
  error: unknown,
  of: { what: string; again: () => Thenable<unknown> },
): Promise<void> {
  await showError(ui.prompts, ui.log, of.what, error, await buttonsFor(ui, error, of));
}

async function buttonsFor(
  ui: Ui,
  error: unknown,
  of: { what: string; again: () => Thenable<unknown> },
): Promise<ErrorButton[]> {
  const entry = storeOf(ui.remotes.all, error);
  if (entry?.kind !== 'remote') {
    return [];
  }
  const { name } = entry;
  const store: StoreDraft = { name, fields: { ...(remoteFields()[name] as object) } };
  const found = await remedyButtons(ui, store, error, true);
  return found.map((button) => ({
    label: button.label,
    run: async () => {
      if (await mended(ui, store, button)) {
        await of.again();
      } else if (button.remedy === 'signIn') {
        await showStoreError(ui, error, of); // Whoever has signed in tries again.
      }
    },
  }));
}

/** The store of the settings that an error is about. */
function storeOf(all: readonly StoreEntry[], error: unknown): StoreEntry | undefined {
  const { store } = (SnapdirError.is(error) ? error.data : {}) as { store?: unknown };
  return (
    all.find(({ name }) => name === store) ??
    all.find((entry) => entry.kind === 'remote' && redactUrl(entry.remote.url) === store)
  );
}

/** Does what the button says, and writes it down. @returns whether it may work now */
async function mended(ui: Ui, before: StoreDraft, button: RemedyButton): Promise<boolean> {
  const after = await button.mend();
  if (after === undefined) {
    return false;
  }
  const { name, fields, keys } = after;
  if (keys !== undefined) {
    await ui.remotes.ports.keys.set(parseRemote(name, fields), keys);
  }
  if (after !== before) {
    await writeRemotes((all) => ({ ...all, [name]: fields }));
  }
  ui.remoteSnapshots.refresh();
  return true;
}
