import assert from 'node:assert/strict';
import { cliFolder } from '../support/cli';

const AT_ONCE = 8;

suite('cli: several processes at once', function () {
  this.timeout(120_000);

  test(`${AT_ONCE} takes at once: all are listed, the store is whole`, async () => {
    const files = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`d${i % 7}/f${i}`, `${i}`]),
    );
    const folder = cliFolder(files);
    const results = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => folder.run('take', '-m', `take ${i}`, '-q')),
    );
    results.forEach(({ code, stderr }) => assert.equal(code, 0, stderr));
    const taken = results.map(({ stdout }) => stdout.trim()).sort();
    assert.equal(new Set(taken).size, AT_ONCE);
    const listed = (await folder.ok('list', '-q')).stdout.trim().split('\n').sort();
    assert.deepEqual(listed, taken);
    await folder.ok('verify', '--full');
  });

  test('takes, names and tags at once: nothing is lost', async () => {
    const folder = cliFolder({ a: 'x' });
    await folder.ok('take', '-m', 'first');
    const work = Array.from({ length: 4 }, (_, i) => [
      folder.run('take', '-m', `take ${i}`),
      folder.run('promote', 'HEAD', `name-${i}`),
      folder.run('tag', 'HEAD', `tag-${i}`),
    ]).flat();
    for (const { code, stderr } of await Promise.all(work)) {
      assert.equal(code, 0, stderr);
    }
    const { checkpoints, refs, tags } = (await folder.ok('list', '--json')).json<{
      checkpoints: unknown[];
      refs: object;
      tags: string[];
    }>();
    assert.equal(checkpoints.length, 5);
    assert.deepEqual(Object.keys(refs).sort(), ['name-0', 'name-1', 'name-2', 'name-3']);
    assert.deepEqual([...tags].sort(), ['tag-0', 'tag-1', 'tag-2', 'tag-3']);
  });

  test('two restores at once: one waits or is refused, and neither leaves anything half-way', async () => {
    const folder = cliFolder(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, `${i}`])),
    );
    await folder.ok('take', '-m', 'one');
    await folder.ok('take', '-m', 'two');
    const results = await Promise.all([
      folder.run('restore', 'HEAD~', '--exact', '--yes', '--json'),
      folder.run('restore', 'HEAD', '--exact', '--yes', '--json'),
    ]);
    for (const result of results) {
      const busy = result.code === 3 && /STORE_BUSY/.test(result.stdout);
      assert.ok(result.code === 0 || busy, result.stdout);
    }
    assert.ok(results.some(({ code }) => code === 0));
    await folder.ok('verify', '--full');
    assert.equal((await folder.run('list')).stderr, '', 'no restore is pending');
  });
});
