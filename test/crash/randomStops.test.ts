import { report, scaled, SEED } from '../reliability/support/figures';
import type { MemoryFsOptions } from './memoryCore';
import { randomScenario } from './randomScenarios';
import { Sweep } from './stopSweep';

/** Trees, edits and commands that nobody thought of; a failing one names its seed. */
suite('T2: stopped at every call, random scenarios', () => {
  const WAYS: { options: MemoryFsOptions; on: string }[] = [
    { options: {}, on: 'linux' },
    { options: { syncFs: true }, on: 'linux' },
    { options: { noHardLinks: true }, on: 'linux' },
    { options: {}, on: 'darwin' },
  ];

  test('any tree, any change, any command', function () {
    this.timeout(3_600_000);
    const wanted = scaled(138_000);
    let points = 0;
    let calls = 0;
    let distinct = 0;
    let scenarios = 0;
    for (; points < wanted; scenarios++) {
      const { options, on } = WAYS[scenarios % WAYS.length]!;
      const sweep = new Sweep(randomScenario(SEED * 1_000_003 + scenarios, options), on);
      sweep.run();
      points += sweep.points;
      calls += sweep.calls;
      distinct += sweep.distinct;
    }
    const what = 'stop points, random scenarios';
    const note = `every one of ${calls} calls of ${scenarios} scenarios; ${distinct} differ, the others follow a sync`;
    report({ test: 'T2', what, count: points, broken: 0, note });
  });
});
