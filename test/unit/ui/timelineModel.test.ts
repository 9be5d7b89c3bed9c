import assert from 'node:assert/strict';
import { nullLogger } from '../../../src/base/logger';
import type { Engine } from '../../../src/core/engine';
import { PAGE_SIZE, TimelineModel } from '../../../src/ui/state/timelineModel';
import { oneByOne } from '../../../src/ui/scheduling/coalesce';
import { person, type Person } from '../../support/people';

suite('the pages of the timeline', () => {
  const OLDER = 60;
  let who: Person;
  let model: TimelineModel;

  setup(async function () {
    this.timeout(20_000);
    who = person('ann', { 'a.txt': 'a' });
    for (let n = 0; n < PAGE_SIZE + OLDER; n++) {
      who.take(`snapshot ${n}`);
    }
    model = new TimelineModel(who.repository, nullLogger);
    await model.get();
  });
  teardown(() => model.dispose());

  /** Takes a snapshot at the moment in which a page is asked for. */
  function takeWhilePageIsRead(
    asked: (params: Parameters<Engine['timeline']>[0]) => boolean,
  ): void {
    const engine: { timeline: Engine['timeline'] } = who.repository.engine;
    const { timeline } = engine;
    engine.timeline = (params, context) => {
      const page = timeline(params, context);
      if (asked(params)) {
        engine.timeline = timeline;
        const checkpoint = who.take('meanwhile');
        who.repository.didChange({ kind: 'taken', checkpoint });
      }
      return page;
    };
  }

  test('"Load more" stays loaded, whatever arrives at that moment, and so does what arrives', async () => {
    takeWhilePageIsRead(({ before }) => before !== undefined);
    await model.loadMore();
    const { checkpoints, next } = await model.get();
    assert.equal(checkpoints[0]?.message, 'meanwhile');
    assert.equal(checkpoints.length, PAGE_SIZE + OLDER + 1);
    assert.equal(checkpoints.at(-1)?.message, 'snapshot 0');
    assert.equal(next, undefined);
  });

  test('a page that is asked for while others are read leaves no gap', async () => {
    const checkpoint = who.take('before it');
    who.repository.didChange({ kind: 'taken', checkpoint });
    await model.loadMore();
    const names = (await model.get()).checkpoints.map(({ message }) => message);
    assert.deepEqual(names.slice(0, 2), ['before it', `snapshot ${PAGE_SIZE + OLDER - 1}`]);
    assert.equal(new Set(names).size, PAGE_SIZE + OLDER + 1);
  });

  test('what was looked for stays loaded when something arrives at that moment', async () => {
    const page = await who.repository.engine.timeline({ limit: PAGE_SIZE + OLDER });
    const oldest = page.checkpoints.at(-1)!.id;
    takeWhilePageIsRead(({ through }) => through !== undefined);
    assert.ok(await model.loadThrough(oldest));
    assert.ok((await model.get()).checkpoints.some(({ id }) => id === oldest));
  });

  test('one thing is done after the other, and none waits for ever for one that fails', async () => {
    const alone = oneByOne();
    const done: number[] = [];
    const failing = alone(() => Promise.reject(new Error('no')));
    const late = alone(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      done.push(1);
    });
    const next = alone(() => Promise.resolve(done.push(2)));
    await assert.rejects(failing, /no/u);
    await Promise.all([late, next]);
    assert.deepEqual(done, [1, 2]);
  });
});
