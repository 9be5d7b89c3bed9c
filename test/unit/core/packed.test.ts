import assert from 'node:assert/strict';
import { History } from '../../../src/core/history';
import { timelinePage } from '../../../src/core/timelinePage';
import { id, snapshotId } from './records';
import { Script } from './script';

suite('history in the cache', () => {
  test('takes of every shape come back from the cache', () => {
    const s = new Script();
    const a = s.take('a', null, { message: '', trigger: 'auto', author: 'x' });
    const gone = id('not here');
    const b = s.take('b', gone, { tags: ['t', 'u'], scope: ['src', ''], unstable: ['f'] });
    s.tag('1', b, ['z']);
    const skipped = [{ path: 'p', reason: 'unreadable' as const }];
    s.take('c', b, { snapshot: snapshotId('a'), skipped });
    s.take('d', gone, { time: 0, message: 'ä\u2028"\n', scope: [] });
    s.take('e', a, {
      stats: { added: 1, deleted: 2, modified: 3, renamed: 4, files: 5, bytes: 6 },
    });
    const json = JSON.parse(JSON.stringify(s.history.serialize())) as unknown;
    const back = History.deserialize(json);
    assert.deepEqual(back.records, s.history.records);
    assert.deepEqual(timelinePage(back), timelinePage(s.history));
    back.apply(id('f'), { ...s.entries.at(-1)!.record, time: 1 });
    back.apply(s.entries[0]!.id, s.entries[0]!.record);
    assert.deepEqual(
      back.records.map((one) => one.id),
      [id('f'), ...s.entries.map((one) => one.id)],
    );
  });

  test('a packed log that was tampered with is refused or has the right types', () => {
    const s = new Script();
    const a = s.take('a', id('x'), { tags: ['t'] });
    s.take('b', a);
    const text = JSON.stringify(s.history.serialize());
    const packed = JSON.parse(text) as { takes: Record<string, unknown> };
    for (const field of Object.keys(packed.takes)) {
      for (const bad of [undefined, null, 'x', 7, [null], [{}], ['a', 'b'], [9, 9], [0.5, 1]]) {
        const forged = JSON.parse(text) as typeof packed;
        forged.takes[field] = bad;
        let history: History | undefined;
        try {
          history = History.deserialize(forged);
        } catch {
          continue;
        }
        for (const record of history.records) {
          assert.ok(record.kind === 'take' && typeof record.message === 'string');
          assert.equal(typeof record.author, 'string');
          assert.match(record.snapshot, /^[0-9a-f]{64}$/);
          assert.ok(Number.isSafeInteger(record.time) && Array.isArray(record.tags));
        }
      }
    }
  });
});
