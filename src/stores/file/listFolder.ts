import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../../base/abort';
import type { StoreCall, StoreEntry } from '../../core/permanentStore';
import { isKey } from '../../core/storeKeys';
import { errnoOf } from './folder';

/**
 * The files below a folder as keys, in the order of the keys' bytes: a folder `a` counts as `a/`, so `a-b` comes before
 * what is in it. Links, and names that are no part of a key, are passed over.
 */
export async function* listFolder(
  root: string,
  prefix: string,
  call: StoreCall & { startAfter?: string },
): AsyncGenerator<StoreEntry, void, undefined> {
  yield* below(root, '', { prefix, startAfter: call.startAfter ?? '', call });
}

interface Wanted {
  prefix: string;
  startAfter: string;
  call: StoreCall;
}

async function* below(
  path: string,
  base: string,
  wanted: Wanted,
): AsyncGenerator<StoreEntry, void, undefined> {
  throwIfCancelled(wanted.call.signal);
  for (const name of await namesIn(path, base)) {
    const key = base + name;
    if (name.endsWith('/')) {
      if (mayHold(key, wanted)) {
        yield* below(join(path, name.slice(0, -1)), key, wanted);
      }
    } else if (key.startsWith(wanted.prefix) && key > wanted.startAfter) {
      const stat = await lstat(join(path, name)).catch(() => undefined);
      if (stat?.isFile() === true) {
        yield { key, size: stat.size, modifiedMs: stat.mtimeMs };
      }
    }
  }
}

/** Names in their order, folders with a slash. A folder that went away meanwhile is empty. */
async function namesIn(path: string, base: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => (entry.isDirectory() || entry.isFile()) && isKey(base + entry.name))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && base !== '') {
      return [];
    }
    throw error;
  }
}

/** Whether keys that begin with `folder` can be asked for. */
function mayHold(folder: string, { prefix, startAfter }: Wanted): boolean {
  const fits = folder.startsWith(prefix) || prefix.startsWith(folder);
  return fits && (startAfter.startsWith(folder) || folder > startAfter);
}
