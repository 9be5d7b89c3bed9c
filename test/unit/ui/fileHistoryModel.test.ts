import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event';
import type { CallContext, Engine, HistoryParams } from '../../../src/core/engine';
import type { Repository, RepositoryChange } from '../../../src/app/repository';
import { FileHistoryModel } from '../../../src/ui/state/fileHistoryModel';
import type { RepositorySet } from '../../../src/ui/state/repositorySet';
import type { HistorySubject } from '../../../src/ui/tree/versionNode';
import { person, type Person } from '../../support/people';

const isShort = ({ ms = 0 }: HistoryParams): boolean => ms < 100;

suite('the history that the view shows', () => {
  let who: Person;
  let model: FileHistoryModel;
  let changes: Emitter<{ repository: Repository; change: RepositoryChange }>;
  /** What the engine was asked for. */
  let asked: HistoryParams[];

  setup(() => {
    who = person('ann', { 'a.txt': 'a', 'b.txt': 'b' });
    for (const step of [1, 2, 3, 4, 5]) {
      who.write({ 'a.txt': `a ${step}` });
      who.take(`step ${step}`);
    }
    asked = [];
    const { engine } = who.repository as { engine: { -readonly [K in keyof Engine]: Engine[K] } };
    const ask = engine.fileHistory.bind(engine);
    engine.fileHistory = (params: HistoryParams, context?: CallContext) => {
      asked.push(params);
      // As if a look at one snapshot took longer than the first call may.
      return ask(isShort(params) ? { ...params, ms: 0 } : params, context);
    };
    changes = new Emitter();
    const repositories = {
      all: [who.repository],
      onDidChange: changes.event,
      onDidChangeFolders: new Emitter<void>().event,
    };
    model = new FileHistoryModel(repositories as unknown as RepositorySet);
  });
  teardown(() => model.dispose());

  const subject = (path: string): HistorySubject => ({
    ...{ repository: who.repository, path, kind: 'file' },
  });
  const messages = (): string[] =>
    model.current.versions.map(({ checkpoint }) => checkpoint.message);

  /** Everything was looked through. */
  async function whole(): Promise<void> {
    await model.get();
    while (model.loading || model.lookingOn) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test('shows the first rows after a short look, and goes on while somebody looks', async () => {
    const seen: string[][] = [];
    model.onDidChange(() => seen.push(messages()));
    model.follow(subject('a.txt'));
    model.setWatched(true);
    await model.get();
    assert.deepEqual(messages(), ['step 5']);
    assert.equal(model.lookingOn, true);
    await whole();
    assert.deepEqual(messages(), ['step 5', 'step 4', 'step 3', 'step 2', 'step 1']);
    assert.deepEqual(seen.slice(0, 2), [[], ['step 5']]);
    assert.deepEqual([...new Set(asked.map(isShort))], [true, false]);
  });

  test('gives who waits the file that came meanwhile', async () => {
    model.setWatched(true);
    model.follow(subject('a.txt'));
    const waiting = model.get();
    model.follow(subject('b.txt'));
    await waiting;
    assert.equal(model.subject?.path, 'b.txt');
    assert.equal(model.loading, false);
    await whole();
    assert.deepEqual(messages(), ['step 1']);
  });

  test('waits for no answer that will not come', async () => {
    model.setWatched(true);
    model.follow(subject('a.txt'));
    const waiting = model.get();
    model.setWatched(false);
    await waiting;
    assert.deepEqual(messages(), []);
  });

  test('keeps the list where the versions are the same, and rows that are there', async () => {
    model.setWatched(true);
    model.follow(subject('a.txt'));
    await whole();
    const { versions } = model.current;
    const before = asked.length;
    changes.fire({ repository: who.repository, change: { kind: 'external' } });
    assert.equal(model.loading, true);
    await model.get();
    assert.equal(model.current.versions, versions);
    // Not what a short look finds: rows would go until the rest is looked through.
    assert.ok(!asked.slice(before).some(isShort));
  });
});
