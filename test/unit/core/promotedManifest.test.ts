import assert from 'node:assert/strict';
import { SnapdirError } from '../../../src/core/errors';
import type { SnapshotId } from '../../../src/core/ids';
import {
  formatPromoted,
  hasConflictMarkers,
  mergePromoted,
  parsePromoted,
  readPromoted,
  splitConflict,
  type Preferred,
  type PromotedText,
} from '../../../src/core/promotion/promotedManifest';

const id = (digit: string): SnapshotId => digit.repeat(64) as SnapshotId;
const fails = (code: 'PARSE', work: () => unknown): void =>
  assert.throws(work, (error) => SnapdirError.is(error, code));

suite('promoted manifest', () => {
  const text = (lines: Record<string, string>): Uint8Array =>
    formatPromoted(new Map(Object.entries(lines).map(([name, digit]) => [name, id(digit)])));

  test('sorted, one line a name; comes back', () => {
    const bytes = text({ b: 'b', a: 'a', 'ä "x"': 'c' });
    assert.match(
      Buffer.from(bytes).toString(),
      /^\{\n {2}"a": "a+",\n {2}"b": "b+",\n {2}"ä \\"x\\"": "c+",\n {2}"~": ".*"\n\}\n$/,
    );
    JSON.parse(Buffer.from(bytes).toString());
    assert.deepEqual(Buffer.from(formatPromoted(parsePromoted(bytes))), Buffer.from(bytes));
    fails('PARSE', () => parsePromoted(Buffer.from('{\n"a": "x",\n}')));
    fails('PARSE', () =>
      parsePromoted(Buffer.from(`{\n"a": "${id('a')}",\n"a": "${id('a')}",\n}`)),
    );
    fails('PARSE', () => parsePromoted(Buffer.from('hello')));
  });

  test('on one line, as programs write it', () => {
    const read = (line: string): object => Object.fromEntries(parsePromoted(Buffer.from(line)));
    const names = { 'a,"{}': id('a'), b: id('b') };
    assert.deepEqual(read(`${JSON.stringify({ ...names, '~': 'x' })}\n`), names);
    assert.deepEqual([read('{}'), read('{ }\n'), read('')], [{}, {}, {}]);
    const twice = `{"a":"${id('a')}","a":"${id('b')}"}`;
    for (const wrong of [twice, '{"a"}', '{"a":"x"}', '{"a:"b","c"}', '{"a\\"}']) {
      fails('PARSE', () => parsePromoted(Buffer.from(wrong)));
    }
    const side = (digit: string): string => `{"a":"${id(digit)}"}\n`;
    const conflict = `<<<<<<< ours\n${side('a')}=======\n${side('b')}>>>>>>> theirs\n`;
    const { sides } = splitConflict(Buffer.from(conflict));
    assert.deepEqual(sides.map(parsePromoted), [
      new Map([['a', id('a')]]),
      new Map([['a', id('b')]]),
    ]);
  });

  test('merges: both sides, changes against the base, conflicts listed and none dropped', () => {
    const of = (lines: Record<string, string>): Map<string, SnapshotId> =>
      parsePromoted(text(lines));
    const alone = (lines: Record<string, string>): PromotedText => ({ sides: [of(lines)] });
    const both = mergePromoted([alone({ a: 'a', b: 'b' }), alone({ a: 'a', c: 'c' })], null);
    assert.deepEqual([[...both.merged.keys()], both.conflicts], [['a', 'b', 'c'], []]);
    const three = [alone({ x: '1' }), alone({ x: '2' }), alone({ x: '3' })];
    assert.deepEqual(mergePromoted(three, null).conflicts, [
      { name: 'x', ids: [id('1'), id('2'), id('3')], removed: false },
    ]);
    const marked = {
      sides: [of({ x: '2', gone: '1', fought: '2' }), of({ x: '1' })],
      base: of({ x: '1', gone: '1', fought: '1' }),
    };
    const moved = mergePromoted([marked], null);
    assert.deepEqual(Object.fromEntries(moved.merged), { fought: id('2'), x: id('2') });
    assert.deepEqual(moved.conflicts, [{ name: 'fought', ids: [id('2')], removed: true }]);
    // What one text took away and another has stays.
    assert.equal(mergePromoted([marked, alone({ gone: '1' })], null).merged.get('gone'), id('1'));
  });

  test('who took a name away is preferred like who changed it', () => {
    const of = (lines: Record<string, string>): Map<string, SnapshotId> =>
      parsePromoted(text(lines));
    const base = of({ x: '1', y: '1' });
    const ours = { sides: [of({ y: '1' }), of({ x: '2', y: '1' })], base };
    const named = (prefer: Preferred): string[] => [...mergePromoted([ours], prefer).merged.keys()];
    assert.deepEqual(named('first'), ['y']);
    assert.deepEqual(named('last'), ['x', 'y']);
    assert.deepEqual(mergePromoted([ours], 'first').conflicts, [
      { name: 'x', ids: [id('2')], removed: true },
    ]);
  });

  test("Git's marks: both sides and the base", () => {
    const [a, b] = [id('a'), id('b')];
    const marked = Buffer.from(
      `{\n"k": "${a}",\n<<<<<<< HEAD\n"x": "${a}",\n||||||| base\n"o": "${a}",\n=======\n"y": "${b}",\n>>>>>>> other\n"~": ""\n}\n`,
    );
    assert.ok(hasConflictMarkers(marked));
    fails('PARSE', () => parsePromoted(marked));
    const { sides, base } = splitConflict(marked);
    assert.deepEqual(
      sides.map((side) => [...parsePromoted(side).keys()]),
      [
        ['k', 'x'],
        ['k', 'y'],
      ],
    );
    assert.deepEqual([...parsePromoted(base!).keys()], ['k', 'o']);
    fails('PARSE', () => splitConflict(Buffer.from('<<<<<<< HEAD\n')));
    assert.equal(splitConflict(text({ a: 'a' })).sides.length, 1);
    // The index is asked only where the text itself does not tell; a base with marks of its own is none.
    const never = (): never => assert.fail('asked');
    assert.ok(readPromoted(marked, never).base?.has('o'));
    assert.equal(readPromoted(text({ a: 'a' }), never).base, undefined);
    const bare = Buffer.from(marked.toString().replace(/\|{7}[^=]*/, ''));
    assert.ok(readPromoted(bare, () => text({ z: 'a' })).base?.has('z'));
    assert.equal(readPromoted(bare, () => Buffer.from('<<<<<<<<< a\n')).base, undefined);
  });
});
