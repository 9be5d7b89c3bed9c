import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapdirError } from '../../../src/core/errors';
import {
  baseName,
  checkRelPath,
  findCollisions,
  foldName,
  inScope,
  isProtectedName,
  isWithin,
  joinPath,
  manifestPath,
  parentOf,
  parseManifestPath,
  representableName,
  windowsProblem,
} from '../../../src/core/paths';
import { name } from './arbitraries';

const isUnsafe = (error: unknown): boolean => SnapdirError.is(error, 'UNSAFE_PATH');
const refuses = (path: string, windows = false): void =>
  assert.throws(() => checkRelPath(path, { windows }), isUnsafe, JSON.stringify(path));

suite('paths', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('paths that leave the folder or name nothing are refused', () => {
    const bad = ['..', '../x', 'a/../b', 'a/..', './a', '.', 'a/.', '/a', 'a/', 'a//b', '/', '//'];
    bad.push('a\0b', 'a\nb', 'a\rb', 'a\tb', 'a\x7fb', 'a\ud800', '..\\x', 'x\\..', 'a/x\\..\\y');
    bad.forEach((path) => refuses(path));
  });

  test('limits: 128 deep, 4,096 bytes, 255 bytes a name', () => {
    assert.equal(checkRelPath(Array(128).fill('a').join('/')).length, 128);
    refuses(Array(129).fill('a').join('/'));
    assert.equal(checkRelPath('é'.repeat(127)).length, 1);
    refuses('é'.repeat(128));
    assert.equal(checkRelPath(Array(16).fill('a'.repeat(255)).join('/')).length, 16);
    refuses(Array(17).fill('a'.repeat(255)).join('/'));
    refuses(`a/${'\u{1f600}'.repeat(64)}`);
  });

  test('protected folders are refused under every alias, at every depth', () => {
    const aliases = [
      '.git',
      '.GIT',
      '.Git ',
      '.git.',
      '.git. .',
      '.git::$INDEX_ALLOCATION',
      '.git:x',
    ];
    aliases.push(
      'git~1',
      'GIT~2',
      '.g\u200cit',
      '.gi\u200dt',
      '\ufeff.git',
      '.\uff47it',
      'GI7EBA~1',
    );
    aliases.push('.snapdir', '.SnapDir', 'SNAPDI~1', '.hg', '.svn', '.jj', 'SN12AB~1');
    aliases.push('x\\.git', '.git\\hooks');
    for (const alias of aliases) {
      assert.ok(isProtectedName(alias), JSON.stringify(alias));
      refuses(alias);
      refuses(`a/${alias}/b`);
    }
    for (const fine of [
      '.gitignore',
      '.github',
      'git',
      'snapdir',
      '.vscode',
      'a~1',
      '.git2',
      'x.git',
      '.jjj',
      '~',
      'a.hg',
    ]) {
      assert.ok(!isProtectedName(fine), fine);
      checkRelPath(`a/${fine}`);
    }
  });

  test('names that Windows cannot hold are refused only for Windows', () => {
    for (const name of [
      'CON',
      'nul.txt',
      'com1',
      'LPT¹',
      'aux ',
      'a:b',
      'C:',
      'a?',
      'x.',
      'x ',
      'a|b',
      'conin$',
      'COM1 .x',
    ]) {
      assert.notEqual(windowsProblem(name), undefined, name);
      refuses(`d/${name}`, true);
      checkRelPath(`d/${name}`);
    }
    for (const name of ['console', 'com', 'com10', 'auxiliary.c', 'a.b', '.x', 'null']) {
      assert.equal(windowsProblem(name), undefined, name);
    }
  });

  test('a name that may be recorded can be restored, unless it is protected', () => {
    fc.assert(
      fc.property(fc.oneof(name, fc.string({ unit: 'binary', maxLength: 300 })), (one) => {
        if (representableName(one) && !isProtectedName(one)) {
          assert.deepEqual(checkRelPath(`a/${one}`), ['a', one]);
          assert.equal(parseManifestPath(`./${one}`, 'F'), one);
        } else if (!representableName(one) && !one.includes('/')) {
          assert.throws(() => checkRelPath(`a/${one}`), isUnsafe);
          assert.throws(() => parseManifestPath(`./a/${one}`, 'F'), isUnsafe);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('manifest paths: what is written is read again, what has another form is refused', () => {
    for (const [path, type, text] of [
      ['', 'D', './'],
      ['a', 'F', './a'],
      ['a/b', 'D', './a/b/'],
    ] as const) {
      assert.equal(manifestPath(path, type), text);
      assert.equal(parseManifestPath(text, type), path);
    }
    for (const [text, type] of [
      ['./', 'F'],
      ['', 'D'],
      ['.', 'D'],
      ['a', 'F'],
      ['/a', 'F'],
      ['./a', 'D'],
      ['./a/', 'F'],
      ['.//', 'D'],
      ['./..', 'F'],
      ['./../', 'D'],
      ['./a/./b', 'F'],
      ['.//a', 'F'],
    ] as const) {
      assert.throws(() => parseManifestPath(text, type), isUnsafe, text);
    }
    // snapdir's own manifests hold .git: reading is allowed, writing is not.
    assert.equal(parseManifestPath('./.git/HEAD', 'F'), '.git/HEAD');
    assert.throws(() => parseManifestPath('./CON', 'F', { windows: true }), isUnsafe);
  });

  test('parents, names and scopes', () => {
    assert.deepEqual(['', 'a', 'a/b', 'a/b/c'].map(parentOf), ['', '', 'a', 'a/b']);
    assert.deepEqual(['', 'a', 'a/b'].map(baseName), ['', 'a', 'b']);
    assert.equal(joinPath('', 'a'), 'a');
    assert.equal(joinPath('a', 'b/c'), 'a/b/c');
    assert.equal(joinPath('a', ''), 'a');
    assert.ok(isWithin('a/b', 'a') && isWithin('a', 'a') && isWithin('x', ''));
    assert.ok(!isWithin('ab', 'a') && !isWithin('a', 'a/b') && !isWithin('', 'a'));
    assert.ok(inScope('x', null) && inScope('b/c', ['a', 'b']) && !inScope('bc', ['a', 'b']));
    assert.ok(!inScope('x', []));
  });

  test('long lists of scopes mean the same as short ones', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 })
      .map((all) => all.join('/'));
    fc.assert(
      fc.property(
        path,
        fc.array(
          path.filter((one) => one !== ''),
          { maxLength: 3 },
        ),
        (one, few) => {
          const many = [...few, ...Array.from({ length: 40 }, (_, i) => `other/${i}`)];
          assert.equal(inScope(one, many), inScope(one, few));
        },
      ),
    );
    assert.ok(inScope('x', [...Array.from({ length: 40 }, (_, i) => `${i}`), '']));
  });

  test('names that a file system may take for one have one key', () => {
    for (const [a, b] of [
      ['README', 'ReadMe'],
      ['é', 'e\u0301'],
      ['straße', 'STRASSE'],
      ['ς', 'Σ'],
      ['É', 'e\u0301'],
    ] as const) {
      assert.equal(foldName(a), foldName(b), `${a} ${b}`);
    }
    assert.notEqual(foldName('a'), foldName('b'));
  });

  test('collisions are found in files and in the folders above them', () => {
    assert.deepEqual(findCollisions(['a/x', 'b/x', 'A b']), []);
    assert.deepEqual(findCollisions(['a/x', 'A/y']), [['A', 'a']]);
    assert.deepEqual(findCollisions(['src/README', 'src/readme', 'src/ReadMe']), [
      ['src/README', 'src/ReadMe', 'src/readme'],
    ]);
    assert.deepEqual(findCollisions(['x', 'X/y']), [['X', 'x']]);
  });
});
