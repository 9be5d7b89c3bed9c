import { strict as assert } from 'node:assert';
import { PART, report } from '../reliability/support/figures';
import { fetchScenarios } from './fetchScenarios';
import { Halt } from './memoryCore';
import { operationScenarios, undoingTo } from './operationScenarios';
import { scenarios } from './scenarios';
import { Sweep } from './stopSweep';

suite('T2: stopped at every call', () => {
  const variants = [
    { name: 'every file synced by itself', options: {} },
    { name: 'the file system synced as a whole', options: { syncFs: true } },
    { name: 'no hard links', options: { noHardLinks: true } },
    { name: 'another platform', options: {}, on: 'darwin' },
  ];
  const total = { points: 0, calls: 0, distinct: 0 };
  let ways = 0;

  for (const { name, options, on = 'linux' } of variants) {
    // Large runs differ from small ones only in how they sync, which matters to what a power cut leaves (T1).
    const operations = [...operationScenarios(options), undoingTo('undo to here', options)];
    const all = [...scenarios(options), ...operations, ...fetchScenarios(options)].filter(
      (one) => ways < (PART < 1 ? 1 : 2) || !one.name.startsWith('large'),
    );
    ways++;
    for (const scenario of all) {
      test(`${scenario.name}, ${name}`, function () {
        this.timeout(300_000);
        const sweep = new Sweep(scenario, on);
        sweep.run();
        total.points += sweep.points;
        total.calls += sweep.calls;
        total.distinct += sweep.distinct;
        console.log(`      ${sweep.points} stops, ${sweep.pending} pending, 0 broken`);
      });
    }
  }

  test('a stopped process does nothing more', () => {
    const [first] = scenarios({});
    const fs = first!.before.fork();
    fs.stopAt = 3;
    assert.throws(() => {
      fs.mkdir('/x', 0o755);
      fs.mkdir('/y', 0o755);
      fs.mkdir('/z', 0o755);
    }, Halt);
    assert.equal(fs.fork().lstat('/z'), undefined);
  });

  suiteTeardown(() => {
    const { calls, distinct } = total;
    const note = `every one of ${calls} calls of the commands, and of what recovers from them; ${distinct} differ`;
    report({ test: 'T2', what: 'stop points', count: total.points, broken: 0, note });
  });
});
