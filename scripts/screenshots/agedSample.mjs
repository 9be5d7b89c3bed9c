// The sample workspace with a history of several days, as it is after some use.
import { spawnSync } from 'node:child_process';
import { firstFiles } from '../sample/files.mjs';
import { editor, steps, unsavedWork } from '../sample/history.mjs';
import { Stop } from '../vscode/say.mjs';

const HOUR = 3_600_000;
/** How long ago each step of the history happened. */
const AGES = [74 * HOUR, 51 * HOUR, 26 * HOUR, 2.2 * HOUR, 0.4 * HOUR];

/** Makes the files and takes the snapshots with the built command, each in its own time. */
export function makeAgedSample(dir, cli) {
  const edit = editor(dir);
  for (const [path, content] of Object.entries(firstFiles)) edit.write(path, content);
  for (const [at, step] of steps.entries()) {
    step.edits(edit);
    takeBackdated(dir, cli, AGES[at] ?? 0, step);
  }
  unsavedWork(edit);
}

/** Takes a snapshot as if it had been taken `age` milliseconds ago. */
export function takeBackdated(dir, cli, age, { message, tag, promote }) {
  const run = (...args) => runBackdated(age, [cli, '-C', dir, ...args]);
  run('take', '-m', message, ...(tag ? ['--tag', tag] : []));
  if (promote) run('promote', 'HEAD', promote);
}

/** The command's clock goes `age` milliseconds behind: what says so is loaded before anything else. */
function runBackdated(age, args) {
  const script = `const now = Date.now; Date.now = () => now() - ${age};`;
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}`,
  };
  const done = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (done.status !== 0) throw new Stop(`snapdir ${args.slice(3).join(' ')}: ${done.stderr}`);
}
