import assert from 'node:assert/strict';
import type { CheckpointId } from '../../../src/core/ids';
import { timelineApi } from '../../../src/ui/timelineApi';
import {
  historyPage,
  historyRequest,
  joinCursors,
  mergeNewest,
  splitCursor,
} from '../../../src/ui/timelinePaging';

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
    const at = (timestamp: number): { timestamp: number } => ({ timestamp });
    assert.deepEqual(mergeNewest([[at(5), at(1)], [at(4)]], 2), [at(5), at(4)]);
    const cursor = joinCursors({ '/a': id });
    assert.deepEqual(splitCursor(cursor), { '/a': id });
    assert.equal(joinCursors({}), undefined);
    assert.equal(splitCursor('[1]'), undefined);
    assert.equal(splitCursor('x'), undefined);
  });
});
