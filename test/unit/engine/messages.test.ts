import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { serialize } from 'node:v8';
import { nullLogger } from '../../../src/base/logger';
import type { Engine } from '../../../src/core/engine';
import { fitting, MAX_MESSAGE_BYTES, messageBytes } from '../../../src/core/messageSize';
import { createEngine } from '../../../src/engine/worker/engineClient';
import { putTogether, takeApart } from '../../../src/engine/worker/parts';
import { everything } from '../../support/directEngine';
import { tempDir } from '../../support/tempDir';

const FILES = 20_000;
const nameOf = (index: number): string =>
  `many/a folder with rather a long name/file number ${String(index).padStart(6, '0')} é.txt`;

function engineFor(root: string): Engine {
  const workerPath = resolve('dist', 'engine.cjs');
  const options = { workerPath, author: 'test@host', log: nullLogger, helpers: 1 };
  return createEngine({ location: { root }, ...options });
}

function sizeOf(value: unknown): number {
  return serialize(value).length;
}

suite('messages of the engine', function () {
  this.timeout(120_000);
  const flag = 'SNAPDIR_CHECK_MESSAGES';
  let before: string | undefined;
  setup(() => {
    before = process.env[flag];
    process.env[flag] = '1';
  });
  teardown(() => {
    if (before === undefined) {
      delete process.env[flag];
    }
  });

  test('none is larger than 1 MiB when 20,000 files changed, and nothing is left out', async () => {
    const root = tempDir();
    mkdirSync(join(root, 'many/a folder with rather a long name'), { recursive: true });
    const engine = engineFor(root);
    await engine.take({ trigger: 'manual', rules: everything });
    for (let index = 0; index < FILES; index++) {
      writeFileSync(join(root, nameOf(index)), `content ${index % 100}`);
    }
    const taken = await engine.take({ trigger: 'manual', rules: everything });
    assert.equal(taken.changes.added, FILES);
    const request = { left: 'HEAD~', right: 'HEAD', rules: everything, limit: 50_000 };
    const compared = await engine.compare(request);
    assert.ok(sizeOf(compared) > 3 * MAX_MESSAGE_BYTES, 'it takes several messages');
    const paths = compared.changes.map(({ path }) => path);
    assert.deepEqual(
      paths,
      Array.from({ length: FILES }, (_, index) => nameOf(index)),
    );
    const live = await engine.compare({ ...request, left: 'HEAD~', right: 'live' });
    assert.deepEqual(live, compared);
    const folder = 'many/a folder with rather a long name';
    const listed = await engine.readDir({ rev: 'HEAD', path: folder });
    assert.equal(listed.length, FILES);
    const manifest = await engine.manifest({ rev: 'HEAD', rules: everything });
    assert.equal(manifest.id, taken.checkpoint.snapshot);
    const lines = Buffer.from(manifest.bytes).toString().split('\n');
    assert.equal(lines.filter((line) => line.startsWith('F ')).length, FILES);
    const plan = await engine.planRestore({
      ...{ rev: 'HEAD~', exact: true, rules: everything, limit: 50_000 },
    });
    assert.equal(plan.items.length, FILES);
    await engine.close();
  });

  test('long lists are taken apart and put together, whichever they are', () => {
    const item = (index: number): object => ({ path: `p${index}`.repeat(20), list: ['x', index] });
    const long = Array.from({ length: 30_000 }, (_, index) => item(index));
    for (const result of [
      ...[null, 5, 'text', [], {}, [item(1)], { list: [item(1)], count: 1 }, long],
      ...[{ list: long, other: [1, 2], more: long.slice(5), bytes: new Uint8Array(5) }],
    ]) {
      const { parts, rest } = takeApart(result);
      for (const message of [...parts, rest]) {
        assert.ok(sizeOf(message) <= MAX_MESSAGE_BYTES);
      }
      const copies = structuredClone({ parts, rest });
      assert.deepEqual(putTogether(copies.parts, copies.rest), result);
    }
    assert.equal(long.length, 30_000, 'the lists themselves stay as they are');
  });

  test('sizes are told with some room, for any text', () => {
    const values = [
      ...['', 'a'.repeat(1000), 'é'.repeat(1000), '\u{1f600}'.repeat(1000), 12, -1.5, true, null],
      ...[[1, 2, 3], { a: 'b', c: { d: [] } }, Array.from({ length: 50 }, () => ({ k: 'v' }))],
    ];
    for (const value of values) {
      const [told, real] = [messageBytes(value), sizeOf(value)];
      assert.ok(
        told >= real - 8 && told < 10 * real + 20,
        `${JSON.stringify(value)} ${told} ${real}`,
      );
    }
    assert.deepEqual(fitting(['a'.repeat(90), 'b', 'c'.repeat(50)], 150), ['a'.repeat(90), 'b']);
    assert.deepEqual(fitting(['a'.repeat(900)], 150), ['a'.repeat(900)]);
  });
});
