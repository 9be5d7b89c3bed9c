// Mocha's usual output, and a summary of the numbers in the file that SNAPDIR_TEST_SUMMARY names, so
// that `npm test` can add up runs that happen in different processes. Plain CommonJS: Mocha loads it
// as it is, on the command line and inside VS Code's extension host.
'use strict';
const { writeFileSync } = require('node:fs');
const loaded = require('mocha');

// Some hosts hand over an ES module's namespace here, others the class itself.
const Mocha = loaded.Mocha ?? loaded.default ?? loaded;

class SummaryReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    const retried = [];
    runner.on('fail', (test, error) => {
      failures.push({ title: test.fullTitle(), error: String(error?.message ?? error) });
    });
    // A test that passes at its second try is still worth a look.
    runner.on('retry', (test, error) => {
      const [reason] = String(error?.message ?? error).split('\n', 1);
      retried.push({ title: test.fullTitle(), error: reason });
    });
    runner.once('end', () => {
      const { passes, pending } = this.stats;
      // Counted by event: a failing hook is a failure too, although no test carries it.
      const summary = {
        passed: passes,
        failed: failures.length,
        skipped: pending,
        failures,
        retried,
      };
      const file = process.env.SNAPDIR_TEST_SUMMARY;
      if (file) writeFileSync(file, JSON.stringify(summary));
    });
  }
}

module.exports = SummaryReporter;
