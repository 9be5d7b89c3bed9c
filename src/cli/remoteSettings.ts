import { SnapdirError } from '../core/errors';
import { REMOTE_FIELDS } from '../core/remote';
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
): Record<string, string | boolean> {
  const fields: Record<string, string | boolean> = {};
  for (const pair of pairs) {
    const [, key = '', value = ''] = /^([A-Za-z]+)=(.*)$/su.exec(pair) ?? [];
    if (key === '') {
      throw new UsageError('Write --set as KEY=VALUE, for example --set conditionalWrites=off.');
    }
    const kind =
      Object.hasOwn(REMOTE_FIELDS, key) && key !== 'url' ? REMOTE_FIELDS[key] : undefined;
    if (kind === undefined) {
      const known = Object.keys(REMOTE_FIELDS).filter((one) => one !== 'url');
      throw wrong(key, `there is no such setting; known: ${known.join(', ')}`);
    }
    if (Object.hasOwn(fields, key)) {
      throw new UsageError(`--set ${displayName(key)} is there twice. Leave one of them out.`);
    }
    if (key === 'auth' && value === 'stored') {
      throw wrong(key, 'the command keeps no keys; chain, profile or anonymous can be used');
    }
    if (value !== '') {
      fields[key] = kind === 'flag' ? flag(key, value) : key === 'caFile' ? absolute(value) : value;
    }
  }
  return fields;
}

function flag(key: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') {
    throw wrong(key, 'it must be true or false');
  }
  return value === 'true';
}

const wrong = (key: string, reason: string): SnapdirError =>
  new SnapdirError('INVALID_ARGUMENT', { argument: `--set ${key}`, reason });
