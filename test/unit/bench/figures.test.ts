// Medians and ratios: a benchmark that reckons wrongly is worse than none.
import assert from 'node:assert/strict';
import {
  duration,
  interleave,
  measured,
  median,
  pairedDifference,
  pairedRatio,
} from '../../../scripts/bench/figures.mjs';

suite('figures of the benchmark', () => {
  test('the median is the middle, or half way between the two in the middle', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([10, 1, 2, 3]), 2.5);
    assert.equal(median([7]), 7);
  });

  test('ratios are taken round by round, so a slow round is slow for both', () => {
    // Ratios 0.5, 0.5, 2: the ratio of the medians would be 1.
    assert.equal(pairedRatio([1, 10, 2], [2, 20, 1]), 0.5);
  });

  test('a round that one of the two left out does not count', () => {
    assert.equal(pairedRatio([1, 100, 3], [2, null, 6]), 0.5);
    assert.equal(pairedRatio([1, 2], [null, null]), undefined);
    assert.equal(pairedRatio(undefined, [1]), undefined);
    assert.deepEqual(measured([1, null, 3]), [1, 3]);
  });

  test('what one takes more than the other is taken round by round, too', () => {
    // Differences 1, 1, 9: that of the medians would be 7.
    assert.equal(pairedDifference([2, 21, 10], [1, 20, 1]), 1);
    assert.equal(pairedDifference([2, 9], [1, null]), 1);
    assert.equal(pairedDifference([1], undefined), undefined);
  });

  test('durations are short, and never lose a fast one', () => {
    assert.deepEqual([12_340, 1240, 66.4, 9.96, 4.21, 0.42].map(duration), [
      ...['12.3 s', '1.24 s', '66 ms', '10 ms', '4.2 ms', '0.42 ms'],
    ]);
  });
});

suite('contestants of the benchmark', () => {
  test('take turns, each with its own untimed steps', async () => {
    const seen: string[] = [];
    const note = (text: string) => () => void seen.push(text);
    await interleave(
      2,
      [
        { name: 'a', prepare: note('prepare a'), run: note('a'), after: note('after a') },
        { name: 'b', run: note('b') },
      ],
      { round: note('round'), before: ({ name }) => void seen.push(`before ${name}`) },
    );
    const round = ['round', 'prepare a', 'before a', 'a', 'after a', 'before b', 'b'];
    assert.deepEqual(seen, [...round, ...round]);
  });

  test('sit rounds out when they are slow, and stay paired with the others', async () => {
    const runs: number[] = [];
    const { times } = await interleave(4, [
      { name: 'fast', run: () => undefined },
      { name: 'slow', every: 2, run: (round) => void runs.push(round) },
    ]);
    assert.deepEqual(runs, [0, 2]);
    assert.equal(times['fast']!.length, 4);
    assert.deepEqual(
      times['slow']!.map((time) => time === null),
      [false, true, false, true],
    );
  });

  test('may bring a clock of their own, which forgets what was not timed', async () => {
    let spent = 0;
    const clock = (): number => {
      const time = spent;
      spent = 0;
      return time;
    };
    const { times } = await interleave(1, [
      {
        name: 'program',
        prepare: () => void (spent += 500),
        run: () => void (spent += 7),
        elapsed: clock,
      },
      { name: 'unknown', run: () => undefined, elapsed: () => undefined },
    ]);
    assert.equal(times['program']![0], 7);
    assert.equal(typeof times['unknown']![0], 'number');
  });

  test('a peer that fails is skipped with its reason; the others go on', async () => {
    const { times, skipped } = await interleave(2, [
      { name: 'broken', run: () => Promise.reject(new Error('no such option\nusage …')) },
      { name: 'fine', run: () => undefined },
    ]);
    assert.deepEqual(skipped, { broken: 'no such option' });
    assert.deepEqual(Object.keys(times), ['fine']);
    assert.equal(times['fine']!.length, 2);
  });

  test('we may not fail', async () => {
    const own = { name: 'snapdir', own: true, run: () => Promise.reject(new Error('broken')) };
    await assert.rejects(interleave(1, [own]), /broken/);
  });
});
