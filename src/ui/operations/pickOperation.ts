import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import { listOperations, type UndoRequest } from '../../app/undoOperations';
import type { OperationInfo } from '../../core/engine';
import type { RecordId } from '../../core/ids';
import { visible, withoutIcons } from '../text/displayText';
import { relativeTime } from '../text/times';
import type { Ui } from '../uiContext';
import { locale } from '../words';
import { obstacleWords, operationIcon, operationWords } from './operationWords';

const { t } = vscode.l10n;
const PAGE = 100;

interface ActionButton extends vscode.QuickInputButton {
  request: UndoRequest;
}

interface OperationItem extends vscode.QuickPickItem {
  info?: OperationInfo;
  buttons?: ActionButton[];
}

/**
 * The list of operations. Each row has buttons; Enter on a row asks what to do, so that the keyboard
 * reaches all of it.
 * @returns what is to be undone or redone; undefined: nothing
 */
export async function pickOperation(
  ui: Ui,
  repository: Repository,
): Promise<UndoRequest | undefined> {
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
    const items = operations.map((info, index) => toItem(ui, info, index === 0));
    const more: OperationItem[] =
      next === undefined
        ? []
        : [{ iconPath: new vscode.ThemeIcon('ellipsis'), label: t('Load more'), alwaysShow: true }];
    const picked = await ui.prompts.pickRow<OperationItem>([...items, ...more], {
      title: t('Operations'),
      placeHolder: t('What was done, newest first. Enter on a row to undo it'),
    });
    if (picked?.button !== undefined) {
      return (picked.button as ActionButton).request;
    }
    if (picked === undefined || picked.item.info !== undefined) {
      return picked?.item.info && askAction(ui, picked.item.info, picked.item.buttons ?? []);
    }
  }
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
  const { id, offers } = info;
  const buttons: ActionButton[] = [];
  if (offers !== null) {
    buttons.push({
      iconPath: new vscode.ThemeIcon(offers === 'undo' ? 'discard' : 'redo'),
      tooltip: offers === 'undo' ? t('Undo') : t('Redo'),
      request: { what: offers, operation: id },
    });
  }
  if (!isNewest) {
    buttons.push({
      iconPath: new vscode.ThemeIcon('history'),
      tooltip: t('Undo to Here'),
      request: { what: 'undo', to: id },
    });
  }
  return buttons;
}

async function askAction(
  ui: Ui,
  info: OperationInfo,
  buttons: readonly ActionButton[],
): Promise<UndoRequest | undefined> {
  if (buttons.length === 0) {
    const why = info.obstacle === null ? '' : obstacleWords(info.obstacle);
    void ui.prompts.info(t('This cannot be undone: {0}.', why));
    return undefined;
  }
  const items = buttons.map(({ tooltip = '', request }) => ({
    label: tooltip,
    description: describe(request),
    request,
  }));
  const picked = await ui.prompts.pick(items, {
    title: operationWords(info),
    placeHolder: t('What should be done?'),
  });
  return picked?.request;
}

function describe({ what, to }: UndoRequest): string {
  if (to !== undefined) {
    return t('take back everything that was done after this');
  }
  return what === 'undo' ? t('take back this alone') : t('bring this back');
}
