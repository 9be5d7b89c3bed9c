// Every language says everything, and with the same placeholders, links and code as English.
// `npm run l10n` lists what a translation lacks.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LEFT_ALONE } from '../../src/core/failureReason';
import {
  NAME_PROBLEMS,
  PARSE_PROBLEMS,
  PATH_PROBLEMS,
  PLAN_CHANGES,
  STORE_PROBLEMS,
  TARGET_PROBLEMS,
} from '../../src/core/reasons';
import { repositoryRoot } from '../support/paths';

type Words = Record<string, string>;
const read = (path: string): Words =>
  JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8')) as Words;

const PAIRS = [
  { english: 'l10n/bundle.l10n.json', pattern: /^bundle\.l10n\.(.+)\.json$/u, folder: 'l10n' },
  { english: 'package.nls.json', pattern: /^package\.nls\.(.+)\.json$/u, folder: '.' },
].flatMap(({ english, pattern, folder }) =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => pattern.test(name))
    .map((name) => ({ english, path: join(folder, name), language: pattern.exec(name)![1]! })),
);

/** What must be the same in every language, in any order. */
function fixedParts(text: string): string[] {
  const parts = text.matchAll(/\{\d+\}|\(command:[^)]+\)|`[^`]+`|\.snapdir\w*|\n/gu);
  return [...parts].map(([part]) => part).sort();
}

suite('translations', () => {
  test('there is German, of the manifest and of the code', () => {
    const german = PAIRS.filter(({ language }) => language === 'de').map(({ path }) => path);
    assert.deepEqual(german.sort(), ['l10n/bundle.l10n.de.json', 'package.nls.de.json']);
  });

  test('reasons of the engine have words of the interface, each of which can be translated', () => {
    const text = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
    const words = text('src/ui/reasonWords.ts');
    const codes = [
      ...[...PATH_PROBLEMS, ...TARGET_PROBLEMS, ...STORE_PROBLEMS, ...NAME_PROBLEMS],
      ...[...PARSE_PROBLEMS, ...PLAN_CHANGES, ...LEFT_ALONE],
    ];
    for (const code of codes) {
      const translated = new RegExp(
        `(?:^\\s*'?${code}'?: t\\()|(?:case '${code}':\\s*return t\\()`,
        'mu',
      );
      assert.match(words, translated, code);
    }
  });

  for (const { english, path } of PAIRS) {
    const source = read(english);
    const translated = read(path);

    test(`${path} says everything that ${english} says, and nothing else`, () => {
      const missing = Object.keys(source).filter((key) => !(key in translated));
      const left = Object.keys(translated).filter((key) => !(key in source));
      assert.deepEqual({ missing, left }, { missing: [], left: [] });
    });

    test(`${path} has the placeholders, links and code of ${english}`, () => {
      for (const [key, text] of Object.entries(source)) {
        const words = translated[key];
        if (words !== undefined) {
          assert.deepEqual(fixedParts(words), fixedParts(text), key);
          assert.ok(words.trim() !== '', key);
        }
      }
    });

    test(`${path} is translated, not copied`, () => {
      const long = Object.entries(source).filter(([, text]) => /[a-z]+ [a-z]+ [a-z]+/iu.test(text));
      const copied = long.filter(([key, text]) => translated[key] === text).map(([key]) => key);
      assert.deepEqual(copied, []);
      assert.ok(long.length > 40);
    });
  }
});
