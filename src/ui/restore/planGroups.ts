import type { PlanItem, RestorePlan } from '../../core/engine';
import type { RelPath } from '../../core/tree';

/**
 * What a file of a plan is shown under, in this order; a file is in the first group that fits.
 * `runs`: an editor would run it; `unsaved`: an editor holds changes; `changed`: it differs from the last
 * snapshot, so only the safety snapshot will have it.
 */
export const PLAN_GROUPS = ['runs', 'unsaved', 'changed', 'overwrite', 'create', 'delete'] as const;
export type PlanGroup = (typeof PLAN_GROUPS)[number];

/** What is known of the folder beside the plan. */
export interface PlanFacts {
  /** With unsaved changes in an editor. */
  unsaved: ReadonlySet<RelPath>;
  /** Changed since the last snapshot. */
  changed: ReadonlySet<RelPath>;
  /** An editor would run these on its own: tasks, settings, hooks. Not ticked by itself. */
  runs: ReadonlySet<RelPath>;
}

/** The rows of a plan: files, links, and folders that no row below tells of. Sorted by path in each group. */
export function groupPlan(
  items: readonly PlanItem[],
  facts: PlanFacts,
): { group: PlanGroup; items: PlanItem[] }[] {
  const groups = new Map<PlanGroup, PlanItem[]>();
  for (const item of planRows(items, facts)) {
    const group = groupOf(item, facts);
    const found = groups.get(group) ?? [];
    found.push(item);
    groups.set(group, found);
  }
  return PLAN_GROUPS.flatMap((group) => {
    const found = groups.get(group);
    return found === undefined ? [] : [{ group, items: found.sort(byPath) }];
  });
}

function byPath(a: PlanItem, b: PlanItem): number {
  return a.path < b.path ? -1 : Number(a.path > b.path);
}

/** What a person can tick: one row for each path. */
export function planRows(
  items: readonly PlanItem[],
  facts: Pick<PlanFacts, 'unsaved'>,
): PlanItem[] {
  const parents = new Set<RelPath>();
  for (const { path } of items) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      parents.add(path.slice(0, at));
    }
  }
  // Folders that give way to a file: what is in them goes with it, ticked or not.
  const replaced = new Set(
    items
      .filter(
        ({ action, path, target }) =>
          action === 'create' && target?.kind !== 'dir' && parents.has(path),
      )
      .map(({ path }) => path),
  );
  const rows = new Map<RelPath, PlanItem>();
  for (const item of items) {
    const isFolder = (item.target ?? item.live)?.kind === 'dir';
    // A file that gives way to a folder, or the other way round, is two items: the second one tells.
    if (!(isFolder && parents.has(item.path)) && !isBelow(item.path, replaced)) {
      rows.set(item.path, item);
    }
  }
  for (const path of facts.unsaved) {
    // On disk it is as the snapshot has it: it is the editor's changes that would go.
    if (!rows.has(path)) {
      const file = { kind: 'file' as const };
      rows.set(path, { action: 'overwrite', path, live: file, target: file });
    }
  }
  return [...rows.values()];
}

function isBelow(path: RelPath, folders: ReadonlySet<RelPath>): boolean {
  for (
    let at = path.lastIndexOf('/');
    folders.size > 0 && at > 0;
    at = path.lastIndexOf('/', at - 1)
  ) {
    if (folders.has(path.slice(0, at))) {
      return true;
    }
  }
  return false;
}

function groupOf({ action, path }: PlanItem, facts: PlanFacts): PlanGroup {
  if (facts.runs.has(path) && action !== 'delete') {
    return 'runs';
  }
  if (facts.unsaved.has(path)) {
    return 'unsaved';
  }
  return facts.changed.has(path) && action !== 'create' ? 'changed' : action;
}

/** More ticked paths than this come as the folders that hold them. */
const MANY = 1_000;

/**
 * The paths to restore so that exactly the ticked rows come about; undefined: everything that was asked for.
 * Folders that no row tells of come by themselves where something below them is ticked.
 */
export function tickedPaths(
  rows: readonly PlanItem[],
  unticked: ReadonlySet<RelPath>,
): RelPath[] | undefined {
  if (!rows.some(({ path }) => unticked.has(path))) {
    return undefined;
  }
  const ticked = rows.map(({ path }) => path).filter((path) => !unticked.has(path));
  if (ticked.length <= MANY) {
    return ticked;
  }
  const mixed = new Set<RelPath>(['']);
  for (const { path } of rows.filter((row) => unticked.has(row.path))) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      mixed.add(path.slice(0, at));
    }
  }
  return [...new Set(ticked.map((path) => outermostWhole(path, mixed)))];
}

/** The highest folder above a path in which every row is ticked; the path itself where there is none. */
function outermostWhole(path: RelPath, mixed: ReadonlySet<RelPath>): RelPath {
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const folder = path.slice(0, at);
    if (!mixed.has(folder)) {
      return folder;
    }
  }
  return path;
}

/** Whether two plans do the same to every path but `apart`: what a person agreed to is what will happen. */
export function samePlan(
  a: RestorePlan,
  b: RestorePlan,
  apart: ReadonlySet<RelPath> = new Set(),
): boolean {
  const text = (plan: RestorePlan): string =>
    JSON.stringify(plan.items.filter(({ path }) => !apart.has(path)));
  return a.fingerprint === b.fingerprint || text(a) === text(b);
}
