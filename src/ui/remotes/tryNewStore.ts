// A store that was asked for is tried out before it is added. What keeps it from working can be set right on the spot.
import * as vscode from 'vscode';
import { isCancelled } from '../../base/abort';
import { parseRemote, type Remote } from '../../core/remote';
import type { StoreProbe } from '../../core/storePieces';
import { describeError } from '../showError';
import { visible } from '../text/displayText';
import type { Ui } from '../uiContext';
import { remedyButtons, type StoreDraft } from './mending';
import { testRemote } from './testStore';

const { t } = vscode.l10n;

/**
 * Tries a store out and adds it. What does not work can be mended and tried again, or be added all the same: perhaps it
 * is only out of reach today.
 * @returns its name; undefined: it was not added, and its keys are forgotten
 */
export async function tryAndAdd(ui: Ui, asked: StoreDraft): Promise<string | undefined> {
  const { keys } = ui.remotes.ports;
  for (let store = asked; ;) {
    const { name, fields } = store;
    const remote = parseRemote(name, fields);
    if (store.keys !== undefined) {
      await keys.set(remote, store.keys);
    }
    const tried = await trial(ui, remote, store.make);
    const next = 'error' in tried ? await askWhatNow(ui, store, tried.error) : 'add';
    if (next === undefined) {
      await keys.forget(name, remote);
      return undefined;
    }
    if (next === 'add') {
      await ui.remotes.add(name, fields);
      if ('error' in tried) {
        tellAdded(ui, name);
      } else {
        tellWorks(ui, name, tried.probe);
      }
      return name;
    }
    store = next;
  }
}

async function trial(
  ui: Ui,
  remote: Remote,
  make?: boolean,
): Promise<{ probe: StoreProbe | undefined } | { error: unknown }> {
  try {
    return { probe: await testRemote(ui, remote, make) };
  } catch (error) {
    return { error };
  }
}

async function askWhatNow(
  ui: Ui,
  store: StoreDraft,
  error: unknown,
): Promise<StoreDraft | 'add' | undefined> {
  if (isCancelled(error)) {
    return undefined;
  }
  const remedies = await remedyButtons(ui, store, error, false);
  const anyway = t('Add Anyway');
  for (;;) {
    const labels = [...remedies.map(({ label }) => label), anyway];
    const words = describeError(error).message;
    const answer = await ui.prompts.modal(t('The store does not work yet.'), words, labels);
    const remedy = remedies.find(({ label }) => label === answer);
    if (remedy === undefined) {
      return answer === anyway ? 'add' : undefined;
    }
    const mended = await remedy.mend();
    if (mended !== undefined) {
      return mended;
    }
  }
}

function tellWorks(ui: Ui, name: string, probe: StoreProbe | undefined): void {
  const promote = t('Promote…');
  const words =
    probe?.conditional === false
      ? t(
          'The store "{0}" works and was added. It keeps no conditions on writes: of two who promote one name at once, the newer stands, and who comes second is told. Next, promote a snapshot to it.',
          visible(name),
        )
      : t('The store "{0}" works and was added. Next, promote a snapshot to it.', visible(name));
  offer(ui, words, promote, 'snapdir.promote');
}

function tellAdded(ui: Ui, name: string): void {
  const words = t(
    'The store "{0}" was added. It was not reached yet: test it when that may have changed.',
    visible(name),
  );
  offer(ui, words, t('Test Store'), 'snapdir.testStore', { store: name });
}

function offer(ui: Ui, words: string, button: string, command: string, ...args: object[]): void {
  void ui.prompts.info(words, button).then((answer) => {
    if (answer === button) {
      void vscode.commands.executeCommand(command, ...args);
    }
  });
}
