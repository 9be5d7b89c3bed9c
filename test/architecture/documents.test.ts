import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths';

suite('documents', () => {
  test('hold no marks of a merge', () => {
    const marked = ['', 'docs'].flatMap((folder) =>
      readdirSync(join(repositoryRoot, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(folder, name))
        .filter((path) =>
          /^(?:<{7}|>{7}) /mu.test(readFileSync(join(repositoryRoot, path), 'utf8')),
        ),
    );
    assert.deepEqual(marked, []);
  });
});
