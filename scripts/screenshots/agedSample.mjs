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
    const run = (...args) => runBackdated(AGES[at] ?? 0, [cli, '-C', dir, ...args]);
    run('take', '-m', step.message, ...(step.tag ? ['--tag', step.tag] : []));
    if (step.promote) run('promote', 'HEAD', step.promote);
  }
  unsavedWork(edit);
}

function runBackdated(age, args) {
  const backdate = new URL('backdate.mjs', import.meta.url).href;
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import=${backdate}`,
    SNAPDIR_BACKDATE_MS: String(age),
  };
  const done = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (done.status !== 0) throw new Stop(`snapdir ${args.slice(3).join(' ')}: ${done.stderr}`);
}
