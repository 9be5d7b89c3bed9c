import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deleteCheckpoints } from '../../../src/app/editCheckpoint';
import { nullLogger } from '../../../src/base/logger';
import { quietControl } from '../../../src/engine/context';
import { ChangesModel } from '../../../src/ui/state/changesModel';
import { TimelineModel } from '../../../src/ui/state/timelineModel';
import { person, type Person } from '../../support/people';

async function until(check: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !check();) {
    assert.ok(Date.now() < end, `waited in vain: ${check.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

suite('how many files changed', () => {
  let who: Person;
  let timeline: TimelineModel;
  let model: ChangesModel;
  let told: number;

  setup(async () => {
    who = person('ann', { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    who.take('start');
    timeline = new TimelineModel(who.repository, nullLogger);
    await timeline.get();
    model = new ChangesModel(who.repository, timeline);
    told = 0;
    model.onDidChange(() => told++);
  });
  teardown(() => {
    model.dispose();
    timeline.dispose();
  });

  async function look(): Promise<void> {
    model.setWatched(true);
    await model.refresh();
    model.setWatched(false);
  }

  test('is not known before somebody looked, and exact once somebody did', async () => {
    assert.equal(model.count, undefined);
    who.write({ 'a.txt': 'other a', 'd.txt': 'd' });
    await look();
    assert.deepEqual(model.count, { files: 2, exact: true });
  });

  test('stays as it was counted, marked, while files change and nobody looks', async () => {
    who.write({ 'a.txt': 'other a', 'd.txt': 'd' });
    await look();
    who.write({ 'b.txt': 'other b' });
    model.filesChanged();
    assert.deepEqual(model.count, { files: 2, exact: false });
    assert.equal(model.current.kind, 'unknown');
    model.filesChanged();
    assert.deepEqual(model.count, { files: 2, exact: false });
    await look();
    assert.deepEqual(model.count, { files: 3, exact: true });
  });

  test('is none no longer for certain once files changed', async () => {
    await look();
    assert.deepEqual(model.count, { files: 0, exact: true });
    model.filesChanged();
    assert.deepEqual(model.count, { files: 0, exact: false });
  });

  test('is forgotten with another snapshot, other rules or another base, and that is told', async () => {
    who.write({ 'a.txt': 'other a' });
    const ways: (() => void | Promise<void>)[] = [
      async () => {
        const checkpoint = who.take('next');
        who.repository.didChange({ kind: 'taken', checkpoint });
        await timeline.get();
      },
      () => model.invalidate(),
      () => model.setBase(timeline.current?.checkpoints[1]?.id),
    ];
    for (const forget of ways) {
      who.write({ 'a.txt': `other ${told}` });
      await look();
      assert.deepEqual(model.count, { files: 1, exact: true });
      model.filesChanged();
      const before = told;
      await forget();
      assert.equal(model.count, undefined);
      assert.ok(told > before);
    }
  });

  test('counts since the last snapshot again once the chosen one is deleted', async () => {
    const one = timeline.current!.checkpoints[0]!;
    who.write({ 'a.txt': 'other a' });
    const two = who.take('two');
    who.repository.didChange({ kind: 'taken', checkpoint: two });
    await timeline.get();
    model.setWatched(true);
    model.setBase(one.id);
    await model.refresh();
    assert.ok(model.current.kind === 'changes' && model.current.chosen);
    assert.deepEqual(model.count, { files: 1, exact: true });
    await deleteCheckpoints(who.repository, [one.id]);
    await timeline.get();
    // Nothing but the deletion asks for another look.
    await until(() => model.base === undefined && model.count?.exact === true);
    assert.ok(model.current.kind === 'changes' && !model.current.chosen);
    assert.deepEqual([model.current.base.id, model.count?.files], [two.id, 0]);
    who.write({ 'b.txt': 'other b' });
    model.filesChanged();
    await until(() => model.count?.files === 1);
  });

  test('a chosen one that was deleted gives way to the last one for whoever asks, too', async () => {
    const one = timeline.current!.checkpoints[0]!;
    who.write({ 'a.txt': 'other a' });
    const two = who.take('two');
    await timeline.refresh();
    model.setBase(one.id);
    who.methods.delete({ revs: [one.id] }, quietControl);
    assert.equal((await model.findBase())?.id, two.id);
    assert.equal(model.base, undefined);
  });

  test('is not known where the comparison failed', async () => {
    rmSync(join(who.root, '.snapdir', '.manifests'), { recursive: true });
    rmSync(join(who.root, '.snapdir', 'cache'), { recursive: true });
    await look();
    assert.equal(model.current.kind, 'failed');
    assert.equal(model.count, undefined);
  });
});
