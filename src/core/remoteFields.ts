// The fields of a remote's settings, read one by one. What is wrong with one is told without its value.
import type { ArgumentCauses, Cause } from './causes';
import { SnapdirError } from './errors';

/** What settings say of a remote, unchecked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Smallest and largest of each field that is a number. */
export const REMOTE_NUMBERS = {
  concurrency: [1, 32],
  partSizeMiB: [5, 64],
  timeoutSeconds: [1, 600],
  maxAttempts: [1, 20],
  limitKiBps: [0, 100_000_000],
} as const;

/** A field that is a number. */
export type RemoteNumber = keyof typeof REMOTE_NUMBERS;

/** The fields of a remote's settings, and whether they are texts, yes and no, or whole numbers. */
export const REMOTE_FIELDS: Readonly<Record<string, 'text' | 'flag' | 'number'>> = {
  ...{ url: 'text', endpoint: 'text', region: 'text', addressing: 'text', auth: 'text' },
  ...{ profile: 'text', conditionalWrites: 'text', caFile: 'text', serverSideEncryption: 'text' },
  ...{ kmsKeyId: 'text', storageClass: 'text', readOnly: 'flag', instanceMetadata: 'flag' },
  ...{ allowInsecure: 'flag', concurrency: 'number', partSizeMiB: 'number' },
  ...{ timeoutSeconds: 'number', maxAttempts: 'number', limitKiBps: 'number' },
};

/** Control characters have no place in a text of the settings. */
export const CONTROL = /[\x00-\x1f\x7f]/;

function wrong(name: string, key: string, reason: Cause<ArgumentCauses>): never {
  throw new SnapdirError('INVALID_ARGUMENT', { argument: `remotes.${name}.${key}`, reason });
}

/** A text; empty is none. @throws INVALID_ARGUMENT */
export function textField(name: string, fields: Fields, key: string): string | undefined {
  const value = fields[key];
  if (value === undefined || value === null || value === '') {
    return undefined;
  }
  if (typeof value !== 'string' || CONTROL.test(value)) {
    wrong(name, key, { is: 'no-text' });
  }
  return value;
}

/** One of some words; the first is the default. @throws INVALID_ARGUMENT */
export function choice<T extends string>(
  name: string,
  fields: Fields,
  key: string,
  [first, ...others]: readonly [T, ...T[]],
): T {
  const value = textField(name, fields, key) ?? first;
  const found = [first, ...others].find((one) => one === value);
  return found ?? wrong(name, key, { is: 'one-of', words: [first, ...others] });
}

/** Yes or no; no where nothing is said. @throws INVALID_ARGUMENT */
export function flag(name: string, fields: Fields, key: string): boolean {
  const value = fields[key] ?? false;
  return typeof value === 'boolean' ? value : wrong(name, key, { is: 'no-flag' });
}

/** The fields that are numbers and are there. @throws INVALID_ARGUMENT */
export function numberFields(name: string, fields: Fields): Partial<Record<RemoteNumber, number>> {
  const found: Partial<Record<RemoteNumber, number>> = {};
  for (const [key, [least, most]] of Object.entries(REMOTE_NUMBERS)) {
    const value = fields[key] ?? undefined;
    if (value === undefined) {
      continue;
    }
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
      wrong(name, key, { is: 'number-between', least, most });
    }
    found[key as RemoteNumber] = value as number;
  }
  return found;
}

/** An object with a field, or without it where there is no value. */
export function optional<K extends string>(
  key: K,
  value: string | undefined,
): Partial<Record<K, string>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<K, string>>;
}
