import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DEFAULT_EXCLUDES } from '../../src/core/excludeDefaults';

interface Manifest {
  contributes: {
    configuration: { properties: Record<string, { default: Record<string, boolean> }> };
  };
}

suite('default excludes', () => {
  test('the setting and the command leave out the same', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const setting = manifest.contributes.configuration.properties['snapdir.exclude'];
    assert.deepEqual(
      setting?.default,
      Object.fromEntries(DEFAULT_EXCLUDES.map((glob) => [glob, true])),
    );
  });
});
