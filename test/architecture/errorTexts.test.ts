// No error carries a sentence of ours: causes are codes with details, worded where people read them, so that they can be
// translated. Texts are names of things, or what another program said, which is told as its own words.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from '../support/paths';

const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const sources = readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name.replaceAll('\\', '/')}`);

/** Fields of errors that are names of things: of files, stores, people, settings, … No sentence stands in them. */
const NAMES = new Set([
  ...['rev', 'candidates', 'path', 'paths', 'checksum', 'snapshot', 'checkpoints', 'address'],
  ...['expected', 'actual', 'name', 'known', 'found', 'supported', 'owner', 'journal', 'errno'],
  ...['store', 'host', 'bucket', 'permission', 'profile', 'source', 'region', 'used', 'endpoint'],
  ...['variable', 'key', 'url', 'by', 'refs', 'argument'],
  // What a person wrote beside a snapshot, and the kind of a file system as it calls itself.
  ...['message', 'kind'],
  // Words that a setting may have; the status that a program ended with.
  ...['words', 'code'],
]);

/** Other texts of errors: how each is worded. */
const WORDED: Readonly<Record<string, string>> = {
  'PARSE.what': 'parsedWords',
  'UNSUPPORTED_HASH.what': 'parsedWords',
  'STORE_BUSY.operation': 'leaseWords',
  // Whether it was about reading or writing is all that is told.
  'IO.operation': 'cannotWords',
  // The id of one; a command of Git's; what is on the button, translated by then.
  'CANNOT_UNDO.operation': 'an id',
  'GIT_FAILED.operation': 'a name',
  'NOT_TRUSTED.operation': 'translated',
};
/** For the command and the log, never for the editor's words. */
const UNTOLD = new Set(['PARSE.reason', 'UNSUPPORTED_HASH.reason']);

/** All that is taken over from other programs, by file. */
const TOLD: Readonly<Record<string, string[]>> = {
  'src/core/causes.ts': ['error instanceof Error ? error.message : String(error)'],
  'src/stores/git/gitProgram.ts': ['words.slice(0, ERROR_SHOWN)'],
  'src/stores/s3/credentialErrors.ts': ['plain(name)'],
  'src/stores/s3/s3Errors.ts': ['reason', 'plain(code) || plain(name)'],
};

/** A program that knows the types of the errors. */
function loadErrors(): { checker: ts.TypeChecker; file: ts.SourceFile } {
  const path = join(repositoryRoot, 'src/core/errors.ts');
  const program = ts.createProgram([path], {
    ...{ strict: true, noEmit: true, target: ts.ScriptTarget.ES2022 },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    types: [],
  });
  return { checker: program.getTypeChecker(), file: program.getSourceFile(path)! };
}

/** Every field, at any depth, that may be any text. */
function* freeTexts(checker: ts.TypeChecker, type: ts.Type, at: string): Generator<string> {
  if (type.isUnion()) {
    for (const one of type.types) {
      yield* freeTexts(checker, one, at);
    }
    return;
  }
  if ((type.flags & ts.TypeFlags.String) !== 0) {
    yield at;
    return;
  }
  // A text with a brand is what another program said.
  if (type.isIntersection() && type.types.some((one) => (one.flags & ts.TypeFlags.String) !== 0)) {
    return;
  }
  if ((type.flags & ts.TypeFlags.StringLiteral) !== 0) {
    return;
  }
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (element !== undefined) {
    yield* freeTexts(checker, element, at);
    return;
  }
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0) {
    for (const property of checker.getPropertiesOfType(type)) {
      yield* freeTexts(checker, checker.getTypeOfSymbol(property), `${at}.${property.name}`);
    }
  }
}

suite('texts in errors', () => {
  const { checker, file } = loadErrors();
  const declared = file.statements.find(
    (one): one is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(one) && one.name.text === 'ErrorData',
  )!;
  const codes = checker.getPropertiesOfType(checker.getTypeAtLocation(declared));

  test('are names of things; a reason is a code with details', () => {
    assert.ok(codes.length > 60, `${codes.length} codes`);
    const free = codes.flatMap((code) => [
      ...new Set(freeTexts(checker, checker.getTypeOfSymbol(code), code.name)),
    ]);
    assert.ok(free.includes('UNSAFE_PATH.path') && free.includes('REMOTE_URL_INVALID.url'));
    const other = free.filter(
      (at) => !NAMES.has(at.split('.').at(-1)!) && !(at in WORDED) && !UNTOLD.has(at),
    );
    assert.deepEqual(other, []);
    const gone = [...Object.keys(WORDED), ...UNTOLD].filter((at) => !free.includes(at));
    assert.deepEqual(gone, []);
  });

  test("that are the engine's own words are not among the editor's", () => {
    const words = read('src/ui/errorWords.ts');
    for (const at of UNTOLD) {
      const [, given] = new RegExp(`^ {2}${at.split('.')[0]}: \\(\\{([^}]*)\\}\\)`, 'mu').exec(
        words,
      )!;
      assert.ok(!given!.includes('reason'), at);
    }
  });

  test('of other programs are taken over in these places, and none is a sentence of ours', () => {
    const found: Record<string, string[]> = {};
    for (const path of sources) {
      const text = read(path);
      assert.ok(path === 'src/core/causes.ts' || !/as Told\b/u.test(text), path);
      const calls = [...text.matchAll(/(?<![.\w])theirWords\(((?:[^()]|\([^()]*\))*)\)/gu)];
      const taken = calls.map(([, argument]) => argument!).filter((one) => one !== 'text: string');
      if (taken.length > 0) {
        found[path] = taken;
      }
      assert.ok(!taken.some((one) => /['"`]/u.test(one)), path);
    }
    assert.deepEqual(found, TOLD);
  });

  test('have words for each cause, all of which can be translated', () => {
    const causes = ts.createSourceFile('c', read('src/core/causes.ts'), ts.ScriptTarget.ES2022);
    const names = causes.statements
      .filter((one) => ts.isInterfaceDeclaration(one) && /Causes$|^SaidBy$/u.test(one.name.text))
      .flatMap((one) => (one as ts.InterfaceDeclaration).members)
      .map(({ name }) => (name as ts.Identifier | ts.StringLiteral).text);
    assert.ok(names.length > 60, `${names.length} causes`);
    const words = read('src/ui/causeWords.ts');
    for (const name of names) {
      assert.match(words, new RegExp(`^ {2}'?${name}'?: \\([^)]*\\) =>\\s*t\\(`, 'mu'), name);
    }
  });

  test('are worded: what can be named as unreadable, and what keeps a store busy', () => {
    const words = read('src/ui/reasonWords.ts');
    const named = sources
      .filter((path) => !/^src\/(ui|cli)\//u.test(path))
      .flatMap((path) => {
        const text = read(path);
        return [
          ...text.matchAll(/'PARSE', \{\s*what: '([^']+)'/gu),
          ...text.matchAll(/acquireLease\(\s*env,[^'()]*?'([a-z ]+)'/gu),
          ...text.matchAll(/\{\s*operation: '([^']+)',\s*(?:control|work|\.\.\.)/gu),
        ].map(([, what]) => what!);
      });
    assert.ok(new Set(named).size > 10, String(named));
    for (const what of named) {
      assert.match(words, new RegExp(`^ {4}'?${what}'?: t\\(`, 'mu'), what);
    }
  });
});
