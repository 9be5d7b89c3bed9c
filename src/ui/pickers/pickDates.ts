import * as vscode from 'vscode';
import type { TimelineFilter } from '../../core/engine';
import { dayStart, parseDay } from '../text/inputs';
import type { Ui } from '../uiContext';

const { t } = vscode.l10n;
const DAY_MS = 24 * 60 * 60_000;

type Range = Pick<TimelineFilter, 'since' | 'until'>;
type Chosen = { since: number | undefined; until: number | undefined };

/** Asks for a range of days; undefined: the person went back. */
export async function pickDates(ui: Ui): Promise<Chosen | undefined> {
  const now = ui.clock.now();
  const items: (vscode.QuickPickItem & { range?: Range })[] = [
    { label: t('Today'), range: { since: dayStart(now) } },
    { label: t('Yesterday'), range: { since: dayStart(now, -1), until: dayStart(now) - 1 } },
    { label: t('Last 7 Days'), range: { since: dayStart(now, -6) } },
    { label: t('Last 30 Days'), range: { since: dayStart(now, -29) } },
    { label: t('From … to …') },
    { label: t('Any'), description: t('takes the condition away'), range: {} },
  ];
  const picked = await ui.prompts.pick(items, { title: t('Taken When?') });
  const range = picked === undefined ? undefined : (picked.range ?? (await askRange(ui)));
  return range && { since: range.since, until: range.until };
}

async function askRange(ui: Ui): Promise<Range | undefined> {
  const since = await askDay(ui, t('From Which Day? (1/2)'));
  if (since === undefined) {
    return undefined;
  }
  const last = await askDay(ui, t('To Which Day? (2/2)'));
  if (last === undefined) {
    return undefined;
  }
  return {
    ...(since !== null && { since }),
    ...(last !== null && { until: dayStart(last + DAY_MS / 2, 1) - 1 }),
  };
}

/** Null: left empty, so there is no limit on that side. */
async function askDay(ui: Ui, title: string): Promise<number | null | undefined> {
  const text = await ui.prompts.input({
    title,
    placeHolder: t('A day, for example: 2026-11-21. Empty: no limit'),
    validateInput: (value) =>
      value.trim() === '' || parseDay(value) !== undefined
        ? undefined
        : t('Write a day as year-month-day, for example: 2026-11-21'),
  });
  return text === undefined ? undefined : (parseDay(text) ?? null);
}
