import * as vscode from 'vscode';
import { collectGarbage, verifyStore } from '../../app/maintainStore';
import type { GcResult, VerifyResult } from '../../core/engine';
import { withProgress } from '../progress';
import { byteSize } from '../text/amounts';
import { requireTrust } from '../trust';
import type { Ui } from '../uiContext';
import { locale } from '../words';
import type { CommandTypes } from './commandTypes';
import { logDamage } from './repairStore';
import { findRepository, readArgument } from './targets';

const { t } = vscode.l10n;

/** Checks that the store holds what its snapshots need. */
export function verifyStoreCommand(ui: Ui): CommandTypes['snapdir.verifyStore'] {
  return async (argument) => {
    const given = readArgument(ui, argument);
    const repository = await findRepository(ui, given);
    const full = repository && (given.options.full ?? (await askDepth(ui)));
    if (repository === undefined || full === undefined) {
      return undefined;
    }
    const result = await withProgress(t('Verifying the store'), (context) =>
      verifyStore(repository, full, context),
    );
    reportVerify(ui, repository.root, result);
    return result;
  };
}

async function askDepth(ui: Ui): Promise<boolean | undefined> {
  const items = [
    { label: t('Full'), description: t('reads every byte and checks its checksum'), full: true },
    { label: t('Quick'), description: t('checks that everything is there'), full: false },
  ];
  const picked = await ui.prompts.pick(items, {
    title: t('Verify Store'),
    placeHolder: t('How thoroughly?'),
  });
  return picked?.full;
}

function reportVerify(ui: Ui, folder: string, result: VerifyResult): void {
  const { problems, problemCount } = result;
  if (problems.length === 0) {
    const size = byteSize(result.bytes, locale());
    const words = result.full
      ? t('The store is whole: {0} objects, {1}, every byte checked.', result.objects, size)
      : t('The store is whole: {0} objects, {1}, sizes checked.', result.objects, size);
    void ui.notices.tell('storeWhole', words);
    return;
  }
  for (const { kind, address, detail, path } of problems) {
    ui.log.warn(`${kind} ${address}${path === undefined ? '' : ` (${path})`}: ${detail}`);
  }
  logDamage(ui, result.damaged);
  const details = t('Show Details');
  const repair = t('Repair…');
  const words =
    problemCount === 1
      ? t('The store has 1 problem. Everything else can still be used.')
      : t('The store has {0} problems. Everything else can still be used.', problemCount);
  void ui.prompts.warn(words, repair, details).then((answer) => {
    if (answer === details) {
      ui.showLog();
    }
    return answer === repair
      ? vscode.commands.executeCommand('snapdir.repair', { folder })
      : undefined;
  });
}

/** Frees content that no snapshot needs: a dry run, a modal with its figures, then the real thing. */
export function collectGarbageCommand(ui: Ui): CommandTypes['snapdir.collectGarbage'] {
  return async (argument) => {
    const title = t('Collect Garbage');
    requireTrust(title);
    const repository = await findRepository(ui, readArgument(ui, argument));
    if (repository === undefined) {
      return undefined;
    }
    const dry = await withProgress(title, (context) =>
      collectGarbage(repository, { dryRun: true }, context),
    );
    if (dry.objects + dry.manifests + dry.purgedObjects === 0) {
      const young = dry.tooYoung;
      void ui.prompts.info(
        young === 0
          ? t('There is no garbage to collect.')
          : t('There is no garbage to collect yet: {0} objects are too young.', young),
      );
      return dry;
    }
    const button = t('Collect Garbage');
    const message = t('Collect garbage in "{0}"?', repository.name);
    if ((await ui.prompts.modal(message, garbageWords(dry), [button])) !== button) {
      return undefined;
    }
    const result = await withProgress(title, (context) =>
      collectGarbage(repository, { dryRun: false }, context),
    );
    const freed = byteSize(result.purgedBytes, locale());
    const aside = byteSize(result.bytes, locale());
    const words = t('Garbage collected: {0} freed, {1} set aside.', freed, aside);
    void ui.notices.tell('garbageCollected', words);
    return result;
  };
}

function garbageWords(dry: GcResult): string {
  const aside = byteSize(dry.bytes, locale());
  const freed = byteSize(dry.purgedBytes, locale());
  return [
    t('{0} objects ({1}) that no snapshot needs are set aside.', dry.objects, aside),
    t('{0} objects ({1}) set aside earlier are deleted for good.', dry.purgedObjects, freed),
  ].join('\n');
}
