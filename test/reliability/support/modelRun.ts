import assert from 'node:assert/strict';
import { SnapdirError } from '../../../src/core/errors';
import type { ExcludeRules, Trigger } from '../../../src/core/records';
import { quietControl } from '../../../src/engine/context';
import { deleteCheckpoints, setRef } from '../../../src/engine/methods/edit';
import { collectGarbage } from '../../../src/engine/store/collectGarbage';
import { loadHistory } from '../../../src/engine/store/records';
import { recoverUnclean } from '../../../src/engine/store/unclean';
import { pendingRestore } from '../../../src/engine/worktree/restore/pendingRestore';
import { recoverRestore } from '../../../src/engine/worktree/restore/recoverRestore';
import { restore } from '../../../src/engine/worktree/restore/restore';
import { undo } from '../../../src/engine/worktree/restore/undo';
import { take } from '../../../src/engine/worktree/take';
import type { MemoryFs } from '../../crash/memoryFs';
import { checkListed, filesOf, viewStore } from '../../crash/oracle';
import {
  edit,
  memoryWith,
  startProcess,
  treeOf,
  type Content,
  type Process,
} from '../../crash/processes';

type Seen = Record<string, string>;

const rules: ExcludeRules = { useIgnoreFiles: false, patterns: [], noIgnore: true };
const DAY_NS = 24n * 3_600_000_000_000n;
const NAMES = ['a', 'b', 'C', 'é', 'd/e', 'd/f', 'd', 'g/h/i', 'g/h', '🙂'];

/** One step of a sequence. Numbers choose among what there is, so that any sequence can be shortened. */
export interface Step {
  what: 'edit' | 'take' | 'auto' | 'restore' | 'undo' | 'delete' | 'promote' | 'gc' | 'restart';
  which: number;
  /** The call at which the process is killed; 0: it is not. */
  stopAt: number;
}

/** Plays steps on the engine and on a plain model of what it must do, side by side. */
export class ModelRun {
  private readonly fs: { now: MemoryFs };
  private process: Process;
  /** What every checkpoint that must be listed holds. */
  private readonly known = new Map<string, Seen>();
  private readonly refs = new Map<string, string>();
  /** The name under way: after a kill it stands for the one before or for this one. */
  private promoting: { name: string; id: string } | undefined;
  /** What an undo would bring back; undefined when something else happened since. */
  private back: { undo: Seen; what: 'undo' | 'redo' } | undefined;
  /** What the restore under way makes of the folder. */
  private goal: Seen | undefined;
  kills = 0;

  constructor() {
    this.fs = { now: memoryWith({ 'base/1': '1', 'base/2': '2' }) };
    this.process = startProcess(this.fs.now);
  }

  step(step: Step): void {
    const before = this.tree();
    const stops = step.stopAt > 0 && step.what !== 'edit';
    this.goal = undefined;
    this.fs.now.stopAt = stops ? this.fs.now.calls + step.stopAt : Infinity;
    try {
      this.run(step);
    } catch (error) {
      if (this.fs.now.alive) {
        throw error;
      }
    }
    if (this.fs.now.alive) {
      this.fs.now.stopAt = Infinity;
    } else {
      this.recover(before, step.which % 2 === 0 ? 'finish' : 'undo');
    }
    this.fs.now.time += 60_000_000_000n;
    this.check();
  }

  end(): void {
    this.process.end();
  }

  private tree(): Seen {
    return treeOf(this.fs.now.table);
  }

  private pick(which: number): string | undefined {
    const ids = [...this.known.keys()];
    return ids[which % Math.max(1, ids.length)];
  }

  private run({ what, which }: Step): void {
    const { env } = this.process;
    switch (what) {
      case 'edit':
        return this.edit(which);
      case 'take':
      case 'auto':
        return this.take(what === 'auto' ? 'auto' : 'manual');
      case 'restore':
        return this.restore(this.pick(which));
      case 'undo':
        return this.undo();
      case 'delete':
        return this.delete(this.pick(which));
      case 'promote': {
        const id = this.pick(which);
        if (id !== undefined) {
          const name = `ref${which % 3}`;
          this.promoting = { name, id };
          setRef(env, this.process.open(), { name, rev: id }, quietControl);
          this.refs.set(name, id);
          this.promoting = undefined;
        }
        return;
      }
      case 'gc':
        return this.collect(BigInt(which % 20));
      case 'restart':
        return this.restart();
    }
  }

