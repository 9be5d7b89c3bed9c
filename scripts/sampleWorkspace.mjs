// Makes the workspace that `npm start` opens: a small project with a history of snapshots.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { firstFiles } from './sample/files.mjs';
import { editor, steps, unsavedWork } from './sample/history.mjs';
import { say } from './vscode/say.mjs';

/**
 * Makes the sample workspace in `dir`, which is replaced. `cli` names the built command; without it
 * the files are made and the snapshots left out, with a line that says so. With `history: false` it
 * is the project's first state, and nothing has been edited.
 * @param {string} dir
 * @param {{ cli?: string, history?: boolean }} options
 */
export function makeSampleWorkspace(dir, { cli, history = true } = {}) {
  const partial = `${dir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const edit = editor(partial);
  for (const [path, content] of Object.entries(firstFiles)) edit.write(path, content);
  if (history) makeHistory(partial, edit, cli);
  // Moved in place at the end, so that an interrupted making is never mistaken for a sample.
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dirname(dir), { recursive: true });
  renameSync(partial, dir);
}

function makeHistory(dir, edit, cli) {
  const snapdir = cli && existsSync(cli) ? command(cli, dir) : undefined;
  if (!snapdir) say('The snapdir command is not built yet: the sample has no snapshots');
  for (const step of steps) {
    step.edits(edit);
    snapdir?.('take', dir, '-m', step.message, ...(step.tag ? ['--tag', step.tag] : []));
    if (step.promote) snapdir?.('-C', dir, 'promote', 'HEAD', step.promote);
  }
  unsavedWork(edit);
}

/** Runs the command; its first failure is told once, and the sample goes on without more of them. */
function command(cli, cwd) {
  let failed = false;
  return (...args) => {
    if (failed) return;
    const done = spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' });
    if (done.status === 0) return;
    failed = true;
    const reason = (done.stderr || done.stdout || String(done.error)).trim().split('\n')[0];
    say(`"snapdir ${args[0]}" failed (${reason}): the sample has no further snapshots`);
  };
}
