import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { walks, walksText } from '../../scripts/walks/walks.mjs';
import { repositoryRoot } from '../support/paths';

suite('the walks of the README', () => {
  test('are the ones that the tests play, click by click', () => {
    const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
    assert.ok(readme.includes(walksText()), `Put this into the README:\n\n${walksText()}`);
  });

  test('have their pictures', () => {
    for (const { name } of Object.values(walks)) {
      assert.ok(existsSync(join(repositoryRoot, 'docs', 'images', `walk-${name}-dark.png`)), name);
    }
  });
});
