import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { build, type Plugin } from 'esbuild';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths';
import { report, scaled, SEED } from './support/figures';
import { seededBugs, type SeededBug } from './support/seededBugs';

/** Faults of the file system that `test/crash/crashLies.test.ts` makes: each by a test of its own. */
const LIES = 17;
const outdir = join(repositoryRoot, 'out', `seeded-${process.pid}`);

/** The source with the bug in it. */
function planted(bug: SeededBug): string {
  const parts = readFileSync(join(repositoryRoot, 'src', bug.file), 'utf8').split(bug.find);
  assert.equal(parts.length, 2, `${bug.name}: the text is not there exactly once`);
  return parts.join(bug.replace);
}

/** Puts a bug into the source while it is bundled. */
function planting(bug: SeededBug): Plugin {
  const path = join(repositoryRoot, 'src', bug.file);
  return {
    name: 'seeded bug',
    setup: (bundle) => {
      bundle.onLoad({ filter: /\.ts$/ }, (args) => {
        if (args.path !== path) {
          return undefined;
        }
        return { contents: planted(bug), loader: 'ts' };
      });
    },
  };
}

/** Bundles a test as `npm test` does, and runs it. @returns what Mocha said, as JSON. @throws when it could not say anything */
async function runTest(
  bug: SeededBug,
  plugins: Plugin[],
): Promise<{ passes: number; failures: number }> {
  const outfile = join(outdir, 'it.test.cjs');
  await build({
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'silent' },
    ...{ loader: { '.wasm': 'binary' }, external: ['vscode', 'mocha', 'fast-check', 'esbuild'] },
    ...{ entryPoints: [join(repositoryRoot, 'test', `${bug.test}.test.ts`)], outfile, plugins },
  });
  const mocha = join(repositoryRoot, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, '--ui', 'tdd', '--reporter', 'json', '--timeout', '120000'];
  const part = String(bug.part ?? 0.01);
  const env = { ...process.env, SNAPDIR_RELIABILITY: part, SNAPDIR_FIGURES: '' };
  const grep = bug.grep === '' ? [] : ['--grep', bug.grep];
  const run = spawnSync(process.execPath, [...args, ...grep, outfile], {
    ...{ cwd: repositoryRoot, env, timeout: 240_000, maxBuffer: 1 << 28, encoding: 'utf8' },
  });
  // Tests print lines of their own before it.
  const json = /^\{\n {2}"stats"[^]*/m.exec(run.stdout)?.[0];
  // A bundle that does not load, or a run that was killed, has noticed nothing.
  assert.ok(
    json !== undefined,
    `Mocha said nothing: ${run.signal ?? `exit ${String(run.status)}`} ${run.stderr.slice(-2000)}`,
  );
  return (JSON.parse(json) as { stats: { passes: number; failures: number } }).stats;
}

suite('T17: seeded bugs', function () {
  this.timeout(600_000);
  const count = scaled(seededBugs.length, 2);
  const chosen = seededBugs.map(
    (_, index) => seededBugs[(index + SEED * count) % seededBugs.length]!,
  );
  const sound = new Set<string>();
  let tried = 0;
  let caught = 0;

  test('each can still be planted, and its test is there', () => {
    for (const bug of seededBugs) {
      assert.notEqual(planted(bug), '');
      assert.ok(existsSync(join(repositoryRoot, 'test', `${bug.test}.test.ts`)), bug.test);
    }
  });

  for (const bug of chosen.slice(0, count)) {
    test(`${bug.name}: noticed by ${bug.test}`, async () => {
      tried++;
      const key = `${bug.test} ${bug.grep}`;
      if (!sound.has(key)) {
        const { passes, failures } = await runTest(bug, []);
        assert.ok(
          passes > 0 && failures === 0,
          `without the bug: ${passes} pass, ${failures} fail`,
        );
        sound.add(key);
      }
      const { failures } = await runTest(bug, [planting(bug)]);
      assert.ok(failures > 0, 'nobody noticed');
      caught++;
    });
  }

  suiteTeardown(() => {
    rmSync(outdir, { recursive: true, force: true });
    const note = `and ${LIES} faults of the file system, which the crash model notices`;
    report({ test: 'T17', what: 'seeded bugs', count: tried, broken: tried - caught, note });
  });
});
