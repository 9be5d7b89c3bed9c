import { report, scaled, SEED } from '../reliability/support/figures';
import { mustHold, record } from './crashRun';
import type { MemoryFsOptions } from './memoryCore';
import { randomScenario } from './randomScenarios';

/** Trees, edits and commands that nobody thought of; a failing one names its seed. */
suite('T1: crash model, random scenarios', () => {
  const WAYS: MemoryFsOptions[] = [{}, { syncFs: true }];

  test('any tree, any change, any command', function () {
    this.timeout(3_600_000);
    const wanted = scaled(7_600_000);
    let states = 0;
    let scenarios = 0;
    for (; states < wanted; scenarios++) {
      const options = WAYS[scenarios % WAYS.length]!;
      const recorded = record(randomScenario(SEED * 1_000_003 + scenarios, options), options);
      states += mustHold(recorded, 100).states;
    }
    const what = `crash states of ${scenarios} random scenarios`;
    report({ test: 'T1', what, count: states, broken: 0 });
  });
});
