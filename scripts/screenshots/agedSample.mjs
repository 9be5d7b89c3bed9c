// The sample workspace with a history of several days, as it is after some use.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
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

/** Two snapshots with a file that should be in none. */
export function takeSecret(dir, cli) {
  const edit = editor(dir);
  edit.write('config/payments.json', '{\n  "currency": "EUR",\n  "key": "live-0c7e"\n}\n');
  takeBackdated(dir, cli, 0.3 * HOUR, { message: 'Payments, a first try' });
  edit.write('docs/payments.md', '# Payments\n\nBy card or on account.\n');
  takeBackdated(dir, cli, 0.1 * HOUR, { message: 'Payments are described' });
}

/**
 * A store that a team shares, below `home`, and what was promoted to it: by whose folder `dir` is, and by a teammate
 * whose work is not here.
 */
export function makeTeam(dir, home, cli) {
  const url = `file://${join(home, 'team', 'snapshots')}`;
  mkdirSync(join(home, 'team', 'snapshots'), { recursive: true });
  const promote = (age, from, rev, name, env) =>
    runBackdated(age, [cli, '-C', from, 'promote', rev, name, '--to', url], env);
  promote(50 * HOUR, dir, 'HEAD~4', 'main');
  promote(25 * HOUR, dir, 'HEAD~2', 'main');
  const theirs = join(home, 'theirs');
  const edit = editor(theirs);
  for (const [path, content] of Object.entries(firstFiles)) edit.write(path, content);
  edit.write('docs/gift-cards.md', '# Gift cards\n\nWith a pot of first flush.\n');
  const env = { SNAPDIR_AUTHOR: 'Grace' };
  runBackdated(3 * HOUR, [cli, '-C', theirs, 'take', '-m', 'Gift cards, a first try'], env);
  promote(2.9 * HOUR, theirs, 'HEAD', 'gift-cards', env);
  return { 'snapdir.remotes': { team: { url } } };
}

/** The command's clock goes `age` milliseconds behind: what says so is loaded before anything else. */
function runBackdated(age, args, more = {}) {
  const script = `const now = Date.now; Date.now = () => now() - ${age};`;
  const env = {
    ...process.env,
    ...more,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}`,
  };
  const done = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  if (done.status !== 0) throw new Stop(`snapdir ${args.slice(3).join(' ')}: ${done.stderr}`);
}