  private edit(which: number): void {
    this.back = undefined;
    const kinds: Content[] = ['one', `text ${which}`, { link: 'a' }, null, { dir: 0o755 }, 'two'];
    const path = NAMES[which % NAMES.length]!;
    const above = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= above.length; depth++) {
      const parent = above.slice(0, depth).join('/');
      if (!['dir', undefined].includes(this.fs.now.lstat(`/folder/${parent}`)?.kind)) {
        edit(this.fs.now, { [parent]: null });
      }
    }
    edit(this.fs.now, { [path]: kinds[Math.floor(which / NAMES.length) % kinds.length]! });
  }

  private take(trigger: Trigger): void {
    const { env, open } = this.process;
    const tree = this.tree();
    const { checkpoint } = take(env, open(), { trigger, rules }, quietControl);
    this.known.set(checkpoint.id, tree);
  }

  private restore(id: string | undefined): void {
    if (id === undefined) {
      return;
    }
    const { env, open } = this.process;
    const before = this.tree();
    this.goal = this.known.get(id);
    const { safety } = restore(env, open(), { rev: id, exact: true, rules }, quietControl);
    assert.deepEqual(this.tree(), this.known.get(id), 'restored');
    if (safety !== null) {
      this.known.set(safety, before);
      this.back = { undo: before, what: 'undo' };
    }
  }

  private undo(): void {
    if (this.back === undefined) {
      return;
    }
    const { what } = this.back;
    this.goal = this.back.undo;
    const before = this.tree();
    const { safety } = undo(this.process.env, this.process.open(), { what, rules }, quietControl);
    assert.deepEqual(this.tree(), this.back.undo, what);
    this.back = { undo: before, what: what === 'undo' ? 'redo' : 'undo' };
    if (safety !== null) {
      this.known.set(safety, before);
    }
  }

  private delete(id: string | undefined): void {
    if (id === undefined) {
      return;
    }
    const named = [...this.refs.values()].includes(id);
    try {
      deleteCheckpoints(this.process.env, this.process.open(), { revs: [id] });
      assert.ok(!named, 'what a ref names was deleted');
      this.known.delete(id);
    } catch (error) {
      if (!(named && SnapdirError.is(error, 'INVALID_ARGUMENT'))) {
        // Killed: it may be listed or not.
        this.known.delete(id);
        throw error;
      }
    }
  }

  private collect(days: bigint): void {
    this.fs.now.time += days * DAY_NS;
    try {
      collectGarbage(this.process.env, this.process.open(), { dryRun: false }, quietControl);
    } catch (error) {
      // So many days without anything but kills look like a clock that jumped (H51).
      if (!SnapdirError.is(error, 'STORE_UNSAFE')) {
        throw error;
      }
    }
  }

  private restart(): void {
    this.process.end();
    this.process = startProcess(this.fs.now);
  }

  /** After a kill: another process finishes or undoes what was under way. */
  private recover(before: Seen, action: 'finish' | 'undo'): void {
    this.kills++;
    this.back = undefined;
    this.process.end();
    this.fs.now = this.fs.now.fork();
    this.fs.now.time += 60_000_000_000n;
    this.process = startProcess(this.fs.now);
    const { env, find } = this.process;
    const store = find();
    if (store === undefined) {
      return;
    }
    recoverUnclean(env, store, quietControl);
    if (pendingRestore(env, store) !== null) {
      recoverRestore(env, store, { action, rules }, quietControl);
      assert.equal(pendingRestore(env, store), null);
      const expected = action === 'undo' ? before : this.goal;
      assert.deepEqual(this.tree(), expected, `${action} after a kill`);
    }
    const { promoting } = this;
    this.promoting = undefined;
    const { refs } = loadHistory(env, store).history;
    if (promoting !== undefined && refs.get(promoting.name) === promoting.id) {
      this.refs.set(promoting.name, promoting.id);
    }
    assert.deepEqual([...refs].sort(), [...this.refs].sort(), 'names after a kill');
  }

  private check(): void {
    const view = viewStore(this.fs.now.table);
    const listed = checkListed(view);
    assert.deepEqual(view.broken, []);
    for (const [id, tree] of this.known) {
      assert.ok(listed.has(id), `checkpoint ${id.slice(0, 8)} is gone`);
      const files = Object.entries(tree).filter(([path]) => !path.endsWith('/'));
      assert.deepEqual(filesOf(view, id), Object.fromEntries(files));
    }
  }
}
