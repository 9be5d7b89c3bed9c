import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/tempDir';
import { letCanariesLoose } from './support/canaries';
import { report } from './support/figures';

suite('T16: made-up secrets', function () {
  this.timeout(600_000);
  test('none gets into a folder that is promoted to, nor into anything that is said or kept', async () => {
    const bucket = join(tempDir(), 'bucket');
    const read = (): Promise<string> => {
      const entries = existsSync(bucket)
        ? readdirSync(bucket, { recursive: true, withFileTypes: true })
        : [];
      const files = entries.filter((entry) => entry.isFile());
      const texts = files.map(({ parentPath, name }) =>
        readFileSync(join(parentPath, name), 'latin1'),
      );
      return Promise.resolve(texts.join('\n'));
    };
    const { canaries, leaks } = await letCanariesLoose({ url: `file://${bucket}`, env: {}, read });
    report({ test: 'T16', what: 'canaries', count: canaries, broken: leaks.length });
    assert.deepEqual(leaks, []);
  });
});
