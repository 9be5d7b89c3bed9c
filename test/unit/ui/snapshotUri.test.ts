import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fromUriParts, toUriParts } from '../../../src/ui/documents/snapshotUri';

suite('snapshot URIs', () => {
  test('come back as they went in', () => {
    const segment = fc
      .string({ minLength: 1, maxLength: 12 })
      .map((s) => s.replaceAll('/', '\u202e'));
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), path, (root, rev, file) => {
        const target = { root: `/${root}`, rev, path: file };
        assert.deepEqual(fromUriParts(toUriParts(target)), target);
      }),
    );
  });

  test('keep the name of the file and show a short id', () => {
    const parts = toUriParts({ root: '/w', rev: 'ab'.repeat(32), path: 'src/logo.png' });
    assert.equal(parts.path, '/src/logo.png');
    assert.equal((JSON.parse(parts.query) as { label: string }).label, 'ababababab');
    const named = toUriParts({ root: '/w', rev: 'feature/x', path: 'a' });
    assert.ok(!(JSON.parse(named.query) as { label: string }).label.includes('/'));
  });

  test('are refused where they are not ours', () => {
    const good = toUriParts({ root: '/w', rev: 'HEAD', path: 'a' });
    const bad = [
      { ...good, scheme: 'file' },
      { ...good, authority: 'change' },
      { ...good, query: '' },
      { ...good, query: 'null' },
      { ...good, query: '[]' },
      { ...good, query: '{"root":1,"rev":"x"}' },
      { ...good, query: '{"root":"/w","rev":""}' },
    ];
    assert.deepEqual(
      bad.map((parts) => fromUriParts(parts)),
      bad.map(() => undefined),
    );
  });
});
