import type { ForgottenName } from '../../core/engine';
import type { History } from '../../core/history';
import type { LoggedTake } from '../../core/history/log';

/**
 * Every name that these were ever promoted by, or about to be (whoever won, and whatever was killed), and what those that
 * were fetched or imported came by.
 */
export function namesOf(history: History, takes: readonly LoggedTake[]): ForgottenName[] {
  const ids = new Set(takes.map(({ id }) => id));
  const found = new Map<string, ForgottenName>();
  const add = (name: string, from: string | null): unknown =>
    found.set(`${from} ${name}`, { name, from });
  for (const record of history.records) {
    if (record.kind === 'ref' && record.checkpoint !== null && ids.has(record.checkpoint)) {
      add(record.name, null);
    } else if (record.kind === 'tag' && record.promoting !== undefined) {
      if (ids.has(record.checkpoint)) {
        add(record.promoting, null);
      }
    }
  }
  for (const { origin } of takes) {
    if (origin !== undefined && origin.name !== null) {
      add(origin.name, origin.from);
    }
  }
  return [...found.values()];
}
