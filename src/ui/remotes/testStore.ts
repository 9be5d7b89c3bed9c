import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { SnapdirError } from '../../core/errors';
import type { StoreSignal } from '../../core/permanentStore';
import type { PermanentStore } from '../../core/permanentStore';
import type { Remote } from '../../core/remote';
import { probeReading, probeStore, type StoreProbe } from '../../core/storePieces';
import { withProgress } from '../progress';
import { visible } from '../text/displayText';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/**
 * Opens a store that is in no settings yet and tries it out.
 * @param make whether its folder is made where it is missing
 * @throws REMOTE_…, AbortError
 */
export function testRemote(ui: Ui, remote: Remote, make = false): Promise<StoreProbe | undefined> {
  return tested(ui, async () => {
    const store = await ui.remotes.ports.openStore(remote, { make });
    return { store, readOnly: remote.readOnly };
  });
}

/** Tries out a store of the settings; a folder that is missing may be made. @throws STORE_NAME_UNKNOWN, REMOTE_…, AbortError */
export async function testStore(
  ui: Ui,
  name: string,
  repository: Repository,
): Promise<StoreProbe | undefined> {
  const entry = ui.remotes.get(name);
  if (entry.kind === 'remote') {
    return testOrMake(ui, entry.remote);
  }
  return ui.remotes.use(name, repository, ({ store }) =>
    tested(ui, () => Promise.resolve({ store, readOnly: false })),
  );
}

async function testOrMake(ui: Ui, remote: Remote): Promise<StoreProbe | undefined> {
  try {
    return await testRemote(ui, remote);
  } catch (error) {
    const missing = SnapdirError.is(error, 'REMOTE_FOLDER_NOT_FOUND') && !remote.readOnly;
    if (!missing || !(await mayMakeFolder(ui, error.data.path))) {
      throw error;
    }
    return await testRemote(ui, remote, true);
  }
}

async function mayMakeFolder(ui: Ui, path: string): Promise<boolean> {
  const message = t('The folder "{0}" is not there. Make it?', visible(path));
  const detail = t('If it should be there, its disk may not be mounted: mount it, and test again.');
  const make = makeFolderLabel();
  return (await ui.prompts.modal(message, detail, [make])) === make;
}

/** The button that has the folder of a store made. */
export const makeFolderLabel = (): string => t('Make the Folder');

/** @returns undefined for a store that is only read */
function tested(
  ui: Ui,
  open: () => Promise<{ store: PermanentStore; readOnly: boolean }>,
): Promise<StoreProbe | undefined> {
  return withProgress(t('Trying the store'), async (context) => {
    const { store, readOnly } = await open();
    const signal = context.signal as StoreSignal | undefined;
    try {
      if (!readOnly) {
        const nonce = ui.remotes.ports.newNonce();
        return await probeStore(store, nonce, () => ui.clock.now(), { signal });
      }
      await probeReading(store, { signal });
      return undefined;
    } finally {
      await store.close().catch(() => undefined);
    }
  });
}
