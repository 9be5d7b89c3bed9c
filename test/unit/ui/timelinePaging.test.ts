import assert from 'node:assert/strict';
import type { CheckpointId } from '../../../src/core/ids';
import { goOnLooking } from '../../../src/ui/timelineLook';
import { timelineApi } from '../../../src/ui/timelineApi';
import {
  historyPage,
  historyRequest,
  joinCursors,
  joinPages,
  splitCursor,
  type From,
} from '../../../src/ui/timelinePaging';
import { person } from '../../support/people';

const id = 'a'.repeat(64) as CheckpointId;

suite('the built-in Timeline', () => {
  test('is used where its stable API is, and never where only the proposed one is', () => {
    const register = (): object => ({});
    assert.equal(timelineApi({}), undefined);
    assert.equal(timelineApi({ registerTimelineProvider: register }), undefined);
    const both = {
      registerTimelineProvider: register,
      registerWorkspaceTimelineProvider: register,
    };
    assert.equal(timelineApi(both), both);
  });

  test('asks page by page, and takes no cursor that is not ours', () => {
    const next = { checkpoint: id, path: 'src/a.ts', before: null };
    const page = historyPage({ versions: [1, 2], next }, (one) => one * 10);
    assert.deepEqual(page.items, [10, 20]);
    const request = historyRequest('lib/a.ts', { ...page, limit: 7 });
    assert.deepEqual([request.path, request.limit, request.from], ['lib/a.ts', 7, next]);
    for (const cursor of ['', 'null', '{"checkpoint":1}', 'nonsense', undefined]) {
      const bad = historyRequest('a', cursor === undefined ? {} : { cursor });
      assert.equal(bad.from, undefined);
      assert.ok(bad.limit! > 0);
    }
    assert.deepEqual(historyPage({ versions: [] }, String), { items: [] });
  });

  test('brings folders together by time, and goes on in each where it stopped', () => {
    const times = { '/new': [9, 8, 7, 6, 5], '/old': [2, 1], '/both': [8.5, 1.5] };
    const named = (root: string, timestamp: number): CheckpointId =>
      `${root} ${timestamp}` as CheckpointId;
    const shown: number[] = [];
    let cursor: string | undefined;
    do {
      const before = splitCursor(cursor);
      const pages = Object.entries(times)
        .filter(([root]) => before === undefined || root in before)
        .map(([root, all]) => {
          const from: From = before?.[root] ?? '';
          const rest = all.slice(all.findIndex((time) => named(root, time) === from) + 1);
          const items = rest.slice(0, 2).map((timestamp) => ({
            ...{ timestamp, checkpoint: named(root, timestamp) },
          }));
          return { root, items, more: rest.length > 2 };
        });
      const page = joinPages(pages, 2, before);
      assert.equal(page.items.length > 0, true, `nothing after ${shown.join()}`);
      shown.push(...page.items.map(({ timestamp }) => timestamp));
      ({ cursor } = page);
    } while (cursor !== undefined);
    assert.deepEqual(shown, [9, 8.5, 8, 7, 6, 5, 2, 1.5, 1]);
    assert.deepEqual(splitCursor(joinCursors({ '/a': id, '/b': '' })), { '/a': id, '/b': '' });
    assert.equal(joinCursors({}), undefined);
    assert.equal(splitCursor('[1]'), undefined);
    assert.equal(splitCursor('x'), undefined);
  });

  test('is told again once the older snapshots are looked through', async () => {
    const who = person('ann', { 'a.txt': 'a' });
    for (const step of [1, 2, 3, 4, 5]) {
      who.write({ 'a.txt': `a ${step}` });
      who.take(`step ${step}`);
    }
    const { repository } = who;
    const short = await repository.engine.fileHistory({ path: 'a.txt', ms: 0 });
    assert.deepEqual([short.versions.length, short.next, short.pending], [1, undefined, 3]);
    let told: () => void;
    const known = new Promise<void>((resolve) => (told = resolve));
    const look = goOnLooking(
      () => true,
      () => told(),
    );
    look.after(repository, short);
    await known;
    const whole = await repository.engine.fileHistory({ path: 'a.txt', ms: 0 });
    assert.deepEqual([whole.versions.length, whole.pending], [5, 0]);
    // What is known, what has another page and what never comes to an end need no look.
    const none = goOnLooking(
      () => true,
      () => assert.fail('told again'),
    );
    none.after(repository, whole);
    none.after(repository, { ...short, full: true });
    none.after(repository, { ...short, next: { checkpoint: id, path: 'a.txt' } });
    await new Promise((resolve) => setImmediate(resolve));
    look.dispose();
    none.dispose();
  });
});
