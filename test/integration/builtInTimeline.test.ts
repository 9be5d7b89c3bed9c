import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Repository } from '../../src/app/repository';
import type { HistoryParams } from '../../src/core/engine';
import type { CheckpointId } from '../../src/core/ids';
import type { TimelineApi, TimelineItem } from '../../src/ui/timelineApi';
import { registerTimelineProviders } from '../../src/ui/timelineProviders';
import {
  activate,
  change,
  eventually,
  firstRepository,
  root,
  take,
  type Extension,
} from './support/extension';

const file = (path: string): vscode.Uri => vscode.Uri.joinPath(vscode.Uri.file(root()), path);

suite('the built-in Timeline', function () {
  this.timeout(60_000);
  let extension: Extension;

  suiteSetup(async () => {
    extension = await activate();
    for (const [step, text] of ['start', 'edited', 'again'].entries()) {
      change({ 'timeline/one.txt': `one ${step}\n` });
      await take(`timeline: ${text}`);
    }
  });
  suiteTeardown(() => change({ timeline: null }));

  test('gets the same entries, where it has an API', async () => {
    const given: Parameters<TimelineApi['registerTimelineProvider']>[] = [];
    const whole: Parameters<TimelineApi['registerWorkspaceTimelineProvider']>[] = [];
    const nothing = new vscode.Disposable(() => undefined);
    const api: TimelineApi = {
      registerTimelineProvider: (...args) => (given.push(args), nothing),
      registerWorkspaceTimelineProvider: (...args) => (whole.push(args), nothing),
    };
    registerTimelineProviders(extension.test.repositories, api).dispose();
    assert.deepEqual(given[0]!.slice(0, 3), ['snapdir', 'Snapdir', 'file']);
    const token = new vscode.CancellationTokenSource().token;
    const provider = given[0]![3];
    const ask = async (options: object): Promise<[TimelineItem[], string | undefined]> => {
      const page = await provider.provideTimeline(file('timeline/one.txt'), options, token);
      assert.ok(page);
      return [page.items, page.cursor];
    };
    const [all, end] = await ask({});
    assert.equal(end, undefined);
    assert.deepEqual(
      all.map(({ label }) => label),
      ['timeline: again', 'timeline: edited', 'timeline: start'],
    );
    assert.ok(all.every((item, at) => at === 0 || item.timestamp < all[at - 1]!.timestamp));
    assert.equal(all[0]!.command?.command, 'vscode.diff');
    assert.equal(all[0]!.contextValue, 'snapdir:version.M');
    const [newest, cursor] = await ask({ limit: 1 });
    const [rest] = await ask({ cursor, limit: 10 });
    assert.deepEqual(
      [...newest, ...rest].map(({ id }) => id),
      all.map(({ id }) => id),
    );
    const folder = await provider.provideTimeline(file('timeline'), {}, token);
    assert.equal(folder?.items[0]?.contextValue, 'snapdir:folderVersion');
    const elsewhere = vscode.Uri.file('/elsewhere.txt');
    assert.equal(await provider.provideTimeline(elsewhere, {}, token), undefined);

    const workspace = whole[0]![2];
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const options = { limit: 2, ...(next === undefined ? {} : { cursor: next }) };
      const page = await workspace.provideWorkspaceTimeline(options, token);
      seen.push(...(page?.items ?? []).map(({ id }) => id));
      next = page?.cursor;
    } while (next !== undefined);
    const listed: string[] = [];
    for (const folder of extension.api.folders) {
      listed.push(...(await extension.api.checkpoints(folder, 10_000)).map(({ id }) => id));
    }
    assert.deepEqual([...seen].sort(), [...listed].sort());
  });

  test('loses no folder, and comes again once all is looked through', async () => {
    const whole: Parameters<TimelineApi['registerWorkspaceTimelineProvider']>[] = [];
    const given: Parameters<TimelineApi['registerTimelineProvider']>[] = [];
    const nothing = new vscode.Disposable(() => undefined);
    const api: TimelineApi = {
      registerTimelineProvider: (...args) => (given.push(args), nothing),
      registerWorkspaceTimelineProvider: (...args) => (whole.push(args), nothing),
    };
    const { repositories } = extension.test;
    const newer = firstRepository(extension.test);
    const { checkpoints } = await newer.engine.timeline({ limit: 100 });
    assert.ok(checkpoints.length > 2);
    const oldest = { ...checkpoints.at(-1)!, id: 'f'.repeat(64) as CheckpointId, time: 1 };
    // A second folder, whose only snapshot is older than any of the first.
    const older = Object.create(newer, {
      root: { value: '/older' },
      engine: { value: { timeline: () => Promise.resolve({ checkpoints: [oldest] }) } },
    }) as Repository;
    let pending = 1;
    const slow = {
      ...newer.engine,
      fileHistory: async (params: HistoryParams) => {
        const page = await newer.engine.fileHistory(params);
        return { ...page, pending };
      },
      indexChanges: () => Promise.resolve({ pending: (pending = 0) }),
    };
    const first = Object.create(newer, { engine: { value: slow } }) as Repository;
    const both = Object.create(repositories, {
      all: { value: [first, older] },
      locate: { value: () => ({ repository: first, path: 'timeline/one.txt' }) },
      // The real ones still follow what was taken before: only what the look says counts here.
      onDidChange: { value: new vscode.EventEmitter<void>().event },
    }) as typeof repositories;
    const registered = registerTimelineProviders(both, api);
    const token = new vscode.CancellationTokenSource().token;
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const options = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
      const page = await whole[0]![2].provideWorkspaceTimeline(options, token);
      seen.push(...(page?.items ?? []).map(({ id }) => id));
      cursor = page?.cursor;
    } while (cursor !== undefined);
    assert.deepEqual(
      seen.slice(0, -1),
      checkpoints.map(({ id }) => id),
    );
    assert.equal(seen.at(-1), oldest.id);

    let told = 0;
    given[0]![3].onDidChangeTimeline(() => told++);
    await given[0]![3].provideTimeline(file('timeline/one.txt'), {}, token);
    await eventually('told once all is known', () => told === 1);
    await given[0]![3].provideTimeline(file('timeline/one.txt'), {}, token);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(told, 1);
    registered.dispose();
  });
});
