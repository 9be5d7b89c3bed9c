import type { ArgumentCauses, Cause } from '../core/causes';
import { SnapdirError } from '../core/errors';
import { REMOTE_FIELDS } from '../core/remoteFields';
import { displayName } from './escape';
import { UsageError } from './usageError';

/**
 * Reads `--set KEY=VALUE`, which may be any field of a store but its URL. Values are looked at by `parseRemote`.
 * @param absolute makes a path of the command line a full one
 * @throws INVALID_ARGUMENT, and wrong use; neither repeats the value
 */
export function parseSettings(
  pairs: readonly string[],
  absolute: (path: string) => string,
): Record<string, string | boolean | number> {
  const fields: Record<string, string | boolean | number> = {};
  for (const pair of pairs) {
    const [, key = '', value = ''] = /^([A-Za-z]+)=(.*)$/su.exec(pair) ?? [];
    if (key === '') {
      throw new UsageError('Write --set as KEY=VALUE, for example --set conditionalWrites=off.');
    }
    const kind =
      Object.hasOwn(REMOTE_FIELDS, key) && key !== 'url' ? REMOTE_FIELDS[key] : undefined;
    if (kind === undefined) {
      const known = Object.keys(REMOTE_FIELDS).filter((one) => one !== 'url');
      wrong(key, { is: 'unknown-setting', known });
    }
    if (Object.hasOwn(fields, key)) {
      throw new UsageError(`--set ${displayName(key)} is there twice. Leave one of them out.`);
    }
    if (key === 'auth' && value === 'stored') {
      wrong(key, { is: 'stored-keys' });
    }
    if (value !== '') {
      fields[key] = valueOf(kind, key, value, absolute);
    }
  }
  return fields;
}

function valueOf(
  kind: 'text' | 'flag' | 'number',
  key: string,
  value: string,
  absolute: (path: string) => string,
): string | boolean | number {
  switch (kind) {
    case 'flag':
      return flag(key, value);
    case 'number':
      return /^\d{1,9}$/.test(value) ? Number(value) : wrong(key, { is: 'whole-number' });
    case 'text':
      return key === 'caFile' ? absolute(value) : value;
  }
}

function flag(key: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') {
    wrong(key, { is: 'no-flag' });
  }
  return value === 'true';
}

function wrong(key: string, reason: Cause<ArgumentCauses>): never {
  throw new SnapdirError('INVALID_ARGUMENT', { argument: `--set ${key}`, reason });
}
