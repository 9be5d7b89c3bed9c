import { SnapdirError } from '../errors';
import { isHex64 } from '../ids';
import type { Logged } from './log';

const TIME_AND_ID = (value: unknown): value is { id: string; time: number; kind: unknown } =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'time' in value &&
  'kind' in value &&
  typeof value.id === 'string' &&
  isHex64(value.id) &&
  Number.isSafeInteger(value.time);

/** The fields whose type the fold relies on; the cache around it is guarded by a checksum of its own. */
const FIELDS: Record<Logged['kind'], Record<string, 'string' | 'object'>> = {
  take: {
    snapshot: 'string',
    message: 'string',
    author: 'string',
    tags: 'object',
    stats: 'object',
  },
  restore: { purpose: 'string', snapshot: 'string', safety: 'string', counts: 'object' },
  ref: { name: 'string' },
  tag: { checkpoint: 'string', add: 'object', remove: 'object' },
  rename: { checkpoint: 'string', message: 'string' },
  delete: { checkpoints: 'object' },
  undo: { operation: 'string' },
  gc: {},
  forget: { paths: 'object', replaced: 'object' },
};

function isLogged(value: unknown): value is Logged {
  if (!TIME_AND_ID(value) || typeof value.kind !== 'string' || !Object.hasOwn(FIELDS, value.kind)) {
    return false;
  }
  const fields = FIELDS[value.kind as Logged['kind']];
  const record = value as unknown as Record<string, unknown>;
  return Object.entries(fields).every(
    ([name, type]) => typeof record[name] === type && record[name] !== null,
  );
}

/**
 * Checks records that the cache gives back.
 * @throws PARSE
 */
export function checkLogged(log: readonly unknown[]): asserts log is Logged[] {
  if (!log.every(isLogged)) {
    throw new SnapdirError('PARSE', { what: 'history cache', reason: 'has another shape' });
  }
}
