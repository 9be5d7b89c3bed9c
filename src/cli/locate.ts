import { existsSync, lstatSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { PROMOTED_MANIFEST } from '../core/promotion/promotedManifest';
import type { RelPath } from '../core/tree';
import { displayName } from './escape';
import { UsageError } from './usageError';

/** Where the command was started: the working folder, or what `-C` says. */
export interface Start {
  /** Absolute. Relative paths in arguments start here. */
  dir: string;
  /** Whether `dir` itself is the folder (`-C`); otherwise the nearest parent with a store is looked for. */
  exact: boolean;
}

function hasStore(dir: string): boolean {
  try {
    const stat = lstatSync(join(dir, '.snapdir'));
    // A link is found too, so that the engine can refuse it by name.
    return stat.isDirectory() || stat.isSymbolicLink();
  } catch {
    return false;
  }
}

/** The nearest folder, `dir` or above, that has a store. */
export function nearestRepository(dir: string): string | undefined {
  for (let at = dir; ; at = dirname(at)) {
    if (hasStore(at)) {
      return at;
    }
    if (dirname(at) === at) {
      return undefined;
    }
  }
}

/** The folder that most commands work on. */
export function repositoryRoot(start: Start): string {
  return start.exact ? start.dir : (nearestRepository(start.dir) ?? start.dir);
}

/** The folder whose `snapdir.json` is meant: the nearest with one, or with a store. A clone has no store. */
export function manifestRoot(start: Start): string {
  for (let at = start.dir; !start.exact; at = dirname(at)) {
    if (hasStore(at) || existsSync(join(at, PROMOTED_MANIFEST))) {
      return at;
    }
    if (dirname(at) === at) {
      break;
    }
  }
  return start.dir;
}

/** A path argument as a path inside the folder. */
export function pathInside(root: string, start: Start, argument: string): RelPath {
  const inside = relative(root, resolve(start.dir, argument));
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new UsageError(
      `${displayName(argument)} is outside of ${displayName(root)}. Paths must lie in the folder; -C DIR chooses another one.`,
    );
  }
  return inside.split(sep).join('/');
}
