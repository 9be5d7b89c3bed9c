import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { causeWords } from '../../../src/cli/causeWords';
import { theirWords, type Cause } from '../../../src/core/causes';
import { repositoryRoot } from '../../support/paths';

/** One cause a line: its code, and its details where it has any. */
const CAUSES = [
  ...readFileSync(join(repositoryRoot, 'src/core/causes.ts'), 'utf8').matchAll(
    /^ {2}'?([a-z0-9-]+)'?: (?:Alone|\{ (.*) \});$/gmu,
  ),
].map(([, is = '', details = '']) => ({ is, details }));

const NUMBER = 4711;
const TEXT = 'their-own-text';
/** A value of each type that a detail has, and how it is to be seen. */
const VALUES: readonly [type: RegExp, value: unknown, seen: string][] = [
  [/^number$/, NUMBER, String(NUMBER)],
  [/^readonly string\[\]$/, [TEXT, 'other'], `${TEXT}, other`],
  [/^Told$/, theirWords(TEXT), TEXT],
  [/^string$/, TEXT, TEXT],
  [/^'Git' \| /, 'Git', 'Git says'],
];

suite('cli: words of causes', () => {
  test('each has words of its own, and names its details', () => {
    assert.ok(CAUSES.length > 60, `${CAUSES.length} causes`);
    const all = new Map<string, string>();
    for (const { is, details } of CAUSES) {
      const cause: Record<string, unknown> = { is };
      const seen: string[] = [];
      for (const detail of details === '' ? [] : details.split('; ')) {
        const [name = '', type = ''] = detail.split(': ');
        const [, value, words = ''] = VALUES.find(([one]) => one.test(type)) ?? [];
        assert.notEqual(value, undefined, `${is}: ${detail}`);
        cause[name] = value;
        seen.push(words);
      }
      const words = causeWords(cause as Cause);
      assert.match(words, is === 'answered' ? /^\S+$/u : /^\S+ \S/u, is);
      assert.doesNotMatch(words, /undefined|\[object|\.$/u, is);
      for (const one of seen) {
        assert.ok(words.includes(one), `${is}: ${words}`);
      }
      assert.ok(!all.has(words), `${is} is worded as ${all.get(words)}`);
      all.set(words, is);
    }
  });

  test('what acts on a terminal is escaped', () => {
    const escape = '\u001b[2J';
    for (const cause of [
      { is: 'said', by: 'Git', words: theirWords(escape) },
      { is: 'answered', answer: theirWords(escape) },
      { is: 'host-trouble', host: escape },
      { is: 'no-snapshot', rev: escape },
      { is: 'one-of', words: [escape] },
      { is: 'status', code: escape },
    ] satisfies Cause[]) {
      const words = causeWords(cause);
      assert.ok(!words.includes('\u001b') && words.includes('\\u001b[2J'), words);
    }
  });
});
