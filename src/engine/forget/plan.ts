import type { ForgetResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { History } from '../../core/history';
import type { LoggedTake } from '../../core/history/log';
import { hashText } from '../../core/hasher';
import type { SnapshotId } from '../../core/ids';
import { fitting } from '../../core/messageSize';
import { checkRelPath, inScope, parentOf } from '../../core/paths';
import type { RelPath } from '../../core/tree';
import { blake3 } from '../hashing/blake3';
import { healthLook } from '../methods/trees';
import { loadHistory } from '../store/records';
import { contentPath, findInTrash } from '../store/trash';
import { findLinks } from './links';
import { allManifests, bySnapshot, textOf, type Work } from './manifests';
import { namesOf } from './names';
import { Contents, entriesAt, findHolders, findOthers, unlessUnreadable } from './survey';

/** What a forgetting comes to. */
export interface Plan {
  paths: RelPath[];
  /** Snapshots that hold one of the paths. */
  holders: SnapshotId[];
  /** Takes that have a link at one of them; their snapshots may hold nothing there. */
  links: LoggedTake[];
  /** What is left of snapshots that were replaced earlier: that forgetting was cut off. */
  leftovers: SnapshotId[];
  contents: Contents;
  /** Row of what something else needs → a path that does. */
  named: Map<number, RelPath>;
  result: ForgetResult;
}

/** Of more than these the result tells only how many there are. */
const NAMED = 1_000;
const LISTED = 100;
const UNREADABLE_NAMED = 20;

/**
 * The paths of a request, without those that lie below another one.
 * @throws INVALID_ARGUMENT (none, or the whole folder), UNSAFE_PATH
 */
export function checkPaths(asked: readonly RelPath[]): RelPath[] {
  const refuse = (is: 'nothing-named' | 'whole-folder'): never => {
    throw new SnapdirError('INVALID_ARGUMENT', { argument: 'path', reason: { is } });
  };
  if (asked.length === 0) {
    refuse('nothing-named');
  }
  const unique = [...new Set(asked)].sort();
  for (const path of unique) {
    if (path === '') {
      refuse('whole-folder');
    }
    checkRelPath(path);
  }
  return unique.filter((path) => !inScope(parentOf(path), unique));
}

/**
 * Looks at every manifest. Nothing is written.
 * @throws SNAPSHOTS_UNREADABLE, IO, AbortError
 */
export function makePlan(work: Work, paths: RelPath[]): Plan {
  const { history } = loadHistory(work.env, work.store);
  const { gone } = history.forgetting;
  const living = bySnapshot(history.checkpoints);
  const onDisk = allManifests(work);
  const snapshots = new Set([...living.keys(), ...onDisk].filter((one) => !gone.has(one)));
  const contents = new Contents();
  const unread: LoggedTake[] = [];
  const holders = findHolders(work, { paths, snapshots, contents }, (snapshot) =>
    unread.push(...(living.get(snapshot) ?? [])),
  );
  refuseUnread(unread);
  const leftovers = [...onDisk].filter((snapshot) => gone.has(snapshot));
  addLeftovers(work, history, leftovers, contents);
  const going = new Set(holders);
  const leaves = (snapshot: SnapshotId, path: RelPath): boolean =>
    going.has(snapshot) && inScope(path, paths);
  const named = new Map<number, RelPath>();
  findOthers(work, { contents, snapshots, leaves }, named);
  const links = findLinks(work, history, paths);
  const plan = { paths, holders, links, leftovers, contents, named };
  return { ...plan, result: resultOf(work, plan, living) };
}

function refuseUnread(takes: readonly LoggedTake[]): void {
  if (takes.length > 0) {
    const checkpoints = takes.slice(0, UNREADABLE_NAMED).map(({ id }) => id);
    throw new SnapdirError('SNAPSHOTS_UNREADABLE', { checkpoints, count: takes.length });
  }
}

/** What an earlier forgetting, cut off, was about to delete. */
function addLeftovers(
  work: Work,
  { forgetting }: History,
  leftovers: readonly SnapshotId[],
  contents: Contents,
): void {
  for (const snapshot of leftovers) {
    const paths = forgetting.records.flatMap((record) =>
      Object.hasOwn(record.replaced, snapshot) ? record.paths : [],
    );
    const text = unlessUnreadable(() => textOf(work, snapshot));
    for (const entry of text === undefined ? [] : entriesAt(text, paths)) {
      if (entry.type === 'F') {
        contents.add(entry);
      }
    }
  }
}

function resultOf(
  work: Work,
  plan: Omit<Plan, 'result'>,
  living: ReadonlyMap<SnapshotId, LoggedTake[]>,
): ForgetResult {
  const { env, store } = work;
  const { history } = loadHistory(env, store);
  const { paths, holders, links, contents, named } = plan;
  const concerned = new Set([...holders, ...links.map(({ snapshot }) => snapshot)]);
  const listed = holders.flatMap((snapshot) => living.get(snapshot) ?? []);
  const takes = [...new Set([...listed, ...links.filter(({ id }) => history.isLiving(id))])];
  takes.sort((a, b) => b.time - a.time);
  const isListed = new Set(takes.map(({ snapshot }) => snapshot));
  const unlisted = [...concerned].filter((snapshot) => !isListed.has(snapshot)).length;
  const rows = Array.from({ length: contents.length }, (_, row) => row);
  const kept = rows.filter((row) => named.has(row));
  const going = rows.filter((row) => !named.has(row) && isStored(work, contents.hex(row)));
  const withHealth = healthLook(env, store);
  const named20 = takes.slice(0, NAMED).map(({ id }) => withHealth(history.toInfo(id)));
  return {
    ...{ dryRun: true, paths, operations: [], snapshots: takes.length, unlisted },
    checkpoints: fitting(named20, MESSAGE_BYTES),
    objects: going.length,
    bytes: going.reduce((sum, row) => sum + contents.sizes[row]!, 0),
    kept: kept
      .slice(0, LISTED)
      .map((row) => ({ path: contents.paths[row]!, keptIn: named.get(row)! })),
    keptCount: kept.length,
    promoted: namesOf(history, takenAs(history, concerned)).slice(0, LISTED),
    links: links.length,
    underWay: 0,
    fingerprint: hashText([...paths, '', ...[...concerned].toSorted()].join('\n'), blake3),
  };
}

const MESSAGE_BYTES = 300_000;

/** Every take of the snapshots, deleted ones too: what was promoted is in the permanent stores all the same. */
function takenAs({ records }: History, snapshots: ReadonlySet<SnapshotId>): LoggedTake[] {
  return records.filter((one) => one.kind === 'take').filter((one) => snapshots.has(one.snapshot));
}

/** Whether any copy of a content is there. */
export function isStored({ env, store, vault }: Work, hex: string): boolean {
  return (
    env.fs.lstat(contentPath(store, 'objects', hex)) !== undefined ||
    findInTrash(env, store, 'objects', hex) !== undefined ||
    (vault !== undefined && env.fs.lstat(contentPath(vault, 'objects', hex)) !== undefined)
  );
}
