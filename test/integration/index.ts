// What VS Code calls inside its extension host: runs every integration test that was built beside it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type MochaClass from 'mocha';

/** Runs the tests; throws where one fails, which makes VS Code exit with code 1. */
export async function run(): Promise<void> {
  // Hosts differ in what `require` gives for an ES module; `import()` is the same everywhere.
  const { default: Mocha } = (await import('mocha')) as unknown as { default: typeof MochaClass };
  const support = join(__dirname, '../../../test/support');
  const mocha = new Mocha({
    // The types know the built-in interfaces only; the name of a module is as good.
    ui: 'tdd',
    color: true,
    timeout: 30_000,
    // As in the UI stage: VS Code does some things when it likes. What was tried again is listed at the end.
    retries: 1,
    forbidOnly: true,
    reporter: join(support, 'summaryReporter.cjs'),
  });
  const grep = process.env['SNAPDIR_TEST_GREP'];
  if (grep) {
    mocha.grep(new RegExp(grep));
  }
  for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.test.cjs')) {
      mocha.addFile(join(__dirname, file));
    }
  }
  const failures = await new Promise<number>((done) => mocha.run(done));
  if (failures > 0) {
    throw new Error(`${failures} of the integration tests failed.`);
  }
}
