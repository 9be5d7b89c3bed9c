import assert from 'node:assert/strict';
import { nullLogger } from '../../../src/base/logger';
import {
  AutoSnapshots,
  IDLE_MS,
  PATIENCE_MS,
  PAUSE_MS,
  PRUNE_MS,
  QUIET_MS,
} from '../../../src/app/autoSnapshots';
import { Repository } from '../../../src/app/repository';
import type { Engine, PruneParams, TakeParams } from '../../../src/core/engine';
import type { Retention } from '../../../src/core/records';
import { DEFAULT_RETENTION } from '../../../src/core/retention';
import { defaultRules } from '../../support/directEngine';

/** Time that passes when the test says so. */
class Timers {
  private now = 0;
  private waiting: { at: number; then: () => void }[] = [];

  readonly schedule = (milliseconds: number, then: () => void): (() => void) => {
    const one = { at: this.now + milliseconds, then };
    this.waiting.push(one);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== one);
    };
  };

  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      this.waiting.sort((a, b) => a.at - b.at);
      const next = this.waiting[0];
      if (next === undefined || next.at > end) {
        break;
      }
      this.waiting.shift();
      this.now = next.at;
      next.then();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.now = end;
  }
}

interface Setup {
  timers: Timers;
  auto: AutoSnapshots;
  takes: TakeParams[];
  told: string[];
  prunes: PruneParams[];
  state: {
    wholeTaken: boolean;
    failure: Error | undefined;
    pruneFailure: Error | undefined;
    recorded: boolean;
    keep: Retention | undefined;
  };
}

/** The scheduler alone: what the engine does with its calls is tested with the engine. */
function setup(): Setup {
  const timers = new Timers();
  const takes: TakeParams[] = [];
  const told: string[] = [];
  const prunes: PruneParams[] = [];
  const state: Setup['state'] = {
    ...{ wholeTaken: true, failure: undefined, pruneFailure: undefined, recorded: true },
    keep: DEFAULT_RETENTION,
  };
  const engine = {
    location: { root: '/folder' },
    timeline: () => Promise.resolve({ wholeTaken: state.wholeTaken }),
    take: (params: TakeParams) => {
      takes.push(params);
      const { failure, recorded } = state;
      return failure === undefined
        ? Promise.resolve({ recorded, incremental: params.changed !== undefined, checkpoint: {} })
        : Promise.reject(failure);
    },
    prune: (params: PruneParams) => {
      prunes.push(params);
      return state.pruneFailure === undefined
        ? Promise.resolve({ operation: 'id', pruned: 3 })
        : Promise.reject(state.pruneFailure);
    },
    close: () => Promise.resolve(),
  } as unknown as Engine;
  const settings = { rules: defaultRules, maxFileSize: 0 };
  const repository = new Repository({ engine, name: 'folder', settings: () => settings });
  repository.onDidChange(({ kind }) => told.push(kind));
  const auto = new AutoSnapshots(repository, {
    schedule: timers.schedule,
    log: nullLogger,
    keep: () => state.keep,
  });
  return { timers, auto, takes, told, prunes, state };
}

const changedOf = (takes: readonly TakeParams[]): unknown[] => takes.map(({ changed }) => changed);

suite('automatic snapshots', () => {
  test('a burst of changes makes one, of just these paths, then a full look when it is idle', async () => {
    const { timers, auto, takes, told } = setup();
    auto.noteChange('a.txt');
    await timers.pass(QUIET_MS - 1);
    auto.noteChange('b.txt');
    await timers.pass(QUIET_MS - 1);
    assert.equal(takes.length, 0);
    await timers.pass(1);
    assert.deepEqual(changedOf(takes), [['a.txt', 'b.txt']]);
    assert.deepEqual([takes[0]!.trigger, takes[0]!.onlyIfChanged], ['auto', true]);
    await timers.pass(IDLE_MS);
    assert.deepEqual(changedOf(takes), [['a.txt', 'b.txt'], undefined]);
    await timers.pass(10 * IDLE_MS);
    assert.equal(takes.length, 2);
    assert.deepEqual(told, ['taken', 'taken', 'deleted']);
  });

  test('changes that never end are taken all the same', async () => {
    const { timers, auto, takes } = setup();
    for (let n = 0; n < PATIENCE_MS / 1_000 + 1; n++) {
      auto.noteChange(`${n}.txt`);
      await timers.pass(1_000);
    }
    assert.equal(takes.length, 1);
  });

  test('very many changes are a reason to look at everything', async () => {
    const { timers, auto, takes } = setup();
    for (let n = 0; n < 5_000; n++) {
      auto.noteChange(`${n}.txt`);
    }
    await timers.pass(QUIET_MS);
    assert.deepEqual(changedOf(takes), [undefined]);
  });

  test('nothing is told when nothing was recorded, and no first snapshot is taken', async () => {
    const { timers, auto, takes, told, state } = setup();
    state.recorded = false;
    auto.noteChange('a.txt');
    await timers.pass(QUIET_MS);
    assert.equal(takes.length, 1);
    state.wholeTaken = false;
    auto.noteChange('a.txt');
    await timers.pass(QUIET_MS);
    assert.equal(takes.length, 1);
    assert.deepEqual(told, []);
  });

  test('a failure is followed by a pause, then a full look', async () => {
    const { timers, auto, takes, state } = setup();
    state.failure = new Error('the disk is full');
    auto.noteChange('a.txt');
    await timers.pass(QUIET_MS);
    auto.noteChange('b.txt');
    await timers.pass(PAUSE_MS - 1);
    assert.equal(takes.length, 1);
    state.failure = undefined;
    await timers.pass(1);
    assert.deepEqual(changedOf(takes), [['a.txt'], undefined]);
  });

  test('after a full look the list is pruned, once an hour, whether or not it works', async () => {
    const { timers, auto, takes, prunes, state } = setup();
    const idle = async (): Promise<void> => {
      auto.noteChange('a.txt');
      await timers.pass(QUIET_MS);
      const before = prunes.length;
      await timers.pass(IDLE_MS - 1);
      assert.equal(prunes.length, before, 'not before it is idle');
      await timers.pass(1);
    };
    await idle();
    assert.deepEqual(prunes, [{ dryRun: false, automatic: true, keep: DEFAULT_RETENTION }]);
    await idle();
    assert.equal(prunes.length, 1);
    await timers.pass(PRUNE_MS);
    state.pruneFailure = new Error('somebody else is busy');
    const taken = takes.length;
    await idle();
    assert.equal(prunes.length, 2);
    await idle();
    assert.equal(takes.length, taken + 4, 'a failed prune keeps nothing else from happening');
  });

  test('nothing is pruned where nothing may be deleted', async () => {
    const { timers, auto, prunes, state } = setup();
    state.keep = undefined;
    auto.noteChange('a.txt');
    await timers.pass(QUIET_MS + IDLE_MS);
    assert.deepEqual(prunes, []);
    state.keep = DEFAULT_RETENTION;
    auto.noteChange('b.txt');
    await timers.pass(QUIET_MS + IDLE_MS);
    assert.equal(prunes.length, 1);
  });

  test('nothing happens once it is disposed', async () => {
    const { timers, auto, takes } = setup();
    auto.noteChange('a.txt');
    auto.dispose();
    auto.noteChange('b.txt');
    await timers.pass(PAUSE_MS);
    assert.equal(takes.length, 0);
  });
});
