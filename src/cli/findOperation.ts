import { listOperations } from '../app/undoOperations';
import { SnapdirError } from '../core/errors';
import type { RecordId } from '../core/ids';
import type { Call } from './command';

const PAGE = 500;
const MIN_PREFIX = 4;
const PREFIX = /^[0-9a-f]{4,64}$/;
const MOST = 20;

/**
 * The operation whose id begins so.
 * @throws REV_NOT_FOUND, REV_AMBIGUOUS
 */
export async function findOperation(call: Call, text: string): Promise<RecordId> {
  const prefix = text.toLowerCase();
  const found: RecordId[] = [];
  let before: RecordId | undefined;
  if (PREFIX.test(prefix) && prefix.length >= MIN_PREFIX) {
    do {
      const page = { limit: PAGE, ...(before === undefined ? {} : { before }) };
      const { operations, next } = await listOperations(call.repository, page, call.context);
      found.push(...operations.map(({ id }) => id).filter((id) => id.startsWith(prefix)));
      before = next;
    } while (before !== undefined);
  }
  const [only] = found;
  if (only === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: text });
  }
  if (found.length > 1) {
    throw new SnapdirError('REV_AMBIGUOUS', { rev: text, candidates: found.slice(0, MOST) });
  }
  return only;
}
