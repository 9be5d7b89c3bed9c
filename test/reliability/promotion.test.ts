import assert from 'node:assert/strict';
import { join } from 'node:path';
import { FileStore } from '../../src/stores/file/fileStore';
import { tempDir } from '../support/tempDir';
import { copyTree, dropTree } from './support/copyTree';
import { whyNoTracing } from './support/disks';
import { report, scaled, SEED } from './support/figures';
import { killPromotion, promotable, type Kill, type Promotable } from './support/killedPromotions';
import { callsOf, command, type Point } from './support/kills';
import { race } from './support/promoters';
import { Random } from './support/random';

suite('T3: a promotion is killed', function () {
  this.timeout(3_600_000);
  const why = whyNoTracing();
  let bucket: string;
  let before: string;
  let of: Promotable;
  let points: Point[] = [];
  let took = 0;
  let url: string;
  const args = (): string[] => ['promote', of.checkpoint, 'main', '--to', url];

  /** The store as it was, in the same place: what a store was seen to hold is remembered by its URL. */
  function reset(): void {
    dropTree(bucket);
    copyTree(before, bucket);
  }

  suiteSetup(async () => {
    const place = tempDir();
    bucket = join(place, 'bucket');
    before = join(place, 'before');
    url = `file://${bucket}`;
    of = await promotable(url);
    copyTree(bucket, before);
    const copy = (name: string): string => {
      const root = join(place, name);
      copyTree(of.root, root);
      return root;
    };
    if (why === undefined) {
      points = await callsOf(copy('traced'), args(), bucket);
      reset();
    }
    const began = performance.now();
    assert.equal((await command(copy('timed'), args())).code, 0);
    took = performance.now() - began;
  });

  async function kills(
    when: string,
    count: number,
    kill: (n: number, random: Random) => Kill,
  ): Promise<void> {
    const broken: string[] = [];
    let killed = 0;
    for (let n = 0; n < count; n++) {
      const random = new Random(SEED * 7919 + n);
      const chosen = kill(n, random);
      reset();
      const open = (): Promise<FileStore> => FileStore.open(bucket, { url });
      const one = await killPromotion(of, { url, env: {}, open }, chosen, random);
      killed += one.killed ? 1 : 0;
      const where = chosen.point ? `${chosen.point.call} ${chosen.point.when}` : 'at a random time';
      broken.push(...one.broken.map((what) => `${where}: ${what}`));
    }
    const note = `${count - killed} ended before the kill; ${points.length} calls`;
    report({
      test: 'T3',
      what: `kills of a promotion, ${when}`,
      count: killed,
      broken: broken.length,
      note,
    });
    assert.deepEqual(broken.slice(0, 20), []);
    assert.ok(killed > count / 2, 'most promotions ended before they were killed');
  }

  const skipped = why === undefined ? '' : ` (skipped: ${why})`;
  test(`at the calls that change the store${skipped}`, async function () {
    if (why !== undefined) {
      this.skip();
    }
    await kills('at calls', scaled(212, 8), (_, random) => ({ point: random.pick(points), took }));
  });

  test('at random times', async () => {
    await kills('at random times', scaled(106, 6), () => ({ took }));
  });
});

suite('T6: eight processes promote to one name', function () {
  this.timeout(3_600_000);
  test('nothing is lost, one wins at a time, the others are told', async () => {
    const bucket = join(tempDir(), 'bucket');
    const remote = { url: `file://${bucket}` };
    const store = await FileStore.open(bucket, { ...remote, make: true });
    // All of them also in a short run: it takes seconds.
    const { promotions, aside, refused, broken } = await race(200, store, { remote });
    await store.close();
    const note = `${aside} came second and lie aside, ${refused} refused before anything was sent`;
    const what = 'promotions by 8 processes';
    report({ test: 'T6', what, count: promotions, broken: broken.length, note });
    assert.deepEqual(broken.slice(0, 20), []);
    assert.ok(aside + refused > 0, 'nobody met anybody');
  });
});
