import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { compileBundle, loadBundle } from '../../../src/stores/bundle/loadBundle';
import type { S3Sdk } from '../../../src/stores/s3/loadSdk';
import { tempDir } from '../../support/tempDir';

suite('stores: loading a large bundle', () => {
  const [bundle, thread] = [resolve('dist/remote-s3.cjs'), resolve('dist/compile.cjs')];

  test('another thread compiles it, and this one takes that over', async () => {
    const { source, cache } = await compileBundle(bundle, thread);
    const script = new Script(source, { filename: bundle, cachedData: cache });
    assert.equal(script.cachedDataRejected, false);
    const sdk = (await loadBundle(bundle, thread)) as S3Sdk;
    const client = new sdk.S3Client({ region: 'us-east-1' });
    assert.equal(await client.config.region(), 'us-east-1');
    client.destroy();
  });

  test('a bundle is a module: its own path, and what it needs of Node', async () => {
    const path = join(tempDir(), 'some.cjs');
    writeFileSync(path, 'module.exports = { at: __filename, sep: require("node:path").sep };');
    const { at, sep } = (await loadBundle(path, thread)) as { at: string; sep: string };
    assert.deepEqual([at, sep.length], [path, 1]);
  });

  test('without the thread it is loaded all the same; what cannot be loaded says why', async () => {
    const path = join(tempDir(), 'other.cjs');
    writeFileSync(path, 'exports.here = 1;');
    const none = join(tempDir(), 'none.cjs');
    assert.deepEqual({ ...((await loadBundle(path, none)) as object) }, { here: 1 });
    await assert.rejects(loadBundle(none, thread), /none\.cjs/u);
    const broken = join(tempDir(), 'broken.cjs');
    writeFileSync(broken, 'throw new Error("broken at its start");');
    await assert.rejects(loadBundle(broken, thread), /broken at its start/u);
  });
});
