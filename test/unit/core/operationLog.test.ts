import { strict as assert } from 'node:assert';
import type { UndoObstacle } from '../../../src/core/engine';
import type { RecordId } from '../../../src/core/ids';
import { OperationLog } from '../../../src/core/operationLog';
import { restore } from './records';
import { author, Script } from './script';

const names = (script: Script, what: 'undo' | 'redo'): string[] =>
  new OperationLog(script.history)
    .inOrder(what)
    .map(({ root }) => Buffer.from(root.id, 'hex').toString().replace(/\0/g, ''));

const back = (script: Script, to: RecordId): string[] =>
  (new OperationLog(script.history).backTo(to) ?? []).map(
    ({ what, root }) => `${what} ${Buffer.from(root.id, 'hex').toString().replace(/\0/g, '')}`,
  );

function undoTake(s: Script, op: string, take: RecordId, reverses = take): RecordId {
  return s.add(op, {
    ...{ v: 1, time: 0, author, kind: 'delete', checkpoints: [take] },
    reverses,
  });
}

suite('undo and redo of operations', () => {
  test('undo goes from the last to the first, redo the same way back', () => {
    const s = new Script();
    const a = s.take('a');
    const tag = s.tag('tag', a, ['x']);
    const ref = s.ref('ref', 'main', a);
    assert.deepEqual(names(s, 'undo'), ['ref', 'tag', 'a']);
    const u1 = s.undo('u1', ref);
    const u2 = s.undo('u2', tag);
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['a'], ['tag', 'ref']]);
    assert.deepEqual(s.history.toInfo(a).tags, []);
    s.undo('r2', u2);
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['tag', 'a'], ['ref']]);
    s.undo('r1', u1);
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['ref', 'tag', 'a'], []]);
    assert.equal(s.history.refs.get('main'), a);
    // Undone, redone and undone again, by way of the redo's own record.
    s.undo('u3', s.undo('r3', s.undo('u4', ref)));
    assert.equal(s.history.refs.size, 0);
  });

  test('something new ends redo; what happens by itself does not', () => {
    const s = new Script();
    const a = s.take('a');
    s.undo('u', s.rename('rename', a, 'other'));
    s.take('auto', a, { trigger: 'auto' });
    const pruning = { keep: { last: 0, hourly: 0, daily: 0, weekly: 0 }, automatic: true };
    s.add('prune', {
      ...{ v: 1, time: 0, author, kind: 'delete', checkpoints: [], prune: pruning },
    });
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['a'], ['rename']]);
    s.tag('tag', a, ['x']);
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['tag', 'a'], []]);
  });

  test('what only keeps a promotion is no operation of its own, and ends no redo', () => {
    const s = new Script();
    const a = s.take('a');
    s.undo('u', s.rename('rename', a, 'other'));
    const before = new OperationLog(s.history).page().operations.map((one) => one.id);
    s.pin('pin', 'main', a);
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['a'], ['rename']]);
    assert.deepEqual(back(s, a), []);
    const page = new OperationLog(s.history).page();
    assert.deepEqual(
      page.operations.map((one) => one.id),
      before,
    );
    assert.deepEqual(s.history.toInfo(a).tags, []);
  });

  test('two windows that undo the same thing undo it once; one redo brings it back', () => {
    const s = new Script();
    const a = s.take('a');
    const op = s.delete('delete', a);
    s.undo('mine', op);
    const theirs = s.undo('theirs', op);
    assert.ok(s.history.isLiving(a));
    s.undo('redo', theirs);
    assert.ok(!s.history.isLiving(a));
  });

  test('a take that is undone goes off the list for every reader, and comes back', () => {
    const s = new Script();
    const a = s.take('a');
    const b = s.take('b', a);
    const u = undoTake(s, 'u', b);
    assert.deepEqual([s.history.head, s.history.isLiving(b)], [a, false]);
    assert.deepEqual([names(s, 'undo'), names(s, 'redo')], [['a'], ['b']]);
    const r = s.undo('r', u);
    assert.deepEqual([s.history.head, s.history.isLiving(b)], [b, true]);
    undoTake(s, 'again', b, r);
    assert.ok(!s.history.isLiving(b));
  });

  test('restores are undone by restores, in the same order as everything else', () => {
    const s = new Script();
    const a = s.take('a');
    s.take('safe', a, { trigger: 'safety' });
    const first = s.add('first', restore({ checkpoint: a, head: a, headBefore: a }));
    s.rename('rename', a, 'other');
    const second = s.add('second', restore({ checkpoint: a, head: a }));
    assert.deepEqual(names(s, 'undo'), ['second', 'rename', 'first', 'a']);
    const log = new OperationLog(s.history);
    assert.equal(log.obstacleTo(log.stepOf(first)!), 'later-restore');
    assert.equal(log.obstacleTo(log.stepOf(second)!), null);
    s.add('u', restore({ purpose: 'undo', reverses: second }));
    assert.deepEqual([names(s, 'undo')[0], names(s, 'redo')], ['rename', ['second']]);
    s.add('third', restore({ checkpoint: a }));
    const after = new OperationLog(s.history);
    assert.equal(after.obstacleTo(after.stepOf(second)!), 'restored-anew');
  });

  test('back to a record: what came later is undone, what was undone later is redone', () => {
    const s = new Script();
    const a = s.take('a');
    const early = s.tag('early', a, ['x']);
    const here = s.ref('here', 'main', a);
    s.take('auto', a, { trigger: 'auto' });
    const late = s.rename('late', a, 'm');
    s.undo('u', early);
    s.undo('v', s.tag('gone', a, ['y']));
    assert.deepEqual(back(s, here), ['redo early', 'undo late']);
    assert.deepEqual(back(s, late), ['redo early']);
    assert.deepEqual(back(s, a), ['undo late', 'undo here']);
    assert.equal(new OperationLog(s.history).backTo('0'.repeat(64) as RecordId), undefined);
  });

  test('the list says what can be done about each row, or why not', () => {
    const s = new Script();
    const a = s.take('a');
    const safety = s.take('safety', a, { trigger: 'safety' });
    s.add('restore', restore({ checkpoint: a, safety }));
    const tag = s.tag('tag', a, ['x']);
    const undone = s.undo('u', tag);
    const redone = s.undo('r', undone);
    const gc = { v: 1, time: 0, author, kind: 'gc', objects: 1, manifests: 1, bytes: 9 } as const;
    s.undo('gcu', s.add('gc', { ...gc, trash: 't' }));
    const page = new OperationLog(s.history).page();
    const rows = page.operations.map(({ kind, of, offers, obstacle, undone: isUndone }) => [
      ...[kind, of?.kind ?? null, offers, obstacle, isUndone],
    ]);
    assert.deepEqual(rows, [
      ['undo', 'gc', null, 'collect-again' satisfies UndoObstacle, false],
      ['gc', null, null, 'collect-again', true],
      ['redo', 'tag', 'undo', null, false],
      ['undo', 'tag', null, 'superseded', false],
      ['tag', null, 'undo', null, false],
      ['restore', null, 'undo', null, false],
      ['take', null, 'undo', null, false],
    ]);
    assert.deepEqual([page.undo, page.redo], [tag, null]);
    assert.deepEqual(page.operations[2]!.about, { id: a, message: 'a', time: 1000 });
    assert.equal(page.operations[2]!.id, redone);
  });

  test('pages', () => {
    const s = new Script();
    const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => s.take(name)).reverse();
    const log = new OperationLog(s.history);
    const first = log.page({ limit: 2 });
    assert.deepEqual(
      first.operations.map(({ id }) => id),
      ids.slice(0, 2),
    );
    assert.equal(first.next, ids[1]);
    const rest = log.page({ limit: 9, before: first.next! });
    assert.deepEqual(
      rest.operations.map(({ id }) => id),
      ids.slice(2),
    );
    assert.equal(rest.next, undefined);
    assert.deepEqual(log.page({ before: 'f'.repeat(64) as RecordId }).operations, []);
  });

  test('a safety checkpoint without its restore leaves HEAD where it was', () => {
    const s = new Script();
    const a = s.take('a');
    s.take('safety', a, { trigger: 'safety' });
    assert.equal(s.history.head, a);
  });
});
