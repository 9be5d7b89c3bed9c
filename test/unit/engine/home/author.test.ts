import assert from 'node:assert/strict';
import { hostname, userInfo } from 'node:os';
import { RECORD_LIMITS } from '../../../../src/core/records/fields';
import { authorName } from '../../../../src/engine/home/author';

suite('engine: who takes and promotes', () => {
  const by = (named?: string): string => authorName({ SNAPDIR_AUTHOR: named });

  test('is the user on this machine, where nothing is said', () => {
    const own = `${userInfo().username}@${hostname()}`;
    for (const nothing of [undefined, '', ' \t\n']) {
      assert.equal(by(nothing), own);
    }
  });

  test('is who SNAPDIR_AUTHOR names, in one line that a record takes', () => {
    assert.equal(by(' Ada Lovelace '), 'Ada Lovelace');
    assert.equal(by('Ada\n\u001b[31mroot'), 'Ada [31mroot');
    const long = by('\u{1f375}'.repeat(1_000));
    assert.ok(long.length <= RECORD_LIMITS.author && long.isWellFormed());
    assert.ok(by('Ada\ud800').isWellFormed());
  });
});
