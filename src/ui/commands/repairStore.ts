import * as vscode from 'vscode';
import { adoptStore, recoverStore, repairStore } from '../../app/maintainStore';
import type { DamagedCheckpoint, RepairResult } from '../../core/engine';
import { withProgress } from '../progress';
import { byteSize } from '../text/amounts';
import { oneLine, visible } from '../text/displayText';
import { shortTime } from '../text/times';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { filesWords, locale } from '../words';
import type { CommandTypes } from './commandTypes';
import { findRepository, readArgument, type Given } from './targets';

const { t } = vscode.l10n;

/** Looks for what the store lacks elsewhere and puts it back, checked. */
export function repairCommand(ui: Ui): CommandTypes['snapdir.repair'] {
  return async (argument) => {
    requireTrust(t('Repair'));
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    const from = repository && (await whereToLook(ui, given));
    if (repository === undefined || from === undefined) {
      return undefined;
    }
    const full = given.options.full === true;
    const result = await withProgress(t('Repairing the store'), (context) =>
      repairStore(repository, { full, from }, context),
    );
    report(ui, result);
    return result;
  };
}

async function whereToLook(ui: Ui, { options }: Given): Promise<string[] | undefined> {
  if (options.destination !== undefined) {
    return [options.destination];
  }
  const items = [
    {
      label: t('Here'),
      description: t('in this folder, in what was set aside, and in the vault'),
      more: false,
    },
    {
      label: t('Also in Another Folder…'),
      description: t('a copy of this folder, or of its store'),
      more: true,
    },
  ];
  const title = t('Repair Store');
  const picked = await ui.prompts.pick(items, {
    title,
    placeHolder: t('Where should Snapdir look for the missing content?'),
  });
  if (picked === undefined || !picked.more) {
    return picked && [];
  }
  const folder = await ui.prompts.openFolder({ title, openLabel: t('Look Here') });
  return folder && [folder.fsPath];
}

function report(ui: Ui, result: RepairResult): void {
  const { mended, mendedCount, lostCount, damaged } = result;
  for (const { kind, address, path, from } of mended) {
    ui.log.info(`Mended: ${kind} ${address} ${path ?? ''} from ${from}`);
  }
  result.unread.forEach((path) => ui.log.warn(`Could not be read, and may have it: ${path}`));
  const { unreadCount } = result;
  const unread = t('Could not be read, and may have it: {0}.', unreadCount);
  const withUnread = (words: string): string => (unreadCount === 0 ? words : `${words} ${unread}`);
  if (lostCount === 0) {
    const words =
      mendedCount === 0
        ? t('There is nothing to repair.')
        : mendedCount === 1
          ? t('Repaired: 1 piece of content is whole again.')
          : t('Repaired: {0} pieces of content are whole again.', mendedCount);
    void ui.prompts.info(withUnread(words));
    return;
  }
  logDamage(ui, damaged);
  const details = t('Show Details');
  const again = t('Look Elsewhere…');
  const words = t(
    'Repaired: {0}. Not found anywhere: {1}, needed by {2} snapshots.',
    mendedCount,
    lostCount,
    result.damagedCount,
  );
  void ui.prompts.warn(withUnread(words), again, details).then((answer) => {
    if (answer === details) {
      ui.showLog();
    }
    return answer === again ? vscode.commands.executeCommand('snapdir.repair') : undefined;
  });
}

/** Writes into the log what cannot be restored, by snapshot and path. */
export function logDamage(ui: Pick<Ui, 'log'>, damaged: readonly DamagedCheckpoint[]): void {
  for (const checkpoint of damaged) {
    const { time, message, paths, pathCount } = checkpoint;
    const more = pathCount > paths.length ? ` (+${pathCount - paths.length})` : '';
    const what = paths.length === 0 ? 'its manifest' : paths.map(visible).join(', ') + more;
    ui.log.warn(`Damaged: ${shortTime(time, locale())} ${oneLine(message, 60)}: ${what}`);
  }
}

/** Brings a store that was deleted, or what it lost, back out of the vault. */
export function recoverStoreCommand(ui: Ui): CommandTypes['snapdir.recoverStore'] {
  return async (argument) => {
    requireTrust(t('Recover Snapshots'));
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return undefined;
    }
    const result = await withProgress(t('Recovering the store'), (context) =>
      recoverStore(repository, context),
    );
    const { records, objects, bytes, lostCount } = result;
    if (records + objects === 0) {
      void ui.prompts.info(t('The vault holds nothing that is missing here.'));
    } else if (lostCount === 0) {
      const size = byteSize(bytes, locale());
      void ui.prompts.info(t('The snapshots are back: {0}, {1}.', filesWords(objects), size));
    } else {
      const words = t(
        'The snapshots are back, but the content of {0} is lost.',
        filesWords(lostCount),
      );
      void ui.prompts.warn(words);
    }
    return result;
  };
}

/** Makes the snapshots that came with the folder this person's, after a question. */
export function adoptCommand(ui: Ui): CommandTypes['snapdir.adopt'] {
  return async (argument) => {
    requireTrust(t('Adopt'));
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return undefined;
    }
    const { foreign } = await repository.engine.status({});
    if (!foreign) {
      void ui.prompts.info(t('The snapshots of "{0}" are yours.', repository.name));
      return undefined;
    }
    const adopt = t('Adopt');
    const answer = await ui.prompts.modal(
      t('Adopt the snapshots that came with "{0}"?', repository.name),
      t(
        'They were not taken by you on this machine. Adopt them only if you know where the folder is from: restoring one brings back whatever its maker put into it.',
      ),
      [adopt],
    );
    if (answer !== adopt) {
      return undefined;
    }
    const result = await adoptStore(repository);
    void ui.prompts.info(t('The snapshots of "{0}" are yours now.', repository.name));
    return result;
  };
}
