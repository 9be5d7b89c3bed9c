import assert from 'node:assert/strict';
import { Emitter, type Event } from '../../src/base/event';
import { nullLogger } from '../../src/base/logger';
import type { Repository } from '../../src/app/repository';
import { compareSnapshots } from '../../src/app/compareSnapshots';
import { planRestore } from '../../src/app/restore';
import { ComparisonModel } from '../../src/ui/comparison/comparisonModel';
import { PlanModel } from '../../src/ui/restore/planModel';
import { ChangesSet } from '../../src/ui/state/changesSet';
import { closeWhatLeaves, type OpenOfFolders } from '../../src/ui/state/leavingFolders';
import { TimelineModel } from '../../src/ui/state/timelineModel';
import { changeSetOf, workspaceSide } from '../../src/ui/tree/changeSets';
import { person, type Person } from '../support/people';

/** The folders of a workspace: VS Code would start its extensions anew where a window with one gets another. */
class Folders {
  private readonly changed = new Emitter<void>();
  private open: TimelineModel[] = [];
  readonly onDidChangeFolders: Event<void> = this.changed.event;

  get timelines(): readonly TimelineModel[] {
    return this.open;
  }
  get all(): Repository[] {
    return this.open.map(({ repository }) => repository);
  }
  at(root: string): Repository | undefined {
    return this.all.find((one) => one.root === root);
  }
  add({ repository }: Person): void {
    this.open.push(new TimelineModel(repository, nullLogger));
    this.changed.fire();
  }
  remove({ repository }: Person): void {
    this.open = this.open.filter((one) => one.repository !== repository);
    this.changed.fire();
  }
}

suite('folders that come and go', () => {
  let folders: Folders;
  let ann: Person;
  let bob: Person;

  setup(() => {
    folders = new Folders();
    [ann, bob] = [person('ann', { 'a.txt': 'a' }), person('bob', { 'b.txt': 'b' })];
    for (const who of [ann, bob]) {
      who.take('one');
      who.write({ 'more.txt': 'more' });
      who.take('two');
    }
    folders.add(ann);
  });

  test('leave the chosen base and the count of those that stay alone', async () => {
    await folders.timelines[0]!.get();
    const changes = new ChangesSet(folders);
    try {
      const model = changes.of(ann.repository)!;
      const [, one] = (await ann.repository.engine.timeline({ limit: 2 })).checkpoints;
      model.setBase(one!.id);
      await changes.refresh();
      assert.deepEqual(changes.total, { files: 1, exact: true });
      folders.add(bob);
      assert.equal(changes.all.length, 2);
      folders.remove(bob);
      assert.equal(changes.of(ann.repository), model);
      assert.equal(model.base, one?.id);
      assert.deepEqual(changes.total, { files: 1, exact: true });
      // It is still followed.
      let told = 0;
      changes.onDidChange(() => told++);
      ann.write({ 'new.txt': 'new' });
      model.filesChanged();
      assert.ok(told > 0);
      assert.deepEqual(changes.total, { files: 1, exact: false });
      await changes.refresh();
      assert.deepEqual(changes.total, { files: 2, exact: true });
    } finally {
      changes.dispose();
    }
  });

  test('take what is open of them along, and nothing of those that stay', async () => {
    const open: OpenOfFolders = {
      repositories: folders,
      comparison: new ComparisonModel(),
      plan: new PlanModel(),
      selected: undefined,
    };
    const { comparison, plan } = open;
    const closing = closeWhatLeaves(open);
    const none: ReadonlySet<string> = new Set();
    try {
      folders.add(bob);
      for (const { repository } of [ann, bob]) {
        const set = changeSetOf(repository, { rev: 'HEAD', words: 'two' }, workspaceSide());
        const sides = { left: 'HEAD', right: 'live' };
        comparison.open(set, undefined, await compareSnapshots(repository, { ...sides, limit: 9 }));
        const question = { repository, rev: 'HEAD~1', words: 'one' };
        const made = await planRestore(repository, {
          rev: 'HEAD~1',
          exact: false,
          limit: 9,
        });
        const facts = { unsaved: none, changed: none, runs: none };
        plan.open(question, false, {
          plan: made,
          facts,
          isStillSo: () => Promise.resolve(true),
        });
        open.selected = { repository };
        if (repository === ann.repository) {
          folders.remove(bob);
          assert.ok(comparison.current && plan.current && open.selected);
          folders.add(bob);
        }
      }
      folders.remove(bob);
      assert.deepEqual(
        [comparison.current, plan.current, open.selected],
        [undefined, undefined, undefined],
      );
    } finally {
      closing.dispose();
      comparison.dispose();
      plan.dispose();
    }
  });
});
