import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nullLogger } from '../../../src/base/logger';
import { SnapdirError } from '../../../src/core/errors';
import type { Engine, Progress } from '../../../src/core/engine';
import { createEngine } from '../../../src/engine/worker/engineClient';
import { fileTree } from '../../support/fileTree';
import { givingWay } from '../../support/givingWay';
import { tempDir } from '../../support/tempDir';
import { directEngine, everything, quietControl } from '../../support/directEngine';

function engineFor(root: string, more: { background?: boolean } = {}): Engine {
  return createEngine({
    location: { root },
    workerPath: resolve('dist', 'engine.cjs'),
    author: 'test@host',
    log: nullLogger,
    helpers: 2,
    ...more,
  });
}

function manyFiles(root: string, count: number): void {
  for (let index = 0; index < count; index++) {
    const dir = join(root, `d${index % 50}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, `f${index}.txt`), `content ${index % 1500}`);
  }
}

suite('worker engine', () => {
  test('several threads make the same snapshot as one', async () => {
    const root = tempDir();
    manyFiles(root, 3000);
    const engine = engineFor(root);
    const progress: Progress[] = [];
    const taken = await engine.take(
      { trigger: 'manual', rules: everything },
      { onProgress: (step) => progress.push(step) },
    );
    const alone = directEngine(root).manifest({ rev: 'live', rules: everything }, quietControl);
    assert.equal(taken.checkpoint.snapshot, alone.id);
    assert.equal(taken.newObjects, 1500);
    assert.deepEqual((await engine.verify({ full: true })).problems, []);
    await engine.close();
  }).timeout(30_000);

  test('in the editor all its threads give way, and only there', async function () {
    if (process.platform !== 'linux') {
      this.skip(); // A priority is the whole process's there, so nobody lowers it.
    }
    const root = tempDir();
    manyFiles(root, 3000);
    const before = givingWay();
    for (const [background, expected] of [
      [false, 0],
      [true, 3],
    ] as const) {
      const engine = engineFor(root, { background });
      await engine.take({ trigger: 'manual', rules: everything });
      await engine.timeline({ limit: 1 });
      // A thread gives way as soon as it runs.
      for (let tries = 0; givingWay() - before < expected; tries++) {
        assert.ok(tries < 1000, `${givingWay() - before} threads`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.ok(background || givingWay() === before);
      await engine.close();
    }
  }).timeout(30_000);

  test('a call can be cancelled while it runs, and the engine goes on', async () => {
    const root = tempDir();
    manyFiles(root, 4000);
    const engine = engineFor(root);
    await engine.status({});
    const abort = new AbortController();
    const taking = engine.take({ trigger: 'manual', rules: everything }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    const start = performance.now();
    await assert.rejects(taking, { name: 'AbortError' });
    assert.ok(performance.now() - start < 15_000);
    assert.equal((await engine.timeline({})).total, 0);
    assert.equal(
      (await engine.take({ trigger: 'manual', rules: everything })).checkpoint.stats.files,
      4000,
    );
    await engine.close();
  }).timeout(30_000);

  test('errors arrive with code and data', async () => {
    const engine = engineFor(fileTree(tempDir(), { 'a.txt': 'a' }));
    await engine.take({ trigger: 'manual', rules: everything });
    await assert.rejects(engine.readFile({ rev: 'HEAD', path: 'none.txt' }), (error) => {
      assert.ok(SnapdirError.is(error, 'PATH_NOT_FOUND'));
      assert.deepEqual(error.data, { path: 'none.txt', rev: 'HEAD' });
      return true;
    });
    await engine.close();
    await assert.rejects(engine.status({}), { name: 'AbortError' });
  });

  test('reading goes on while a snapshot is being taken', async () => {
    const root = tempDir();
    manyFiles(root, 5000);
    const engine = engineFor(root);
    let taken = false;
    const taking = engine.take({ trigger: 'manual', rules: everything }).then(() => {
      taken = true;
    });
    await engine.timeline({});
    assert.equal(taken, false);
    await taking;
    await engine.close();
  }).timeout(30_000);
});
