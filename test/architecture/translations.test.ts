// Every language says everything, and with the same placeholders, links and code as English.
// `npm run l10n` lists what a translation lacks.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
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
