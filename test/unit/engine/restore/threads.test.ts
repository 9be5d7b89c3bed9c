import { strict as assert } from 'node:assert';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nullLogger } from '../../../../src/base/logger';
import type { Engine, Progress } from '../../../../src/core/engine';
import { SnapdirError } from '../../../../src/core/errors';
import { createEngine } from '../../../../src/engine/worker/engineClient';
import { everything } from '../../../support/directEngine';
import { readTree } from '../../../support/fileTree';
import { tempDir } from '../../../support/tempDir';

const FILES = 1500;
const MIB = 1024 * 1024;

function bytesOf(seed: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    bytes[at] = (at * seed) >>> 7;
  }
  return bytes;
}

/** Many small files in folders of three levels, and some that are copied piece by piece or cloned. */
function fill(root: string): void {
  for (let index = 0; index < FILES; index++) {
    const dir = join(root, `d${index % 7}`, `e${index % 23}`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, `f${index}.txt`), `content ${index}`);
  }
  for (const [index, size] of [0, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * MIB].entries()) {
    writeFileSync(join(root, 'd1', `large${index}`), bytesOf(index + 3, size));
  }
  mkdirSync(join(root, 'd2', 'empty'));
  chmodSync(join(root, 'd3', 'e3', `f${firstOf(3, 3)}.txt`), 0o755);
  chmodSync(join(root, 'd4'), 0o750);
}

/** The first file of a folder. */
function firstOf(d: number, e: number): number {
  let index = 0;
  while (index % 7 !== d || index % 23 !== e) {
    index++;
  }
  return index;
}

suite('restore on several threads', () => {
  let root: string;
  let engine: Engine;
  let out: string;
  let first: string;

  setup(async function () {
    this.timeout(30_000);
    root = join(tempDir(), 'work');
    fill(root);
    out = tempDir();
    engine = createEngine({
      location: { root },
      workerPath: resolve('dist', 'engine.cjs'),
      author: 'test@host',
      log: nullLogger,
      helpers: 2,
    });
    first = (await engine.take({ trigger: 'manual', rules: everything })).checkpoint.id;
  });
  teardown(() => engine.close());

  const to = (destination: string): ReturnType<Engine['restoreTo']> =>
    engine.restoreTo({ rev: 'HEAD', mode: 'at', destination });

  /** The stored file of some small content, as a path. */
  function objectWith(text: string): string {
    const objects = join(root, '.snapdir', '.objects');
    const found = Object.entries(readTree(objects)).find(([, content]) => content === text);
    return join(objects, found![0]);
  }

  test('another place gets the same bytes and modes, and progress counts both', async () => {
    const told: Progress[] = [];
    const done = await engine.restoreTo(
      { rev: 'HEAD', mode: 'at', destination: join(out, 'copy') },
      { onProgress: (progress) => told.push(progress) },
    );
    assert.deepEqual([done.written, done.failed], [FILES + 5, []]);
    assert.deepEqual(readTree(done.path, { modes: true }), readTree(root, { modes: true }));
    assert.deepEqual(readdirSync(join(root, '.snapdir', 'tmp')), []);
    const written = told.filter(({ phase }) => phase === 'write');
    assert.ok(written.every(({ total, bytes }) => total === FILES + 5 && (bytes ?? -1) >= 0));
  }).timeout(30_000);

  test('in place: what is gone and what is changed comes back', async () => {
    const before = readTree(root, { modes: true });
    for (const gone of ['d1', 'd3/e3', 'd4']) {
      rmSync(join(root, gone), { recursive: true });
    }
    writeFileSync(join(root, 'd5', 'e5', `f${firstOf(5, 5)}.txt`), 'edited');
    writeFileSync(join(root, 'd4'), 'a file where a folder was');
    const request = { rev: 'HEAD', exact: true, rules: everything };
    const { counts, failed } = await engine.restore(request);
    assert.deepEqual(failed, []);
    assert.ok(counts.written > 400);
    assert.deepEqual(readTree(root, { modes: true }), before);
    const undone = await engine.undo({ what: 'undo', rules: everything });
    assert.deepEqual(undone.failed, []);
    assert.ok(!existsSync(join(root, 'd1')));
    assert.deepEqual((await engine.verify({ full: true })).problems, []);
  }).timeout(30_000);

  test('a damaged object is named, and nothing is left', async () => {
    const text = `content ${firstOf(6, 6)}`;
    writeFileSync(objectWith(text), text.toUpperCase());
    await assert.rejects(to(join(out, 'copy')), (error) => {
      assert.ok(SnapdirError.is(error, 'INTEGRITY'), String(error));
      assert.equal(error.data.path, `d6/e6/f${firstOf(6, 6)}.txt`);
      return true;
    });
    assert.deepEqual(readdirSync(out), []);
  }).timeout(30_000);

  test('a missing object is named; one in the trash comes back', async () => {
    const text = `content ${firstOf(6, 6)}`;
    const object = objectWith(text);
    rmSync(object);
    await assert.rejects(to(join(out, 'copy')), (error) => {
      assert.ok(SnapdirError.is(error, 'OBJECT_NOT_FOUND'), String(error));
      assert.equal(error.data.path, `d6/e6/f${firstOf(6, 6)}.txt`);
      return true;
    });
    assert.deepEqual(readdirSync(out), []);
    const trash = join(root, '.snapdir/trash/20260101000000-00000000/objects');
    mkdirSync(trash, { recursive: true });
    const checksum = object.split('/').slice(-4).join('');
    writeFileSync(join(trash, checksum), text);
    const { path } = await to(join(out, 'copy'));
    assert.equal(readTree(path)[`d6/e6/f${firstOf(6, 6)}.txt`], text);
  }).timeout(30_000);

  test('cancelled at any moment: an answer at once, and nothing there', async () => {
    const before = readTree(root, { modes: true });
    let cancelled = 0;
    for (let delay = 0; delay < 160; delay += 10) {
      const abort = new AbortController();
      const started = engine.restoreTo(
        { rev: 'HEAD', mode: 'at', destination: join(out, `copy${delay}`) },
        { signal: abort.signal },
      );
      await new Promise((resolve) => setTimeout(resolve, delay));
      const asked = performance.now();
      abort.abort();
      const done = await started.then(
        () => true,
        (error: Error) => {
          assert.equal(error.name, 'AbortError');
          return false;
        },
      );
      assert.ok(performance.now() - asked < 15_000, `${performance.now() - asked} ms`);
      assert.equal(existsSync(join(out, `copy${delay}`)), done);
      cancelled += done ? 0 : 1;
    }
    assert.ok(cancelled > 0);
    assert.deepEqual(readTree(root, { modes: true }), before);
  }).timeout(60_000);

  test('a restore in place that is cancelled ends where it began', async () => {
    rmSync(join(root, 'd1'), { recursive: true });
    const before = readTree(root, { modes: true });
    const request = { rev: first, exact: true, rules: everything };
    let cancelled = 0;
    for (let delay = 0; delay < 200 && cancelled < 8; delay += 15) {
      const abort = new AbortController();
      const started = engine.restore(request, { signal: abort.signal });
      await new Promise((resolve) => setTimeout(resolve, delay));
      abort.abort();
      const done = await started.then(
        () => true,
        () => false,
      );
      if (done) {
        rmSync(join(root, 'd1'), { recursive: true });
      } else {
        cancelled++;
        assert.deepEqual(readTree(root, { modes: true }), before, `cancelled after ${delay} ms`);
      }
    }
    assert.ok(cancelled > 0);
  }).timeout(60_000);
});
