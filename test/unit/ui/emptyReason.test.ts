import assert from 'node:assert/strict';
import { SnapdirError } from '../../../src/core/errors';
import { emptyReason } from '../../../src/ui/views/emptyReason';

suite('why a timeline is empty', () => {
  const plain = { error: undefined, total: 0, foreign: false, vanished: false };

  test('nothing is said of several folders, of rows, and before anything is known', () => {
    assert.equal(emptyReason([]), undefined);
    assert.equal(emptyReason([undefined]), undefined);
    assert.equal(emptyReason([plain, plain]), undefined);
    assert.equal(emptyReason([{ ...plain, total: 1 }]), undefined);
    assert.equal(emptyReason([{ ...plain, total: 1, foreign: true }]), undefined);
  });

  test('each state has its own words', () => {
    assert.equal(emptyReason([plain]), 'none');
    assert.equal(emptyReason([{ ...plain, foreign: true }]), 'foreign');
    assert.equal(emptyReason([{ ...plain, vanished: true }]), 'vanished');
  });

  test('an error comes first', () => {
    const damaged = new SnapdirError('PARSE', { what: 'FORMAT', reason: 'x' });
    const refused = new SnapdirError('STORE_UNSAFE', { path: 'x', reason: 'is-link' });
    assert.equal(emptyReason([{ ...plain, error: damaged, vanished: true }]), 'damaged');
    assert.equal(emptyReason([{ ...plain, error: refused }]), 'refused');
    assert.equal(emptyReason([{ ...plain, error: new Error('x') }]), 'unreadable');
  });
});
