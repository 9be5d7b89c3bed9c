import fc from 'fast-check';
import { report, scaled, SEED } from './support/figures';
import { ModelRun, type Step } from './support/modelRun';

const LENGTH = 30;

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    ...(['edit', 'edit', 'edit', 'take', 'auto', 'restore', 'restore', 'undo'] as const),
    ...(['delete', 'promote', 'gc', 'restart'] as const),
  ),
  which: fc.nat(1000),
  stopAt: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 100 }) },
  ),
});

suite('T9: sequences of commands', function () {
  this.timeout(3_600_000);

  test('the engine and a plain model of it go the same way, kills included', () => {
    const numRuns = scaled(2_000);
    let kills = 0;
    const property = fc.property(
      fc.array(step, { minLength: LENGTH, maxLength: LENGTH, size: 'max' }),
      (steps) => {
        const run = new ModelRun();
        try {
          steps.forEach((one) => run.step(one));
        } finally {
          run.end();
          kills += run.kills;
        }
      },
    );
    fc.assert(property, { numRuns, seed: SEED });
    const what = 'sequences of commands';
    report({
      test: 'T9',
      what,
      count: numRuns,
      broken: 0,
      note: `of ${LENGTH} each, ${kills} kills among them`,
    });
  });
});
