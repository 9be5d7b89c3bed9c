import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { StoreSignal } from '../../core/permanentStore';
import type { PermanentStore } from '../../core/permanentStore';
import type { Remote } from '../../core/remote';
import { probeReading, probeStore, type StoreProbe } from '../../core/storePieces';
import { withProgress } from '../progress';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;

/** Opens a store that is in no settings yet and tries it out. @throws REMOTE_…, AbortError */
export function testRemote(ui: Ui, remote: Remote): Promise<StoreProbe | undefined> {
  return tested(ui, async () => {
    const store = await ui.remotes.ports.openStore(remote);
    return { store, readOnly: remote.readOnly };
  });
}

/** Tries out a store of the settings. @throws STORE_NAME_UNKNOWN, REMOTE_…, AbortError */
export async function testStore(
  ui: Ui,
  name: string,
  repository: Repository,
): Promise<StoreProbe | undefined> {
  const entry = ui.remotes.get(name);
  if (entry.kind === 'remote') {
    return testRemote(ui, entry.remote);
  }
  return ui.remotes.use(name, repository, ({ store }) =>
    tested(ui, () => Promise.resolve({ store, readOnly: false })),
  );
}

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
