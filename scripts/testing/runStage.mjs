// Runs one stage of `npm test` in a process of its own and says how many tests passed and failed.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuarded } from '../vscode/processes.mjs';
import { root } from './prepare.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number,
 *   failures: { title: string, error: string }[], retried?: { title: string, error: string }[] }} Result
 *   `retried`: passed or failed at a later try; each try that went wrong is one
 */

/** The result of a stage in which one thing went wrong as a whole. */
export function oneFailure(title, error) {
  return { passed: 0, failed: 1, skipped: 0, failures: [{ title, error }] };
}

/**
 * Runs a program that either writes a test summary (`counts` true) or just succeeds or fails. One
 * that takes longer than `minutes` is ended with all it started, and counts as failed: a hang must
 * not hold up everything behind it.
 * @param {{ name: string, command?: string, args: string[], minutes: number, counts?: boolean,
 *   env?: object, beside?: boolean }} stage `beside`: others run at the same time, so its output is shown when it has ended
 * @param {Promise<unknown>} interrupted
 * @returns {Promise<Result>}
 */
export async function runStage(stage, interrupted) {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'snapdir-npm-')));
  // Tests that run the command as another user start below this folder.
  chmodSync(scratch, 0o755);
  const summaryFile = join(scratch, 'summary.json');
  // Whatever a stage leaves in its temporary folder goes away with it, even when it is ended by force.
  const temporary = { TMPDIR: scratch, TEMP: scratch, TMP: scratch };
  // Nor does it write into the user's own folder; a test may name another one.
  const home = { SNAPDIR_HOME: join(scratch, 'home') };
  const env = {
    ...process.env,
    ...home,
    ...stage.env,
    ...temporary,
    SNAPDIR_TEST_SUMMARY: summaryFile,
  };
  const { command = process.execPath, args } = stage;
  const running = startGuarded(command, args, { env, cwd: root, showOutput: !stage.beside });
  const output = [];
  running.child.stdout?.on('data', (chunk) => output.push(chunk));
  running.child.stderr?.on('data', (chunk) => output.push(chunk));
  let timer;
  const late = new Promise((done) => {
    timer = setTimeout(() => done('late'), stage.minutes * 60_000);
  });
  try {
    const end = await Promise.race([running.exited, late, interrupted]);
    const result = judge(stage, end, readSummary(summaryFile));
    const named = (found = []) =>
      found.map(({ title, error }) => ({
        title: title === stage.name ? title : `${stage.name}: ${title}`,
        error,
      }));
    return { ...result, failures: named(result.failures), retried: named(result.retried) };
  } finally {
    clearTimeout(timer);
    await running.stop();
    process.stderr.write(Buffer.concat(output));
    removeQuietly(scratch);
  }
}

/** Tests leave tens of thousands of small folders: the system's own command is several times faster than Node. */
function removeQuietly(folder) {
  const run = (...command) => spawnSync(command[0], command.slice(1), { stdio: 'ignore' });
  if (process.platform !== 'win32' && run('rm', '-rf', folder).status !== 0) {
    // Some tests take the right to write from folders.
    run('chmod', '-R', 'u+rwX', folder);
    run('rm', '-rf', folder);
  }
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch {
    // A test left a folder that cannot be emptied; the system's temporary folder can hold it.
  }
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function judge(stage, end, summary) {
  const empty = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const withFailure = (error) => {
    const sum = summary ?? empty;
    const failures = [...sum.failures, { title: stage.name, error }];
    return { ...sum, failed: sum.failed + 1, failures };
  };
  if (end === 'late')
    return withFailure(`did not end within ${stage.minutes} minutes; it was stopped`);
  if (typeof end !== 'number' && end !== null) return withFailure('was interrupted');
  if (!stage.counts)
    return end === 0 ? { ...empty, passed: 1 } : withFailure(`ended with code ${end}`);
  if (!summary) return withFailure(`ended with code ${end} before it could say what passed`);
  // Tests that all pass in a process that fails: something went wrong after or around them.
  if (end !== 0 && summary.failed === 0) return withFailure(`ended with code ${end}`);
  return summary;
}
