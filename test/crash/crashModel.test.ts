import { PART, report } from '../reliability/support/figures';
import { addCount, mustHold, noteOf, record, type Count } from './crashRun';
import type { MemoryFsOptions } from './memoryCore';
import { fetchScenarios } from './fetchScenarios';
import { operationScenarios } from './operationScenarios';
import { scenarios } from './scenarios';

/** States after each change, at most. */
const PER_POINT = Math.max(50, Math.round(700 * PART));

suite('T1: crash model', () => {
  const variants: { name: string; options: MemoryFsOptions }[] = [
    { name: 'every file synced by itself', options: {} },
    { name: 'the file system synced as a whole', options: { syncFs: true } },
  ];
  const total: Count = { states: 0, distinct: 0, recovered: 0, rebooted: 0 };

  for (const { name, options } of variants) {
    for (const scenario of [
      ...scenarios(options),
      ...operationScenarios(options),
      ...fetchScenarios(options),
    ]) {
      test(`${scenario.name}, ${name}`, function () {
        this.timeout(3_600_000);
        const count = mustHold(record(scenario, options), PER_POINT);
        addCount(total, count);
        console.log(`      ${count.states} states (${count.recovered} recovered), 0 broken`);
      });
    }
  }

  suiteTeardown(() => {
    const note = noteOf(total);
    report({ test: 'T1', what: 'crash states', count: total.states, broken: 0, note });
  });
});
