import fc from 'fast-check';
import { strict as assert } from 'node:assert';
import { escapeForWindows, fittingPaths } from '../../../src/core/fittingNames';
import { findCollisions, windowsProblem } from '../../../src/core/paths';
import { name } from './arbitraries';

const fit = (paths: string[], windows = true, folds = true): Record<string, string> =>
  Object.fromEntries(fittingPaths(paths, { windows, folds }));

suite('names that a file system can hold', () => {
  test('what Windows refuses is escaped as in an address; nothing else changes', () => {
    const names = [
      'a:b',
      'CON',
      'con.txt',
      'end.',
      'x ',
      'q?<>|"*',
      'back\\slash',
      '50%',
      'ok.txt',
    ];
    assert.deepEqual(fit(names), {
      CON: '%43ON',
      'a:b': 'a%3Ab',
      'back\\slash': 'back%5Cslash',
      'con.txt': '%63on.txt',
      'end.': 'end%2E',
      'q?<>|"*': 'q%3F%3C%3E%7C%22%2A',
      'x ': 'x%20',
    });
    assert.deepEqual(fit(names, false), {});
  });

  test('the second of two names that are one gets a number, also when that is taken, folders too', () => {
    const paths = ['README.md', 'readme.md', 'Readme.md', 'readme%2.md', 'D/x', 'd/x', 'd/y'];
    assert.deepEqual(fit(paths), {
      'Readme.md': 'Readme%3.md',
      'readme.md': 'readme%4.md',
      d: 'd%2',
      'd/x': 'd%2/x',
      'd/y': 'd%2/y',
    });
    assert.deepEqual(fit(paths, true, false), {});
  });

  test('an escaped name is not that of another file', () => {
    assert.deepEqual(fit(['a%3Ab', 'a:b']), { 'a:b': 'a%3Ab%2' });
  });

  test('a name that becomes too long is cut before its ending', () => {
    const long = `${':'.repeat(100)}.txt`;
    const [short] = Object.values(fit([long]));
    assert.ok(Buffer.byteLength(short!) <= 255 && short!.endsWith('.txt'));
  });

  test('any names: all of them can stand there, each is somebody’s alone, and folders hold what they held', () => {
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const any = fc.oneof(path, fc.constantFrom('nul', 'A:b', 'a:B', 'x./y', 'X./y', 'aux.c/z'));
    fc.assert(
      fc.property(fc.uniqueArray(any, { maxLength: 20 }), (paths) => {
        const renamed = fittingPaths(paths, { windows: true, folds: true });
        const places = paths.map((one) => renamed.get(one) ?? one);
        assert.deepEqual(findCollisions(places), []);
        for (const [index, place] of places.entries()) {
          assert.equal(place.split('/').length, paths[index]!.split('/').length);
          place.split('/').forEach((part) => assert.equal(windowsProblem(part), undefined, part));
        }
      }),
    );
  });

  test('a device keeps its ending', () => {
    assert.equal(escapeForWindows('COM1.log'), '%43OM1.log');
  });
});
