import assert from 'node:assert/strict';
import { foldHistory } from '../../../src/core/history';
import { timelinePage } from '../../../src/core/timelinePage';
import type { CheckpointId, RecordId } from '../../../src/core/ids';
import { id } from './records';
import { author, Script } from './script';

suite('timelinePage', () => {
  const s = new Script();
  const ids: RecordId[] = [];
  for (let i = 0; i < 10; i++) {
    ids.push(s.take(`c${i}`, ids.at(-1) ?? null, { trigger: i % 2 === 0 ? 'manual' : 'auto' }));
  }
  s.tag('t', ids[3]!, ['Release']);
  s.ref('r', 'main', ids[4]!);
  const { history } = s;
  const messages = (options: Parameters<typeof timelinePage>[1]): string[] =>
    timelinePage(history, options).checkpoints.map((one) => one.message);

  test('pages follow one another until the last', () => {
    const seen: string[] = [];
    let before: CheckpointId | undefined;
    do {
      const page = timelinePage(history, { limit: 3, ...(before && { before }) });
      assert.equal(page.total, 10);
      seen.push(...page.checkpoints.map((one) => one.message));
      before = page.next;
    } while (before !== undefined);
    assert.deepEqual(seen, ['c9', 'c8', 'c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1', 'c0']);
    assert.equal(timelinePage(history, { limit: 10 }).next, undefined);
  });

  test('the next page is found though its anchor was deleted meanwhile', () => {
    const later = new Script();
    later.entries.push(...s.entries);
    const gone = foldHistory([
      ...s.entries,
      { id: id('x'), record: { v: 1, time: 1e9, author, kind: 'delete', checkpoints: [ids[7]!] } },
    ]);
    const page = timelinePage(gone, { limit: 2, before: ids[7]! });
    assert.deepEqual(
      page.checkpoints.map((one) => one.message),
      ['c6', 'c5'],
    );
    assert.deepEqual(timelinePage(gone, { before: id('unknown') }).checkpoints, []);
  });

  test('the oldest come first where that is asked for, page by page', () => {
    const first = timelinePage(history, { limit: 4, order: 'oldest' });
    assert.deepEqual(
      first.checkpoints.map((one) => one.message),
      ['c0', 'c1', 'c2', 'c3'],
    );
    assert.deepEqual(messages({ limit: 2, order: 'oldest', before: first.next! }), ['c4', 'c5']);
    assert.deepEqual(messages({ order: 'oldest', before: ids[9]! }), []);
  });

  test('a page goes as far as a checkpoint that has to be on it', () => {
    const page = timelinePage(history, { limit: 2, through: ids[4]! });
    assert.deepEqual([page.checkpoints.length, page.next], [6, ids[4]]);
    assert.equal(messages({ limit: 3, through: ids[9]! }).length, 3);
    assert.equal(messages({ limit: 2, through: id('unknown') }).length, 2);
  });

  test('filters', () => {
    assert.deepEqual(messages({ filter: { tag: 'Release' } }), ['c3']);
    assert.deepEqual(messages({ filter: { ref: 'main' } }), ['c4']);
    assert.deepEqual(messages({ filter: { text: 'releas' } }), ['c3']);
    assert.deepEqual(messages({ filter: { text: 'C7' } }), ['c7']);
    assert.deepEqual(messages({ filter: { text: ids[5]!.slice(0, 4) } }), ['c5']);
    assert.deepEqual(messages({ filter: { triggers: ['auto'], since: 6000 } }), ['c9', 'c7', 'c5']);
    assert.deepEqual(messages({ filter: { since: 2000, until: 3000 } }), ['c2', 'c1']);
    assert.equal(timelinePage(history, { limit: 1, filter: { triggers: ['auto'] } }).total, 5);
    assert.equal(messages({ filter: {} }).length, 10);
  });

  test('names that fetching set last are told, also where that is undone or done by a person', () => {
    const s = new Script();
    const one = s.take('one');
    const fetched = (op: string, name: string) =>
      s.add(op, {
        ...{ v: 1, time: 0, author, kind: 'ref', name, checkpoint: one, previous: null },
        fetched: true,
      });
    const told = (): unknown => timelinePage(s.history).fetched;
    s.ref('r1', 'release/1', one);
    s.ref('r2', 'main', one);
    assert.equal(told(), undefined);
    fetched('f1', 'team/main');
    fetched('f2', 'other/x');
    assert.deepEqual(told(), ['other/x', 'team/main']);
    s.undo('u1', id('f2'));
    s.ref('r3', 'team/main', one);
    assert.equal(told(), undefined);
    s.undo('u2', id('u1'));
    s.undo('u3', id('r3'));
    assert.deepEqual(told(), ['other/x', 'team/main']);
    s.ref('r4', 'other/x', null);
    assert.deepEqual(told(), ['team/main']);
  });

  test('the rest of the page', () => {
    const page = timelinePage(history);
    assert.deepEqual(page.refs, { main: ids[4] });
    assert.deepEqual([page.tags, page.head], [['Release'], ids[9]]);
    assert.deepEqual([page.undoable, page.redoable, page.pendingRestore], [null, null, null]);
  });
});
