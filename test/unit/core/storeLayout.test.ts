import assert from 'node:assert/strict';
import { shard, unshard } from '../../../src/core/storeLayout';

const ID = '8f780cf351dd987125b8c3048a2ca3da8f08a7ec230df1c063a7ffe51821f38c';

suite('storeLayout', () => {
  test('an id has its place, and the place gives the id', () => {
    const path = shard(ID);
    assert.equal(path, '8f7/80c/f35/1dd987125b8c3048a2ca3da8f08a7ec230df1c063a7ffe51821f38c');
    assert.equal(unshard(path.split('/')), ID);
  });

  test('what is no id gets no place', () => {
    for (const bad of ['', 'abc', '../../../x', ID.toUpperCase(), `${ID}0`, `${ID}\n`]) {
      assert.throws(() => shard(bad));
    }
  });

  test('other things found in the store have no id', () => {
    const [a, b, c, rest] = shard(ID).split('/') as [string, string, string, string];
    assert.equal(unshard([a, b, c, `${rest}.123.tmp`]), undefined);
    assert.equal(unshard([a, b, c]), undefined);
    assert.equal(unshard([a, b, c, rest, '']), undefined);
    assert.equal(unshard([a + b.slice(0, 1), b.slice(1), c, rest]), undefined);
    assert.equal(unshard([a, b, c, rest.toUpperCase()]), undefined);
    assert.equal(unshard(['', a + b + c, '', rest]), undefined);
  });
});
