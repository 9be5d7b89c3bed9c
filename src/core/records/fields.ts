import { isWellFormed } from '../../base/utf8';
import { SnapdirError } from '../errors';
import { isHex64, type RecordId, type SnapshotId } from '../ids';
import { checkPathForm } from '../paths';
import { checkName } from '../refName';
import type { LinkEntry, RelPath } from '../tree';

/** Limits that keep a forged record from costing more than it can be worth. */
export const RECORD_LIMITS = {
  bytes: 64 * 1024 * 1024,
  message: 20_000,
  author: 300,
  tags: 100,
  patterns: 1_000,
  text: 4_096,
  linkTarget: 65_536,
  list: 1_000_000,
  /** 9999-12-31T23:59:59.999Z */
  time: 253_402_300_799_999,
} as const;

/** @throws PARSE */
export function refuseRecord(reason: string): never {
  throw new SnapdirError('PARSE', { what: 'record', reason });
}

/** Checks one field: gives its value back typed, or throws PARSE naming the field. */
export type Check<T> = (value: unknown, field: string) => T;

export const text =
  (maxLength: number): Check<string> =>
  (value, field) => {
    if (typeof value !== 'string' || value.length > maxLength || !isWellFormed(value)) {
      refuseRecord(`"${field}" is not a text of at most ${maxLength} characters`);
    }
    return value;
  };

export const flag: Check<boolean> = (value, field) =>
  typeof value === 'boolean' ? value : refuseRecord(`"${field}" is not true or false`);

export const count: Check<number> = (value, field) =>
  Number.isSafeInteger(value) && (value as number) >= 0
    ? (value as number)
    : refuseRecord(`"${field}" is not a whole number`);

export const time: Check<number> = (value, field) => {
  const ms = count(value, field);
  return ms <= RECORD_LIMITS.time ? ms : refuseRecord(`"${field}" is not a time`);
};

function hex64(value: unknown, field: string): string {
  return typeof value === 'string' && isHex64(value)
    ? value
    : refuseRecord(`"${field}" is not an id`);
}

/** The id of a record or checkpoint. */
export const recordId = hex64 as Check<RecordId>;
export const snapshotId = hex64 as Check<SnapshotId>;

export const oneOf =
  <T extends string>(...allowed: T[]): Check<T> =>
  (value, field) =>
    allowed.find((one) => one === value) ?? refuseRecord(`"${field}" is not known`);

export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, field) =>
    value === null ? null : check(value, field);

export const list =
  <T>(check: Check<T>, maxLength: number = RECORD_LIMITS.list): Check<T[]> =>
  (value, field) => {
    if (!Array.isArray(value) || value.length > maxLength) {
      refuseRecord(`"${field}" is not a list of at most ${maxLength}`);
    }
    return value.map((item: unknown) => check(item, field));
  };

/**
 * A path inside the folder. Its form only: a take without exclude rules may hold protected names, and
 * whoever writes at a path checks it again with `checkRelPath`.
 */
export const path: Check<RelPath> = (value, field) => {
  if (typeof value !== 'string') {
    refuseRecord(`"${field}" is not a path`);
  }
  try {
    checkPathForm(value);
  } catch {
    refuseRecord(`"${field}" holds an unsafe path`);
  }
  return value;
};

export const name =
  (what: 'ref' | 'tag'): Check<string> =>
  (value, field) => {
    const one = text(RECORD_LIMITS.text)(value, field);
    try {
      checkName(one, what);
    } catch {
      refuseRecord(`"${field}" is not a name for a ${what}`);
    }
    return one;
  };

/** A JSON object; only its own fields count. */
export const object: Check<Record<string, unknown>> = (value, field) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuseRecord(`"${field}" is not an object`);
  }
  return value as Record<string, unknown>;
};

/** A check for an object whose fields are each checked; the result has them in this order, and no other. */
export const shape =
  <T>(checks: { [K in keyof T]-?: Check<T[K]> }): Check<T> =>
  (value, field) => {
    const from = object(value, field);
    const result: Partial<T> = {};
    for (const key of Object.keys(checks) as (keyof T & string)[]) {
      const checked = checks[key](Object.hasOwn(from, key) ? from[key] : undefined, key);
      // A missing optional field stays missing: `undefined` is no value in JSON.
      if (checked !== undefined) {
        result[key] = checked;
      }
    }
    return result as T;
  };

export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value, field) =>
    value === undefined ? undefined : check(value, field);

/** Snapshots by others that they take the place of, sorted. */
export const snapshotPairs: Check<Record<SnapshotId, SnapshotId>> = bySnapshot(snapshotId);

/** Something of each of several snapshots, in one order. */
export function bySnapshot<T>(check: Check<T>): Check<Record<SnapshotId, T>> {
  return (value, field) => {
    const pairs = Object.entries(object(value, field));
    if (pairs.length > RECORD_LIMITS.list) {
      refuseRecord(`"${field}" has more than ${RECORD_LIMITS.list} entries`);
    }
    const checked: Record<SnapshotId, T> = {};
    for (const [snapshot, one] of pairs.sort(([a], [b]) => (a < b ? -1 : 1))) {
      checked[snapshotId(snapshot, field)] = check(one, field);
    }
    return checked;
  };
}

/** Links, which no manifest has. */
export const links: Check<LinkEntry[]> = list(
  shape<LinkEntry>({ path, target: text(RECORD_LIMITS.linkTarget) }),
);
