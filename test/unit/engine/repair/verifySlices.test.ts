import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifySlice } from '../../../../src/core/engine';
import type { Damaged } from '../../../../src/core/reasons';
import { quietControl } from '../../../../src/engine/context';
import { files, fileWith, flip, lose, makeHomeRepo, type HomeRepo } from './damagedRepo';

suite('verify, bit by bit', () => {
  let repo: HomeRepo;
  setup(() => {
    const spec = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`file ${index}`, `content number ${index}.`]),
    );
    repo = makeHomeRepo(spec);
    repo.take({ message: 'first' });
  });

  const pass = (depth: 'quick' | 'full', ms = 10_000): VerifySlice[] => {
    const slices: VerifySlice[] = [];
    do {
      slices.push(repo.engine.verifySlice({ depth, ms }, quietControl));
    } while (slices.at(-1)?.done === false);
    return slices;
  };
  const damagedNow = (): (Damaged | undefined)[] =>
    repo.engine.timeline({}, quietControl).checkpoints.map(({ damaged }) => damaged);

  test('of a sound store nothing is kept but the place', () => {
    assert.deepEqual(pass('quick').at(-1), { ...pass('quick').at(-1), done: true, suspects: 0 });
    const [slice] = pass('full');
    assert.deepEqual([slice?.done, slice?.objects, slice?.suspects], [true, 41, 0]);
    assert.ok(!existsSync(join(repo.store.cache, 'damage')));
  });

  test('the full pass goes on where it was, in another process, too', () => {
    const position = join(repo.store.cache, 'verify');
    let objects = 0;
    while (!existsSync(position)) {
      objects += repo.engine.verifySlice({ depth: 'full', ms: 0.2 }, quietControl).objects;
    }
    assert.match(readFileSync(position, 'utf8'), /^\d+\n$/u);
    assert.ok(objects >= 1 && objects < 41);
    const rest = pass('full').reduce((sum, slice) => sum + slice.objects, 0);
    assert.equal(objects + rest, 41);
    assert.equal(readFileSync(position, 'utf8'), '0\n');
    // As another process finds it: there the pass is not in memory.
    const shards = files(repo.store.objects).map((name) => parseInt(name.slice(0, 3), 16));
    const half = shards.sort((a, b) => a - b)[20]!;
    writeFileSync(position, `${half}\n`);
    assert.equal(pass('full')[0]?.objects, 1 + shards.filter((shard) => shard >= half).length);
    writeFileSync(position, 'nonsense');
    assert.equal(pass('full')[0]?.objects, 41);
  });

  test('a missing object is seen by the quick pass, a flipped bit by the full one', () => {
    flip(fileWith(repo.store.objects, 'number 7.'));
    assert.equal(pass('quick').at(-1)?.suspects, 0);
    assert.equal(pass('full').at(-1)?.suspects, 1);
    lose(fileWith(repo.store.objects, 'number 8.'));
    assert.equal(pass('quick').at(-1)?.suspects, 2);
    assert.deepEqual(damagedNow(), [undefined], 'what it means is not known yet');
    const { damaged, problems } = repo.engine.verify({ full: false }, quietControl);
    assert.equal(problems.length, 2);
    assert.deepEqual(damaged[0]?.paths, ['file 7', 'file 8']);
    assert.deepEqual(damagedNow(), [{ what: 'content', path: 'file 7', more: 1 }]);
  });

  test('a damaged manifest is seen by both', () => {
    const [name] = files(repo.store.manifests);
    flip(join(repo.store.manifests, name!));
    assert.equal(pass('quick').at(-1)?.suspects, 1);
    repo.engine.verify({ full: false }, quietControl);
    assert.deepEqual(damagedNow(), [{ what: 'manifest-damaged' }]);
  });

  test('what was mended by itself is forgotten by the next look', () => {
    const path = fileWith(repo.store.objects, 'number 7.');
    flip(path);
    pass('full');
    assert.equal(repo.engine.verify({ full: false }, quietControl).damagedCount, 1);
    flip(path);
    assert.equal(repo.engine.verify({ full: false }, quietControl).damagedCount, 0);
    assert.deepEqual(damagedNow(), [undefined]);
  });

  test('it can be cancelled', () => {
    const control = { signal: { aborted: true }, progress: () => undefined };
    assert.throws(() => repo.engine.verifySlice({ depth: 'full', ms: 50 }, control), {
      name: 'AbortError',
    });
  });
});
