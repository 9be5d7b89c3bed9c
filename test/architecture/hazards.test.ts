import { strict as assert } from 'node:assert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths';

interface Row {
  hazard: string;
  defence: string;
  tests: { file: string; title: string | undefined }[];
}

function readRows(): Row[] {
  const text = readFileSync(join(repositoryRoot, 'docs', 'hazards.md'), 'utf8');
  return [...text.matchAll(/^\| (H\d+) +\|[^|]+\| ([^|]+)\|([^|]*)\|$/gm)].map((match) => ({
    hazard: match[1]!,
    defence: match[2]!,
    tests: [...match[3]!.matchAll(/`([\w/]+)`(?: "([^"]+)")?/g)].map(([, file, title]) => ({
      file: join('test', `${file}.test.ts`),
      title,
    })),
  }));
}

suite('docs/hazards.md', () => {
  const rows = readRows();

  test('names each hazard of what is built once', () => {
    const numbers = rows.map(({ hazard }) => Number(hazard.slice(1)));
    const expected = Array.from({ length: 61 }, (_, n) => n + 1);
    assert.deepEqual(numbers.slice(0, 61), expected);
    assert.equal(new Set(numbers).size, numbers.length);
  });

  test('names tests that exist, by file and title', () => {
    const missing = rows.flatMap(({ hazard, tests }) =>
      tests
        .filter(({ file, title }) => {
          const path = join(repositoryRoot, file);
          return !existsSync(path) || !readFileSync(path, 'utf8').includes(title ?? '');
        })
        .map(({ file, title }) => `${hazard}: ${file} ${title ?? ''}`),
    );
    assert.deepEqual(missing, []);
  });

  test('names a test for every defence: what has none is a limit', () => {
    const none = rows.filter(({ tests, defence }) => tests.length === 0 && !/limit/.test(defence));
    assert.deepEqual(
      none.map(({ hazard }) => hazard),
      [],
    );
  });
});
