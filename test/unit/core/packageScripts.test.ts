import { strict as assert } from 'node:assert';
import { bringsScripts, isPackageFile } from '../../../src/core/packageScripts';

suite('scripts that a package.json brings', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const pkg = (scripts: unknown): Uint8Array => bytes(JSON.stringify({ name: 'x', scripts }));
  const rows: [string, Uint8Array, Uint8Array | null | undefined, boolean][] = [
    ['nothing there: one that runs at installation', pkg({ prepare: 'x' }), null, true],
    ['nothing there: one that a person calls', pkg({ test: 'x', build: 'y' }), null, false],
    ['nothing there: none', bytes('{}'), null, false],
    ['the same', pkg({ test: 'x', postinstall: 'y' }), pkg({ postinstall: 'y', test: 'x' }), false],
    ['another one', pkg({ test: 'x' }), pkg({ test: 'y' }), true],
    ['one more', pkg({ test: 'x', lint: 'y' }), pkg({ test: 'x' }), true],
    ['one less', pkg({ test: 'x' }), pkg({ test: 'x', lint: 'y' }), false],
    ['nobody knows what is there', pkg({ test: 'x' }), undefined, true],
    ['nobody knows, and it has none', pkg({}), undefined, false],
    ['what is there is no JSON', pkg({ test: 'x' }), bytes('{'), true],
    ['it is no JSON', bytes('{ // a comment\n "scripts": {} }'), null, true],
    ['it is no text', new Uint8Array([0xff, 0xfe]), pkg({}), true],
    ['a byte order mark', bytes('\uFEFF{"scripts":{"install":"x"}}'), null, true],
    ['a name of every object', bytes('{"scripts":{"__proto__":"x"}}'), pkg({}), true],
    ['no scripts but something else', pkg('install'), null, false],
    ['no object', bytes('7'), null, false],
  ];
  for (const [name, theirs, live, expected] of rows) {
    test(name, () => assert.equal(bringsScripts(theirs, live), expected));
  }

  test('under every name that some file system takes for it', () => {
    for (const path of ['package.json', 'a/Package.JSON', 'package.json.', 'package.json::$DATA']) {
      assert.ok(isPackageFile(path), path);
    }
    for (const path of ['package.jsonc', 'package-lock.json', 'package.json/a']) {
      assert.ok(!isPackageFile(path), path);
    }
  });
});
