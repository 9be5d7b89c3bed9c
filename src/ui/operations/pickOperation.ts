import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { listOperations, type UndoRequest } from '../../app/undoOperations';
import type { OperationInfo } from '../../core/engine';
import type { CheckpointId, RecordId } from '../../core/ids';
import { visible, withoutIcons } from '../text/displayText';
import { dayKey, dayLabel, relativeTime } from '../text/times';
import type { Ui } from '../uiContext';
import { locale } from '../words';
import { obstacleWords, operationIcon, operationWords } from './operationWords';

const { t } = vscode.l10n;
const PAGE = 100;

/** What a person wants of an operation. */
export type OperationChoice =
  | { do: 'turn'; request: UndoRequest }
  /** To see the snapshot that it is about. */
  | { do: 'reveal'; checkpoint: CheckpointId };

interface ActionButton extends vscode.QuickInputButton {
  choice: OperationChoice;
}

interface OperationItem extends vscode.QuickPickItem {
  info?: OperationInfo;
  buttons?: ActionButton[];
}

/**
 * The list of operations. Each row has buttons; Enter on a row asks what to do, so that the keyboard
 * reaches all of it.
 * @returns what is to be undone or redone, or shown; undefined: nothing
 */
export async function pickOperation(
  ui: Ui,
  repository: Repository,
): Promise<OperationChoice | undefined> {
  const operations: OperationInfo[] = [];
  let next: RecordId | undefined;
  for (;;) {
    const before = next === undefined ? {} : { before: next };
    const page = await listOperations(repository, { limit: PAGE, ...before });
    operations.push(...page.operations);
    next = page.next;
    if (operations.length === 0) {
      void ui.prompts.info(t('Nothing was done here yet.'));
      return undefined;
    }
    const items = operationItems(ui, operations);
    const more: OperationItem[] =
      next === undefined
        ? []
        : [
            { label: '', kind: vscode.QuickPickItemKind.Separator },
            { label: t('Load more'), alwaysShow: true },
          ];
    const picked = await ui.prompts.pickRow<OperationItem>([...items, ...more], {
      title: t('Operations'),
      placeHolder: t('What was done, newest first. Enter on a row to undo it'),
    });
    if (picked?.button !== undefined) {
      return (picked.button as ActionButton).choice;
    }
    if (picked === undefined || picked.item.info !== undefined) {
      return picked?.item.info && askAction(ui, picked.item.info, picked.item.buttons ?? []);
    }
  }
}

/** A row for each, with a separator for each day. */
function operationItems(ui: Ui, operations: readonly OperationInfo[]): OperationItem[] {
  const words = { today: t('Today'), yesterday: t('Yesterday') };
  const now = ui.clock.now();
  let day: string | undefined;
  return operations.flatMap((info, index) => {
    const before = day;
    day = dayKey(info.time);
    const label = dayLabel(info.time, now, locale(), words);
    const separator = { label, kind: vscode.QuickPickItemKind.Separator };
    return [...(day === before ? [] : [separator]), toItem(ui, info, index === 0)];
  });
}

function toItem(ui: Ui, info: OperationInfo, isNewest: boolean): OperationItem {
  const state = [
    info.undone ? t('undone') : '',
    info.offers === null && info.obstacle !== null && info.of === null
      ? obstacleWords(info.obstacle)
      : '',
  ].filter((part) => part !== '');
  return {
    iconPath: new vscode.ThemeIcon(operationIcon(info.kind)),
    label: withoutIcons(operationWords(info)),
    description: [relativeTime(info.time, ui.clock.now(), locale()), visible(info.author)]
      .concat(state)
      .join(' · '),
    buttons: buttonsOf(info, isNewest),
    info,
  };
}

function buttonsOf(info: OperationInfo, isNewest: boolean): ActionButton[] {
  const { id, offers, about } = info;
  const buttons: ActionButton[] = [];
  if (offers !== null) {
    buttons.push({
      iconPath: new vscode.ThemeIcon(offers === 'undo' ? 'discard' : 'redo'),
      tooltip: offers === 'undo' ? t('Undo') : t('Redo'),
      choice: { do: 'turn', request: { what: offers, operation: id } },
    });
  }
  if (!isNewest) {
    buttons.push({
      iconPath: new vscode.ThemeIcon('history'),
      tooltip: t('Undo to Here'),
      choice: { do: 'turn', request: { what: 'undo', to: id } },
    });
  }
  if (about !== null) {
    buttons.push({
      iconPath: new vscode.ThemeIcon('list-selection'),
      tooltip: t('Reveal in Timeline'),
      choice: { do: 'reveal', checkpoint: about.id },
    });
  }
  return buttons;
}

async function askAction(
  ui: Ui,
  info: OperationInfo,
  buttons: readonly ActionButton[],
): Promise<OperationChoice | undefined> {
  if (buttons.length === 0) {
    const why = info.obstacle === null ? '' : obstacleWords(info.obstacle);
    void ui.prompts.info(t('This cannot be undone: {0}.', why));
    return undefined;
  }
  const items = buttons.map(({ tooltip = '', choice }) => ({
    label: tooltip,
    description: describe(choice),
    choice,
  }));
  const picked = await ui.prompts.pick(items, {
    title: operationWords(info),
    placeHolder: t('What should be done?'),
  });
  return picked?.choice;
}

function describe(choice: OperationChoice): string {
  if (choice.do === 'reveal') {
    return t('show the snapshot that this is about');
  }
  const { what, to } = choice.request;
  if (to !== undefined) {
    return t('take back everything that was done after this');
  }
  return what === 'undo' ? t('take back this alone') : t('bring this back');
}
