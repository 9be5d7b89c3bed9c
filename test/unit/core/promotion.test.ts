import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapdirError } from '../../../src/core/errors';
import type { CheckpointId, SnapshotId } from '../../../src/core/ids';
import {
  checkpointLinesHeader,
  formatCheckpointLine,
  parseCheckpointLines,
} from '../../../src/core/promotion/checkpointLines';
import {
  formatRefEntry,
  headKey,
  parseRefEntry,
  parseRefKey,
  refEntryKey,
  type RefEntry,
  type RefKey,
} from '../../../src/core/promotion/refEntry';
import { ancestorsOf, foldRef, groupRefKeys } from '../../../src/core/promotion/refState';
import { chooseStorage } from '../../../src/core/storageMode';
import { take } from './records';

const id = (digit: string): SnapshotId => digit.repeat(64) as SnapshotId;
const nonceOf = (n: number): string => n.toString(16).padStart(16, '0');
const entry = (n: number, parents: number[], at = 1_000_000 + n): RefEntry => ({
  ...{ id: id('a'), parents: parents.map(nonceOf), at, by: 'me@here', nonce: nonceOf(n) },
});
const key = (one: RefEntry): RefKey => {
  const parsed = parseRefKey(refEntryKey('main', one));
  assert.ok(parsed !== undefined && !('head' in parsed));
  return parsed;
};
const fails = (code: 'PARSE' | 'UNSUPPORTED_FORMAT', work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));

suite('journal of a promoted name', () => {
  test('entries and their keys come back; nothing else does', () => {
    const links = [{ path: 'l', target: 'a' }];
    const checkpoint = { time: 5, message: 'ä\n', author: 'x', tags: ['t'], links };
    const full: RefEntry = { ...entry(7, [1, 2]), files: 3, bytes: 4, checkpoint };
    assert.deepEqual(parseRefEntry(formatRefEntry(full), key(full)), full);
    const json = JSON.parse(Buffer.from(formatRefEntry(full)).toString()) as Record<
      string,
      unknown
    >;
    assert.equal(json['parent'], nonceOf(1));
    assert.deepEqual(key(full).parents, full.parents);
    for (const name of ['main', 'Ünï/x y', 'x.lock', '.a', 'con', 'A']) {
      const parsed = parseRefKey(refEntryKey(name, full));
      assert.equal(parsed?.name, name);
      assert.ok(refEntryKey(name, full) === refEntryKey(name, full).toLowerCase());
      assert.deepEqual(parseRefKey(headKey(name)), { key: headKey(name), name, head: true });
    }
    const good = key(full).key;
    for (const bad of [
      `${good}x`,
      `${good}/x`,
      '.refs/main',
      '.refs/main/x',
      good.replace('.refs', '.ref'),
    ]) {
      assert.equal(parseRefKey(bad), undefined, bad);
    }
    fails('PARSE', () => parseRefEntry(formatRefEntry(full), key(entry(7, [1]))));
    fails('PARSE', () => parseRefEntry(Buffer.from('{}')));
    fails('PARSE', () => parseRefEntry(Buffer.from('x')));
    fails('PARSE', () => parseRefEntry(Buffer.alloc(2 * 1024 * 1024)));
    fails('UNSUPPORTED_FORMAT', () => parseRefEntry(Buffer.from('{"v":2}')));
  });

  test('one tip stands; of several the head, else the newest, and the others lie aside', () => {
    const [a, b, c, d] = [entry(1, []), entry(2, [1]), entry(3, [1]), entry(4, [3, 2])].map(key);
    const state = (entries: (RefKey | undefined)[], head?: number): [string, string[]] => {
      const of = foldRef(
        'main',
        entries as RefKey[],
        head === undefined ? undefined : nonceOf(head),
      );
      return [of.current!.nonce, of.aside.map(({ nonce }) => nonce)];
    };
    assert.deepEqual(state([b, a]), [nonceOf(2), []]);
    assert.deepEqual(state([a, b, c]), [nonceOf(3), [nonceOf(2)]]);
    assert.deepEqual(state([a, b, c], 2), [nonceOf(2), [nonceOf(3)]]);
    // The head has not followed: the journal goes on from it.
    assert.deepEqual(state([a, b], 1), [nonceOf(2), []]);
    assert.deepEqual(state([a, b, c, d], 2), [nonceOf(4), []]);
    assert.deepEqual([...ancestorsOf([a!, b!, c!, d!], nonceOf(4))].sort(), [1, 2, 3].map(nonceOf));
    assert.equal(foldRef('main', [], nonceOf(9)).current, undefined);
    const ring = [key(entry(1, [2])), key(entry(2, [1]))];
    assert.equal(foldRef('main', ring).current?.nonce, nonceOf(2));
  });

  test('whatever order entries come in, everybody sees the same, and none is lost', () => {
    const graph = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(graph, fc.nat(), (parents, seed) => {
        const all = parents.map((of, n) =>
          key(entry(n, [...new Set(of.filter((one) => one < n))])),
        );
        const shuffled = all
          .map((one, n) => ({ one, at: (n * 7919 + seed) % 31 }))
          .sort((x, y) => x.at - y.at);
        const state = foldRef('main', all);
        assert.deepEqual(
          foldRef(
            'main',
            shuffled.map(({ one }) => one),
          ),
          state,
        );
        const reachable = new Set<string>();
        for (const tip of [state.current!, ...state.aside]) {
          reachable.add(tip.nonce);
          ancestorsOf(all, tip.nonce).forEach((one) => reachable.add(one));
        }
        assert.equal(reachable.size, all.length);
      }),
    );
  });

  test('keys of many names', () => {
    const keys = [
      key(entry(1, [])).key,
      headKey('main'),
      refEntryKey('b', entry(2, [])),
      '.refs/x',
      'y',
    ];
    const names = groupRefKeys(keys);
    assert.deepEqual([...names.keys()], ['b', 'main']);
    assert.deepEqual([names.get('main')?.head, names.get('b')?.head], [true, false]);
  });
});

