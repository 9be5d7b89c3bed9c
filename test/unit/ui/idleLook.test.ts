import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/base/abort';
import { systemClock } from '../../../src/base/clock';
import { Emitter } from '../../../src/base/event';
import { nullLogger } from '../../../src/base/logger';
import { Repository } from '../../../src/app/repository';
import type { CallContext, Engine } from '../../../src/core/engine';
import { ChangesModel } from '../../../src/ui/state/changesModel';
import { lookInIdleTime } from '../../../src/ui/state/idleLook';
import { TimelineModel } from '../../../src/ui/state/timelineModel';
import { asEngine, person, type Person } from '../../support/people';

async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !check();) {
    assert.ok(Date.now() < end, `waited in vain: ${check.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

suite('the look that nobody waits for', () => {
  let who: Person;
  let repository: Repository;
  let timeline: TimelineModel;
  let model: ChangesModel;
  /** Comparisons that are held up: each ends when it is let go, or is cancelled. */
  let held: { context: CallContext; go: () => void }[];
  let looks: { aborted: boolean }[];
  let holds: boolean;

  setup(async () => {
    who = person('ann', { 'a.txt': 'a', 'b.txt': 'b' });
    who.take('start');
    who.write({ 'a.txt': 'other a' });
    [held, looks, holds] = [[], [], true];
    const engine = asEngine(who.methods, who.root);
    const compare: Engine['compare'] = async (params, context = {}) => {
      const look = { aborted: false };
      looks.push(look);
      if (holds) {
        await new Promise<void>((resolve, reject) => {
          held.push({ context, go: resolve });
          context.signal?.addEventListener?.('abort', () => {
            look.aborted = true;
            reject(new CancelledError());
          });
        });
      }
      return engine.compare(params, context);
    };
    const settings = who.repository.settings;
    repository = new Repository({
      ...{ engine: { ...engine, compare }, name: 'ann', settings: () => settings },
    });
    timeline = new TimelineModel(repository, nullLogger);
    await timeline.get();
    model = new ChangesModel(repository, timeline);
  });
  teardown(() => {
    model.dispose();
    timeline.dispose();
  });

  async function beginIdly(): Promise<Promise<boolean>[]> {
    const look = model.getIdly();
    await until(() => held.length === 1);
    return [look];
  }

  test('counts, where nobody asks for anything', async () => {
    const [look] = await beginIdly();
    held[0]!.go();
    assert.equal(await look, true);
    assert.deepEqual(model.count, { files: 1, exact: true });
  });

  test('is given up when a file is asked for, and can be taken up again', async () => {
    const [look] = await beginIdly();
    await repository.engine.readFile({ rev: 'HEAD', path: 'a.txt' });
    assert.equal(await look, false);
    assert.deepEqual([looks[0]!.aborted, model.current.kind], [true, 'unknown']);
    holds = false;
    assert.equal(await model.getIdly(), true);
    assert.deepEqual(model.count, { files: 1, exact: true });
  });

  test('is not given up for what happens by itself', async () => {
    const [look] = await beginIdly();
    await repository.engine.indexChanges({ ms: 1, most: 1 });
    await repository.engine.verifySlice({ depth: 'quick', ms: 1 });
    held[0]!.go();
    assert.equal(await look, true);
  });

  test('gives way to a view that becomes visible, which has its rows at once', async () => {
    const [look] = await beginIdly();
    holds = false;
    model.setWatched(true);
    const known = await model.get();
    assert.equal(known.kind, 'changes');
    assert.equal(looks[0]!.aborted, true);
    assert.equal(await look, true);
    assert.equal(model.current.kind, 'changes');
  });

  test('is of the window in front, and comes once that is this one', async () => {
    holds = false;
    const moved = new Emitter<void>();
    const window = { state: { focused: false }, onDidChangeWindowState: moved.event };
    const changes = { all: [model], onDidChange: model.onDidChange, total: undefined };
    const looking = lookInIdleTime(changes, systemClock, window as never, 10);
    try {
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(looks.length, 0);
      window.state.focused = true;
      moved.fire();
      await until(() => looks.length === 1);
    } finally {
      looking.dispose();
      moved.dispose();
    }
  });

  test('is tried again by itself when it was given up', async () => {
    const window = { state: { focused: true }, onDidChangeWindowState: () => ({ dispose() {} }) };
    const changes = {
      all: [model],
      onDidChange: model.onDidChange,
      get total() {
        return model.count;
      },
    };
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const looking = lookInIdleTime(changes, clock, window as never, 10);
    try {
      await until(() => held.length === 1);
      now += 100;
      await repository.engine.readFile({ rev: 'HEAD', path: 'a.txt' });
      holds = false;
      await until(() => looks[0]!.aborted);
      // It took a while, so it waits a while.
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal(looks.length, 1);
      now += 100 * 50;
      await until(() => model.count?.exact === true);
      assert.equal(looks.length, 2);
    } finally {
      looking.dispose();
    }
  });
});
