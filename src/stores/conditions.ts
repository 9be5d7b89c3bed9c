import { SnapdirError } from '../core/errors';
import type { WriteCondition } from '../core/permanentStore';

/**
 * Whether a write under a condition may go on, where `version` is what is there now.
 * @throws REMOTE_CONFLICT
 */
export function checkCondition(
  store: string,
  key: string,
  condition: WriteCondition | undefined,
  version: string | undefined,
): void {
  if (condition === undefined) {
    return;
  }
  const holds = 'ifAbsent' in condition ? version === undefined : version === condition.ifVersion;
  if (!holds) {
    throw new SnapdirError('REMOTE_CONFLICT', { store, key });
  }
}
