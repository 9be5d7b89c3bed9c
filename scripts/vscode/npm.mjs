// Calls npm, and turns its ways of failing into sentences.
import { spawn } from 'node:child_process';
import { Stop } from './say.mjs';

// An offline machine should hear about it in seconds, not after npm's minutes of retries. The log
// level is fixed because `npm test --silent` hands `silent` down, which would hide the reason.
const FLAGS = [
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

function npmCommand() {
  // Under `npm run` this names the very npm that is running; elsewhere the PATH decides.
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return [process.execPath, [script], false];
  return ['npm', [], process.platform === 'win32'];
}

/**
 * Runs npm in `cwd` and returns what it printed. `purpose` completes the sentence "Could not …".
 * @param {string[]} args
 * @param {{ cwd: string, purpose: string }} options
 * @returns {Promise<string>}
 */
export function npm(args, { cwd, purpose }) {
  const [command, first, shell] = npmCommand();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args, ...FLAGS], { cwd, shell });
    // Interrupted, this process leaves without waiting: npm must not go on by itself.
    const end = () => child.kill();
    process.once('exit', end);
    let out = '';
    let problems = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (problems += data));
    child.on('error', () =>
      reject(
        new Stop(`Could not ${purpose}: npm was not found. Install Node 20 or newer with npm.`),
      ),
    );
    child.on('close', (code) => {
      process.off('exit', end);
      code === 0 ? resolve(out.trim()) : reject(new Stop(sentence(purpose, problems)));
    });
  });
}

function sentence(purpose, problems) {
  if (/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|network/i.test(problems)) {
    return `Could not ${purpose}: npm's registry does not answer. Check the network and run this again.`;
  }
  if (/ENOSPC/.test(problems))
    return `Could not ${purpose}: the disk is full. Make room and run this again.`;
  const reason = problems.replace(/^npm (error|ERR!) ?/gm, '').trim();
  return `Could not ${purpose}. npm says:\n${reason.split('\n').slice(0, 12).join('\n')}`;
}
