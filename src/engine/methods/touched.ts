import { throwIfCancelled } from '../../base/abort';
import type { TimelineParams } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { History } from '../../core/history';
import type { LoggedTake } from '../../core/history/log';
import type { CheckpointId } from '../../core/ids';
import { checkRelPath, isWithin } from '../../core/paths';
import type { Rev } from '../../core/rev';
import type { RelPath } from '../../core/tree';
import type { Control, EngineEnv } from '../context';
import { manifestText } from '../store/manifestText';
import { linksOf } from '../store/records';
import type { Store } from '../store/storeRoot';
import { loadTouchedIndex, saveTouchedIndex, type TouchedIndex } from '../store/touchedIndex';
import { compareAnew } from './comparison';

/** A look for the checkpoints that touch a path. */
export interface TouchLook {
  readonly touches: (take: LoggedTake) => boolean;
  /** Keeps what was found; returns how many checkpoints were not looked at because time was up. */
  finish(): number;
}

/** The indices of this process, by the store's path. */
const indices = new Map<string, TouchedIndex>();
/** What was found of checkpoints that change too much for the index: by store, id, parent and path. */
const compared = new Map<string, boolean>();
const COMPARED_KEPT = 5_000;
/** An index with so many new checkpoints is saved even though the look goes on. */
const SAVE_AFTER = 1_000;

const NO_RULES = { useIgnoreFiles: true, patterns: [], noIgnore: false };

/**
 * The look that a filter asks for; undefined where it names no path. What cannot be read touches nothing.
 * @throws UNSAFE_PATH
 */
export function touchLook(
  env: EngineEnv,
  store: Store,
  history: History,
  { filter, ms = Infinity }: TimelineParams,
  control: Control,
): TouchLook | undefined {
  if (filter?.path === undefined) {
    return undefined;
  }
  checkRelPath(filter.path);
  return new Look({ env, store, history, path: filter.path, control, end: env.clock.now() + ms });
}

interface Task {
  env: EngineEnv;
  store: Store;
  history: History;
  path: RelPath;
  control: Control;
  end: number;
}

class Look implements TouchLook {
  private readonly task: Task;
  private readonly index: TouchedIndex;
  private wanted: Set<number> | undefined;
  private unread = 0;
  private looked = 0;

  constructor(task: Task) {
    this.task = task;
    const { env, store } = task;
    const key = `${store.path} ${store.id}`;
    this.index = indices.get(key) ?? loadTouchedIndex(env, store);
    indices.set(key, this.index);
  }

  readonly touches = (take: LoggedTake): boolean => {
    const { history, path } = this.task;
    const parent = history.parentOf(take.id);
    if (isUnchanged(take, parent === null ? undefined : history.checkpoint(parent))) {
      return false;
    }
    const paths = this.index.get(take.id, parent) ?? this.look(take, parent);
    if (typeof paths === 'boolean') {
      return paths;
    }
    this.wanted ??= this.index.numbersWithin(path);
    const { wanted } = this;
    return paths.some((number) => wanted.has(number));
  };

  finish(): number {
    const { env, store } = this.task;
    const { index, unread } = this;
    if (index.fresh > SAVE_AFTER || (index.fresh > 0 && unread === 0)) {
      saveTouchedIndex(env, store, index);
    }
    return unread;
  }

  /** Compares the checkpoint with its parent: all of it for the index, or this path alone. */
  private look(take: LoggedTake, parent: CheckpointId | null): Uint32Array | boolean {
    const { env, path, control, end } = this.task;
    const key = `${this.task.store.path} ${take.id} ${parent ?? ''} ${path}`;
    const known = compared.get(key);
    if (known !== undefined) {
      return known;
    }
    // However little time there is, each call gets on.
    if (this.looked > 0 && env.clock.now() >= end) {
      this.unread += 1;
      return false;
    }
    throwIfCancelled(control.signal);
    this.looked += 1;
    try {
      const isMany = parent === null || this.index.get(take.id, parent) === null;
      const paths = isMany ? null : this.learn(take, parent);
      return paths ?? keep(key, this.differsAtPath(take, parent));
    } catch (error) {
      if (SnapdirError.is(error)) {
        return false;
      }
      throw error;
    }
  }

  /** Everything that the checkpoint changed, into the index; null where that is too much. */
  private learn(take: LoggedTake, parent: CheckpointId): Uint32Array | null {
    const paths = new Set<RelPath>();
    for (const change of this.compare(take, parent, undefined)) {
      paths.add(change.path);
      if (change.oldPath !== undefined) {
        paths.add(change.oldPath);
      }
    }
    this.index.set(take.id, parent, paths);
    this.wanted = undefined; // there may be new names
    return this.index.get(take.id, parent) ?? null;
  }

  /** A text search tells most of those that have nothing there at all. */
  private differsAtPath(take: LoggedTake, parent: CheckpointId | null): boolean {
    const here = this.holdsPath(take);
    const before = parent === null ? undefined : this.task.history.checkpoint(parent);
    if (before === undefined) {
      return here;
    }
    return (
      (here || this.holdsPath(before)) && this.compare(take, parent, this.task.path).length > 0
    );
  }

  private holdsPath(take: LoggedTake): boolean {
    const { env, store, path, control } = this.task;
    const ours = store.id !== '';
    const text = manifestText(env, store, take.snapshot, { ours, control });
    return (
      text.includes(` ./${path}\n`) ||
      text.includes(` ./${path}/`) ||
      text.subarray(-Buffer.byteLength(path) - 3).toString() === ` ./${path}` ||
      linksOf(env, store, take.id).some((link) => isWithin(link.path, path))
    );
  }

  private compare(
    take: LoggedTake,
    parent: CheckpointId | null,
    path: RelPath | undefined,
  ): ReturnType<typeof compareAnew>['changes'] {
    const { env, store, history, control } = this.task;
    const before = parent === null ? undefined : history.checkpoint(parent);
    const left: Rev = before === undefined ? { kind: 'empty' } : revOf(before);
    const only = path === undefined ? {} : { paths: [path] };
    const params = { left: '', right: '', rules: NO_RULES, ...only };
    return compareAnew(env, store, { params, left, right: revOf(take) }, control).changes;
  }
}

function revOf({ id, snapshot }: LoggedTake): Rev {
  return { kind: 'snapshot', snapshot, checkpointId: id };
}

/** Nothing is read for those that found everything as it was. */
function isUnchanged({ stats, snapshot }: LoggedTake, parent: LoggedTake | undefined): boolean {
  const { added, modified, deleted, renamed } = stats;
  return snapshot === parent?.snapshot && added + modified + deleted + renamed === 0;
}

function keep(key: string, touches: boolean): boolean {
  if (compared.size >= COMPARED_KEPT) {
    compared.clear();
  }
  compared.set(key, touches);
  return touches;
}
