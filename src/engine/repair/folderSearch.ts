import { throwIfCancelled } from '../../base/abort';
import { isProtectedName, PATH_LIMITS } from '../../core/paths';
import type { RepairSource } from '../../core/engine';
import type { Control, EngineEnv } from '../context';
import { join } from '../disk/durable';
import { attempt, readPieces, type Candidate } from './placeContent';
import type { Source } from './sources';

interface Searched {
  folder: string;
  sizes: ReadonlySet<number>;
  unread: (path: string) => void;
}

/**
 * Looks for content among the files of a folder: those that have the size are hashed, each once, whatever
 * ignore rules say. Links are not followed.
 * @param of.sizes the sizes that matter; `unread` is told of what could not be looked at
 */
export function folderSource(
  env: EngineEnv,
  of: Searched & { source: RepairSource },
  control: Control,
): Source {
  const { source, unread } = of;
  let bySize: Map<number, string[]> | undefined;
  const checksums = new Map<string, string | undefined>();
  const checksumOf = (path: string): string | undefined => {
    if (!checksums.has(path)) {
      checksums.set(path, readPieces(env, path, control, { unread })?.checksum);
    }
    return checksums.get(path);
  };
  return {
    *candidates({ kind, hex }, size): Generator<Candidate> {
      if (kind !== 'objects' || size === undefined) {
        return;
      }
      bySize ??= filesBySize(env, of, control);
      for (const path of bySize.get(size) ?? []) {
        if (checksumOf(path) === hex) {
          yield { source, from: path };
        }
      }
    },
  };
}

function filesBySize(
  env: EngineEnv,
  { folder, sizes, unread }: Searched,
  control: Control,
): Map<number, string[]> {
  const found = new Map<number, string[]>();
  const folders: { path: string; depth: number }[] = [{ path: folder, depth: 0 }];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    const { path, depth } = at;
    throwIfCancelled(control.signal);
    control.progress({ phase: 'scan', done: found.size, total: 0 });
    for (const entry of attempt(
      () => env.fs.readdir(path),
      () => unread(path),
    ) ?? []) {
      const below = join(path, entry.name);
      if (!entry.valid || isProtectedName(entry.name)) {
        continue;
      }
      if (entry.kind === 'dir' && depth < PATH_LIMITS.depth) {
        folders.push({ path: below, depth: depth + 1 });
      } else if (entry.kind === 'file') {
        const size = attempt(
          () => env.fs.lstat(below),
          () => unread(below),
        )?.size;
        if (size !== undefined && sizes.has(size)) {
          const same = found.get(size) ?? [];
          same.push(below);
          found.set(size, same);
        }
      }
    }
  }
  return found;
}
