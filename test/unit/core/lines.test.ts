import assert from 'node:assert/strict';
import { id, restore } from './records';
import { Script } from './script';

suite('lines of a timeline', () => {
  test('nothing is said of a straight one', () => {
    const s = new Script();
    const first = s.take('first');
    const second = s.take('second', first);
    for (const one of [first, second]) {
      const { branchOf, forks, aside } = s.history.toInfo(one);
      assert.deepEqual([branchOf, forks, aside], [undefined, undefined, undefined]);
    }
  });

  test('a second child is a branch, and the line that HEAD left stands aside', () => {
    const s = new Script();
    const first = s.take('first');
    const left = s.take('left', first);
    const further = s.take('further', left);
    const safety = s.take('safety', further, { trigger: 'safety' });
    s.add('restore', restore({ checkpoint: first, head: first, headBefore: further, safety }));

    // Between the restore and the next take, what comes after HEAD is on its line.
    assert.equal(s.history.head, first);
    assert.equal(s.history.toInfo(further).aside, undefined);

    const branch = s.take('branch', first);
    const after = s.take('after', branch);
    const { history } = s;
    assert.equal(history.head, after);
    assert.deepEqual(history.toInfo(branch).branchOf, { id: first, time: 1000, message: 'first' });
    assert.equal(history.toInfo(first).forks, 2);
    assert.deepEqual(
      [first, left, further, safety, branch, after].filter((one) => history.toInfo(one).aside),
      [left, further],
    );
    assert.equal(history.toInfo(after).branchOf, undefined);
  });

  test('a branch is told by what its parent is called now, and goes with it', () => {
    const s = new Script();
    const first = s.take('first');
    s.take('left', first);
    const branch = s.take('branch', first);
    s.rename('r', first, 'the beginning');
    assert.equal(s.history.toInfo(branch).branchOf?.message, 'the beginning');
    s.delete('d', id('left'));
    assert.equal(s.history.toInfo(branch).branchOf, undefined);
    assert.equal(s.history.toInfo(first).forks, undefined);
  });

  test('what a restore sets aside and what is imported begin no line', () => {
    const s = new Script();
    const first = s.take('first');
    s.take('safety', first, { trigger: 'safety' });
    const second = s.take('second', first);
    const imported = s.take('imported', null, { trigger: 'import' });
    assert.equal(s.history.toInfo(second).branchOf, undefined);
    assert.equal(s.history.toInfo(imported).aside, undefined);
  });
});
