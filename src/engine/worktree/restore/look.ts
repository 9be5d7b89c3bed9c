import { baseName, inScope, isProtectedName, isWithin, parentOf } from '../../../core/paths';
import type { FailureReason } from '../../../core/failureReason';
import type { PathFailure } from '../../../core/records';
import { planFingerprint, planRestore, type PlannedRestore } from '../../../core/restorePlan';
import type { RelPath, Tree } from '../../../core/tree';
import type { Control, EngineEnv } from '../../context';
import { probeNames, type NameRules } from '../../disk/nameProbe';
import { blake3 } from '../../hashing/blake3';
import type { Store } from '../../store/storeRoot';
import { scanLive } from '../liveTree';
import { findHidden, pathIndex } from './hidden';
import type { Intent } from './intent';
import { deepFirst, MODE_MASK } from './steps';
import { scriptJudge, type ScriptJudge } from './foreignScripts';
import { changing, findRunnable, NOTHING_WITHHELD } from './withhold';

/** The folder as it is, and what would bring it to the intent. */
export interface Look {
  live: Tree;
  /** Without what must not or cannot be touched. */
  target: Tree;
  /** Captured although rules leave them out. */
  force: RelPath[];
  /** Paths that are left alone, with the reason. */
  refused: PathFailure[];
  /** Above or at which nothing is planned. */
  blocked: ReadonlySet<RelPath>;
  planned: PlannedRestore;
  /** Files that differ and are left as they are because an editor or Git would run them (H45). */
  withheld: RelPath[];
  /** Names the plan; made when it is asked for. */
  readonly fingerprint: () => string;
  names: NameRules;
}

/** How names compare on the workspace's file system, as far as a read-only store lets us find out. */
export function nameRulesOf(env: EngineEnv, store: Store): NameRules {
  const sameDisk = env.fs.lstat(store.root)?.dev === env.fs.lstat(store.tmp)?.dev;
  if (store.readOnly === null && sameDisk) {
    return probeNames(env, store.tmp);
  }
  const usuallyFolds = env.platform === 'win32' || env.platform === 'darwin';
  return { foldsCase: usuallyFolds, foldsAccents: env.platform === 'darwin' };
}

/**
 * Looks at the folder within the intent's scope and plans. What is in reach but not captured by the
 * scan is captured by force; what cannot be captured is left alone and reported.
 */
export function lookAt(env: EngineEnv, store: Store, intent: Intent, control: Control): Look {
  const { rules, scope } = intent;
  const names = nameRulesOf(env, store);
  const first = scanLive(env, store, { rules, scope }, control);
  const hidden = findHidden(env, store, intent, pathIndex(first.tree, names));
  const above = (path: RelPath): boolean => !inScope(path, scope);
  // A link or file above the scope is not ours to replace: what is asked for below it is refused.
  const force = hidden
    .filter(({ kind }) => kind !== 'special' && kind !== 'unreadable')
    .filter(({ path, kind }) => kind === 'dir' || !above(path))
    .map(({ path }) => path);
  const scan = force.length === 0 ? first : scanLive(env, store, { rules, scope, force }, control);
  const isCaptured = pathIndex(scan.tree, names);
  const blocked = new Map<RelPath, FailureReason>();
  for (const { path, kind } of hidden) {
    if (!isCaptured(path)) {
      blocked.set(path, above(path) ? `in-the-way:${kind}` : `not-captured:${kind}`);
    }
  }
  for (const { path, reason } of scan.skipped) {
    if (reason !== 'vanished') {
      blocked.set(path, `not-captured:${reason}`);
    }
  }
  const unreadable = scan.skipped
    .filter(({ reason }) => reason === 'unreadable')
    .map(({ path }) => path);
  const { platform } = env;
  const brings = scriptJudge(env, store, scan.tree, control);
  return plan(intent, { live: scan.tree, force, blocked, unreadable, names, platform, brings });
}

interface Seen {
  live: Tree;
  force: RelPath[];
  blocked: ReadonlyMap<RelPath, FailureReason>;
  unreadable: readonly RelPath[];
  names: NameRules;
  platform: string;
  brings: ScriptJudge;
}

function plan(intent: Intent, seen: Seen): Look {
  const refused: PathFailure[] = [];
  const all = withoutUntouchable(intent.target, seen.blocked, (path, reason) => {
    const asked = inScope(path, intent.scope) || intent.scope!.some((one) => isWithin(one, path));
    if (asked) {
      refused.push({ path, reason });
    }
  });
  const told = new Set(refused.map(({ path }) => path));
  const stay = seen.unreadable.filter((path) => !told.has(path) && wouldGo(intent, path));
  refused.push(...stay.map((path) => ({ path, reason: seen.blocked.get(path)! })));
  const { live: there, brings } = seen;
  const runnable = intent.withhold ? findRunnable(all, { live: there, brings }) : NOTHING_WITHHELD;
  const blocked = new Map([...seen.blocked, ...runnable.untouched]);
  const live = withoutUntouchable(seen.live, blocked, () => undefined);
  const target = withoutUntouchable(all, runnable.untouched, () => undefined);
  const planned = planWith(intent, live, target, seen.platform);
  return {
    live,
    target,
    force: seen.force,
    refused,
    blocked: new Set(blocked.keys()),
    planned,
    withheld: changing(runnable.files, seen.live, all),
    fingerprint: once(() => planFingerprint(planned, blake3)),
    names: seen.names,
  };
}

/** Whether the intent would delete what is there, could it be captured: then its staying has to be told. */
function wouldGo({ deletion, scope }: Intent, path: RelPath): boolean {
  if (deletion.kind === 'only') {
    return deletion.tree.entries.some((entry) => entry.path === path);
  }
  return deletion.kind === 'exact' && inScope(path, scope);
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

/** The plan from one tree to the other, with the folders that an undone restore had made. */
export function planWith(
  intent: Intent,
  live: Tree,
  target: Tree,
  platform: string,
): PlannedRestore {
  const planned = planRestore(live, target, {
    paths: intent.scope,
    deletion: intent.deletion,
    leave: intent.leave,
    modeMask: platform === 'win32' ? 0 : MODE_MASK,
  });
  if (intent.madeFolders.length === 0) {
    return planned;
  }
  const made = new Set(intent.madeFolders);
  const there = live.entries.filter(({ type, path }) => type === 'D' && made.has(path));
  const items = deepFirst(there).map(({ path, mode }) => ({
    action: 'delete' as const,
    path,
    live: { kind: 'dir' as const, mode },
  }));
  return { ...planned, items: [...planned.items, ...items] };
}

/**
 * A tree without protected names (`.git`, stores) and blocked paths, nor anything below either.
 * @param onDropped told the topmost paths
 */
export function withoutUntouchable(
  tree: Tree,
  blocked: ReadonlyMap<RelPath, FailureReason>,
  onDropped: (path: RelPath, reason: FailureReason) => void,
): Tree {
  const dropped = new Set<RelPath>();
  const keeps = ({ path }: { path: RelPath }): boolean => {
    if (path === '') {
      return true;
    }
    if (dropped.size > 0 && dropped.has(parentOf(path))) {
      dropped.add(path);
      return false;
    }
    const reason = isProtectedName(baseName(path)) ? 'protected' : blocked.get(path);
    if (reason !== undefined) {
      dropped.add(path);
      onDropped(path, reason);
    }
    return reason === undefined;
  };
  // Entries come before what is in them, and links are no folders.
  const entries = tree.entries.filter(keeps);
  const links = tree.links.filter(keeps);
  return dropped.size === 0 ? tree : { entries, links };
}
