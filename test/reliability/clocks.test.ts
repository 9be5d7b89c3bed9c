import { strict as assert } from 'node:assert';
import { quietControl } from '../../src/engine/context';
import { createMethods } from '../../src/engine/engine';
import { edit, rules, startProcess } from '../crash/processes';
import { ClockFs } from './support/clockFs';
import { ClockRun, type ClockCounts } from './support/clockRun';
import { report, scaled, SEED } from './support/figures';
import { Random } from './support/random';

/**
 * T12: the clock of a machine is set back and ahead by a minute to ten years, between operations and in the middle of
 * them; processes have clocks that differ from the file system's; the file system's times are as coarse as 2 s.
 */
const STEPS = 60;

suite('T12: clocks that jump', function () {
  this.timeout(3_600_000);

  test('nothing is deleted too early, the order stays, and every edit is seen', () => {
    const runs = scaled(500, 15);
    const total: Partial<Record<keyof ClockCounts, number>> = {};
    const broken: string[] = [];
    for (let run = 0; run < runs; run++) {
      const seed = SEED * 10_000 + run;
      const one = new ClockRun(new Random(seed));
      one.work(STEPS);
      broken.push(...one.broken.map((text) => `seed ${seed}: ${text}`));
      for (const [name, count] of Object.entries(one.counts) as [keyof ClockCounts, number][]) {
        total[name] = (total[name] ?? 0) + count;
      }
    }
    const note = Object.entries(total)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
    report({
      test: 'T12',
      what: 'folders with jumping clocks',
      count: runs,
      broken: broken.length,
      note,
    });
    assert.deepEqual(broken.slice(0, 10), []);
    assert.ok(total.purged! > 0, 'something was deleted for good');
  });

  for (const restarts of [false, true]) {
    test(`an edit in the very tick of the last one is seen, ${restarts ? 'by another process' : 'by the same'}`, () => {
      const fs = new ClockFs({ syncFs: true });
      fs.grainNs = 1_000_000_000n;
      fs.mkdir('/folder', 0o755);
      edit(fs, { f: 'one' });
      const written = fs.time;
      let process = startProcess(fs);
      const take = (): string =>
        createMethods(process.env, { root: process.root }).take(
          { trigger: 'manual', rules },
          quietControl,
        ).checkpoint.snapshot;
      fs.time += 3_600_000_000_000n;
      const first = take();
      if (restarts) {
        process.end();
        process = startProcess(fs);
      }
      fs.time = written;
      fs.overwrite('/folder/f', 'two');
      fs.time += 60_000_000_000n;
      assert.notEqual(take(), first);
      process.end();
    });
  }
});
