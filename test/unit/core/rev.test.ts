import assert from 'node:assert/strict';
import { SnapdirError, type ErrorCode } from '../../../src/core/errors';
import { foldHistory } from '../../../src/core/history';
import type { CheckpointId, RecordId } from '../../../src/core/ids';
import type { OperationRecord } from '../../../src/core/records';
import { checkName } from '../../../src/core/refName';
import { resolveRev } from '../../../src/core/rev';
import { take } from './records';

const hex = (start: string): RecordId => start.padEnd(64, '0') as RecordId;
const [a, b, c, d] = ['aaaa1', 'aaaa2', 'cccc1', 'dddd1'].map(hex) as [
  ...[CheckpointId, CheckpointId, CheckpointId, CheckpointId],
];
const [s1, s2] = ['5111', '5222'].map(hex) as unknown as [never, never];
const base = { v: 1 as const, author: 'x' };
const day = (n: number): number => Date.parse(`2025-05-0${n}T12:00:00Z`);

const records: [RecordId, OperationRecord][] = [
  [a, take({ time: day(1), snapshot: s1, tags: ['t', 'both'] })],
  [b, take({ time: day(2), snapshot: s2, parent: a, tags: ['t'] })],
  [c, take({ time: day(3), snapshot: s2, parent: b })],
  [d, take({ time: day(4), snapshot: s1, parent: c })],
  [hex('1'), { ...base, kind: 'ref', time: day(5), name: 'both', checkpoint: c, previous: null }],
  [hex('2'), { ...base, kind: 'delete', time: day(6), checkpoints: [d] }],
];
const history = foldHistory(records.map(([id, record]) => ({ id, record })));

function finds(rev: string, id: CheckpointId): void {
  const found = resolveRev(history, rev);
  assert.ok(found.kind === 'snapshot');
  assert.equal(found.checkpointId, id, rev);
  assert.equal(found.snapshot, history.checkpoint(id)?.snapshot);
}

function fails(rev: string, code: ErrorCode): void {
  assert.throws(
    () => resolveRev(history, rev),
    (error) => SnapdirError.is(error, code) && (error.data as { rev: string }).rev === rev,
    rev,
  );
}

suite('rev', () => {
  test('words', () => {
    assert.deepEqual(resolveRev(history, 'live'), { kind: 'live' });
    assert.deepEqual(resolveRev(history, 'empty'), { kind: 'empty' });
    finds('HEAD', c);
    finds('latest', c);
    for (const rev of ['', 'head', 'nothing', ' HEAD', 'live~1', 'empty~', '~1']) {
      fails(rev, 'REV_NOT_FOUND');
    }
  });

  test('a tag of what was taken here goes before that of what came from elsewhere', () => {
    const origin = { from: 'file:///x', name: 'main', checkpoint: null, time: 1, author: 'y' };
    const own = take({ time: day(1), snapshot: s1, tags: ['stable'] });
    const others = take({ time: day(9), snapshot: s2, tags: ['stable', 'theirs'], origin });
    const both = foldHistory([
      { id: a, record: own },
      { id: b, record: others },
    ]);
    const found = (rev: string): unknown => resolveRev(both, rev);
    assert.deepEqual(found('stable'), { kind: 'snapshot', snapshot: s1, checkpointId: a });
    assert.deepEqual(found('theirs'), { kind: 'snapshot', snapshot: s2, checkpointId: b });
  });

  test('ancestors', () => {
    finds('HEAD~0', c);
    finds('HEAD~', b);
    finds('HEAD~1', b);
    finds('HEAD~2', a);
    finds('HEAD~~', a);
    finds('HEAD~1~1', a);
    finds('both~1', b);
    finds(`${c}~2`, a);
    fails('HEAD~3', 'REV_NOT_FOUND');
    fails('HEAD~999999', 'REV_NOT_FOUND');
    fails('HEAD~1234567', 'REV_NOT_FOUND');
  });

  test('times: the newest checkpoint at or before', () => {
    finds('@{2025-05-02T12:00:00Z}', b);
    finds('@{2025-05-02T11:59:59.999Z}', a);
    finds('@{2025-05-02T14:00+02:00}', b);
    finds('@{2025-05-02 13:30:00+02:00}', a);
    finds(`@{${day(3)}}`, c);
    finds('@{2030-01-01}', c);
    finds('@{2030-01-01}~1', b);
    for (const rev of ['@{2025-05-01T11:00:00Z}', '@{}', '@{yesterday}', '@{2025-13-01}', '@{1}']) {
      fails(rev, 'REV_NOT_FOUND');
    }
  });

  test('refs come before tags, a tag names its newest checkpoint', () => {
    finds('both', c);
    finds('t', b);
  });

  test('ids and prefixes', () => {
    finds(c, c);
    finds('cccc', c);
    finds('CCCC', c);
    finds('aaaa1', a);
    finds('5111', a);
    finds(s1, a);
    // Two checkpoints have this snapshot: the newer one stands for it.
    finds('5222', c);
    fails('ccc', 'REV_NOT_FOUND');
    fails('cccd', 'REV_NOT_FOUND');
    fails('aaaa', 'REV_AMBIGUOUS');
    assert.throws(
      () => resolveRev(history, 'aaaa'),
      (error) =>
        SnapdirError.is(error, 'REV_AMBIGUOUS') &&
        JSON.stringify(error.data.candidates) === JSON.stringify([a, b]),
    );
  });

  test('deleted checkpoints are not found; a snapshot without one is', () => {
    fails(d, 'REV_NOT_FOUND');
    fails('dddd', 'REV_NOT_FOUND');
    const other = hex('9');
    assert.deepEqual(resolveRev(history, other), {
      ...{ kind: 'snapshot', snapshot: other, checkpointId: null },
    });
    fails(`${other}~1`, 'REV_NOT_FOUND');
  });

  test('an empty history', () => {
    const none = foldHistory([]);
    for (const rev of ['HEAD', 'latest', '@{2025-05-05}', 'aaaa']) {
      assert.throws(() => resolveRev(none, rev), SnapdirError);
    }
    assert.deepEqual(resolveRev(none, 'live'), { kind: 'live' });
  });
});

suite('refName', () => {
  test('good names', () => {
    for (const name of [
      'main',
      'release/1.0',
      'before refactor',
      'v2',
      'ünï',
      '日本',
      'abc',
      'a.b',
      '2025-05-01',
      'x@y',
      'abcg',
      'a'.repeat(100),
    ]) {
      checkName(name, 'ref');
      checkName(name, 'tag');
    }
  });

  test('bad names', () => {
    const bad = [
      '',
      ' a',
      'a ',
      'a'.repeat(101),
      'a\nb',
      'a\0',
      'a\x85',
      'a..b',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a*',
      'a[',
      'a\\b',
    ];
    bad.push('-x', '@x', '/x', 'x/', 'x//y', 'x@{1}', 'HEAD', 'head', 'Live', 'latest', 'empty');
    bad.push('0123456789', 'DEADBEEF00', 'a\u202eb', 'a\u200bb', '\ud800', 'f'.repeat(64));
    for (const name of bad) {
      assert.throws(
        () => checkName(name, 'ref'),
        (error) => SnapdirError.is(error, 'INVALID_NAME') && error.data.name === name,
        JSON.stringify(name),
      );
    }
  });
});
