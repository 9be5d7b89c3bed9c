import { parseRemote, type Remote } from '../../core/remote';
import { GIT_STORE } from '../../core/storageMode';

/** A store as settings have it. */
export type StoreEntry =
  | { kind: 'remote'; name: string; remote: Remote; isDefault: boolean }
  | { kind: 'git'; name: string; isDefault: boolean }
  /** Its settings cannot be used. */
  | { kind: 'broken'; name: string; error: unknown; isDefault: boolean };

/** What settings say of the Git store. */
export const GIT_FIELDS = { url: 'git:' } as const;

/** The Git store of a folder's own repository where settings say nothing of it. */
export const FOUND_GIT: StoreEntry = { kind: 'git', name: GIT_STORE, isDefault: false };

/** A store that cannot be used may have been a bucket when its keys were entered. */
export function mayHaveKeys(entry: StoreEntry): boolean {
  return isBucket(entry) || entry.kind === 'broken';
}

/** Whether a store is in S3. */
export function isBucket(entry: StoreEntry): boolean {
  return entry.kind === 'remote' && entry.remote.place.kind === 's3';
}

/** What settings say of a store, read. */
export function entryOf(name: string, fields: unknown, isDefault: boolean): StoreEntry {
  if (name === GIT_STORE) {
    return { kind: 'git', name, isDefault };
  }
  try {
    const known = typeof fields === 'object' && fields !== null ? fields : {};
    return { kind: 'remote', name, remote: parseRemote(name, { ...known }), isDefault };
  } catch (error) {
    return { kind: 'broken', name, error, isDefault };
  }
}