suite('exported checkpoints; which store is meant', () => {
  test('lines come back, checked', () => {
    const record = take({ message: 'ä', tags: ['t'], links: [{ path: 'l', target: 'x' }] });
    const line = { id: id('1') as unknown as CheckpointId, record, refs: ['main'] };
    const text = checkpointLinesHeader() + formatCheckpointLine(line);
    assert.deepEqual(parseCheckpointLines(Buffer.from(text)), [line]);
    fails('PARSE', () => parseCheckpointLines(Buffer.from('')));
    fails('PARSE', () => parseCheckpointLines(Buffer.from(`${checkpointLinesHeader()}{"id":1}\n`)));
    fails('PARSE', () => parseCheckpointLines(Buffer.from(text.replace('"take"', '"gc"'))));
    fails('UNSUPPORTED_FORMAT', () =>
      parseCheckpointLines(Buffer.from(text.replace('"v":1', '"v":9'))),
    );
  });

  test('override, environment, default, the only one, Git', () => {
    const of = { configured: ['a', 'b'], isGit: true };
    assert.equal(chooseStorage({ ...of, asked: 'x', variable: 'y' }), 'x');
    assert.equal(chooseStorage({ ...of, variable: 's3://b/p' }), 's3://b/p');
    assert.equal(chooseStorage({ ...of, defaultName: 'b' }), 'b');
    assert.equal(chooseStorage({ ...of, defaultName: 'gone' }), undefined);
    assert.equal(chooseStorage({ ...of, configured: ['a'] }), 'a');
    assert.equal(chooseStorage({ ...of, configured: [] }), 'git');
    assert.equal(chooseStorage({ configured: [], isGit: false }), undefined);
  });
});
