import assert from 'node:assert/strict';
import { SnapdirError } from '../../../src/core/errors';
import { History } from '../../../src/core/history';
import { fetchedNames } from '../../../src/core/history/fetchedNames';
import { OperationLog } from '../../../src/core/operationLog';
import type { CheckpointId, RecordId } from '../../../src/core/ids';
import { id, restore } from './records';
import { author, Script, snapshotOf } from './script';

const isMissing = (error: unknown): boolean => SnapdirError.is(error, 'REV_NOT_FOUND');

suite('history', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('takes: a line of checkpoints, the newest is HEAD', () => {
    const s = new Script();
    assert.equal(s.history.head, null);
    const a = s.take('a');
    const b = s.take('b', a, { tags: ['t'], skipped: [{ path: 'x', reason: 'vanished' }] });
    const { history } = s;
    assert.equal(history.head, b);
    assert.equal(history.size, 2);
    assert.deepEqual(
      history.checkpointsNewestFirst().map((one) => one.message),
      ['b', 'a'],
    );
    const info = history.toInfo(b);
    assert.equal(info.parent, a);
    assert.deepEqual([info.tags, info.refs, info.isHead], [['t'], [], true]);
    assert.deepEqual([info.skipped, info.unstable], [1, 0]);
    assert.throws(() => history.toInfo(id('none')), isMissing);
    assert.ok(!('links' in history.checkpoint(b)!));
  });

  test('an imported checkpoint does not move HEAD', () => {
    const s = new Script();
    const a = s.take('a');
    s.take('b', null, { trigger: 'import' });
    assert.equal(s.history.head, a);
  });

  test('a restore moves HEAD; a checkpoint that is not known does not', () => {
    const s = new Script();
    const a = s.take('a');
    const b = s.take('b', a);
    s.add('r1', restore({ checkpoint: a, head: a, headBefore: b }));
    assert.equal(s.history.head, a);
    s.add('r2', restore({ head: id('lost') }));
    assert.equal(s.history.head, a);
    s.add('r3', restore({ head: null }));
    assert.equal(s.history.head, null);
  });

  test('refs move and go; undo and its undo', () => {
    const s = new Script();
    const [a, b] = [s.take('a'), s.take('b')];
    s.ref('1', 'main', a);
    s.ref('2', 'old', a);
    const moved = s.ref('3', 'main', b);
    assert.deepEqual(
      [...s.history.refs],
      [
        ['main', b],
        ['old', a],
      ],
    );
    assert.deepEqual(s.history.toInfo(b).refs, ['main']);
    const undo = s.undo('4', moved);
    assert.deepEqual(
      [...s.history.refs],
      [
        ['main', a],
        ['old', a],
      ],
    );
    assert.deepEqual(s.history.toInfo(a).refs, ['main', 'old']);
    s.undo('5', undo);
    assert.equal(s.history.refs.get('main'), b);
    s.undo('6', moved);
    assert.equal(s.history.refs.get('main'), a);
    s.ref('7', 'main', null);
    assert.deepEqual([...s.history.refs.keys()], ['old']);
  });

  test('tags and messages change, and come back', () => {
    const s = new Script();
    const a = s.take('a', null, { tags: ['x', 'y'] });
    const op = s.tag('1', a, ['z', 'x'], ['y']);
    const rename = s.rename('2', a, 'better');
    assert.deepEqual(s.history.toInfo(a).tags, ['x', 'z']);
    assert.deepEqual(s.history.tags, ['x', 'z']);
    assert.equal(s.history.toInfo(a).message, 'better');
    s.undo('3', op);
    s.undo('4', rename);
    assert.deepEqual(s.history.toInfo(a).tags, ['x', 'y']);
    assert.equal(s.history.toInfo(a).message, 'a');
  });

  test('names that fetching set: by their mark, and without one right after what was fetched', () => {
    const s = new Script();
    const origin = { from: 'file:///x', checkpoint: null, time: 1, author: 'them' };
    const fetch = (of: string, name: string | null): RecordId =>
      s.take(of, null, { trigger: 'import', origin: { ...origin, name } });
    s.ref('r1', 'team/main', fetch('a', 'main'));
    s.ref('r2', 'team/feature/x', fetch('b', 'feature/x'));
    assert.deepEqual(fetchedNames(s.history), ['team/feature/x', 'team/main']);
    // Named otherwise, later, imported or taken here: somebody did that.
    s.ref('r3', 'team/other', fetch('c', 'main'));
    const late = fetch('d', 'main');
    s.take('own');
    s.ref('r4', 'late/main', late);
    s.ref('r5', 'file/main', fetch('e', null));
    s.ref('r6', 'my/main', s.take('f'));
    assert.deepEqual(fetchedNames(s.history), ['team/feature/x', 'team/main']);
    s.ref('r7', 'team/main', id('f'));
    assert.deepEqual(fetchedNames(s.history), ['team/feature/x']);
  });

  test('deleting HEAD: the nearest living ancestor; undo brings it back', () => {
    const s = new Script();
    const a = s.take('a');
    const b = s.take('b', a);
    const c = s.take('c', b);
    s.ref('1', 'main', c);
    const op = s.delete('2', b, c);
    let { history } = s;
    assert.equal(history.head, a);
    assert.deepEqual([...history.deleted], [b, c]);
    assert.deepEqual([...history.refs], []);
    assert.ok(!history.isLiving(c) && history.isLiving(a));
    assert.equal(history.toInfo(c).parent, a);
    assert.equal(history.checkpoint(c)?.message, 'c');
    s.delete('3', a);
    assert.equal(s.history.head, null);
    s.undo('4', op);
    ({ history } = s);
    assert.equal(history.head, c);
    assert.equal(history.refs.get('main'), c);
    assert.equal(history.toInfo(b).parent, null);
  });

  test('undo and redo of restores', () => {
    const s = new Script();
    const look = (): (RecordId | undefined)[] => {
      const { history } = s;
      return [history.undoable()?.id, history.redoable()?.restore.id];
    };
    assert.deepEqual(look(), [undefined, undefined]);
    const r1 = s.add('r1', restore());
    const r2 = s.add('r2', restore());
    assert.deepEqual(look(), [r2, undefined]);
    const u2 = s.add('u2', restore({ purpose: 'undo', reverses: r2 }));
    assert.deepEqual(look(), [r1, r2]);
    const u1 = s.add('u1', restore({ purpose: 'undo', reverses: r1 }));
    assert.deepEqual(look(), [undefined, r1]);
    assert.equal(s.history.redoable()?.undo.id, u1);
    // Either the undo or the restore may be named as what is redone.
    const again1 = s.add('again1', restore({ purpose: 'redo', reverses: u1 }));
    assert.deepEqual(look(), [again1, r2]);
    const again2 = s.add('again2', restore({ purpose: 'redo', reverses: r2 }));
    assert.deepEqual(look(), [again2, undefined]);
    s.add('u3', restore({ purpose: 'undo', reverses: again2 }));
    assert.deepEqual(look(), [again1, again2]);
    // Files restored anew: what was undone cannot come back.
    const r3 = s.add('r3', restore());
    assert.deepEqual(look(), [r3, undefined]);
    // An undo of something unknown, or of what is undone already, changes nothing.
    s.add('u4', restore({ purpose: 'undo', reverses: u2 }));
    assert.deepEqual(look(), [r3, undefined]);
  });

  test('operations: newest first, and which are undone', () => {
    const s = new Script();
    const a = s.take('a');
    const op = s.tag('1', a, ['x', 'y']);
    s.undo('2', op);
    s.add('3', restore({ checkpoint: a }));
    s.ref('4', 'main', a);
    s.rename('5', a, 'm');
    s.delete('6', a);
    s.add('7', {
      v: 1,
      time: 0,
      author,
      kind: 'gc',
      objects: 1,
      manifests: 1,
      bytes: 9,
      trash: 't',
    });
    const { history } = s;
    const { operations } = new OperationLog(history).page();
    assert.deepEqual(
      operations.map((one) => one.kind),
      ['gc', 'delete', 'rename', 'ref', 'restore', 'undo', 'tag', 'take'],
    );
    const tag = operations.find((one) => one.kind === 'tag');
    assert.deepEqual(tag?.detail, { checkpoint: a, add: 'x y', remove: '' });
    assert.deepEqual([tag.undone, tag.offers, tag.about?.id], [true, 'redo', a]);
  });

  test('the cache gives the same history back, and refuses what it did not make', () => {
    const s = new Script();
    const a = s.take('a');
    s.ref('1', 'main', a);
    s.undo('2', s.delete('3', a));
    s.add('4', restore({ checkpoint: a, head: a }));
    const json = JSON.parse(JSON.stringify(s.history.serialize())) as unknown;
    const back = History.deserialize(json);
    assert.deepEqual(snapshotOf(back), snapshotOf(s.history));
    for (const bad of [null, 1, {}, { version: 2, log: [] }, { version: 1, log: [{}] }]) {
      assert.throws(() => History.deserialize(bad), SnapdirError);
    }
  });

  test('isNewest', () => {
    const s = new Script();
    assert.ok(s.history.isNewest({ time: 0, id: id('a') }));
    s.take('b');
    assert.ok(s.history.isNewest({ time: 1000, id: id('c') }));
    assert.ok(!s.history.isNewest({ time: 1000, id: id('b') }));
    assert.ok(!s.history.isNewest({ time: 1000, id: id('a') }));
    assert.ok(!s.history.isNewest({ time: 999, id: id('z') }));
  });

  test('10,000 records fold quickly', () => {
    const s = new Script();
    let parent: CheckpointId | null = null;
    for (let i = 0; i < 10_000; i++) {
      parent =
        i % 10 === 9 ? (s.tag(`t${i}`, parent!, [`tag${i}`]), parent) : s.take(`c${i}`, parent);
    }
    const started = performance.now();
    assert.equal(s.history.head, parent);
    // Measured at 10 to 20 ms; the bound only catches a fold that hangs.
    assert.ok(performance.now() - started < 20_000);
  });
});

/** Everything that a history says. */
