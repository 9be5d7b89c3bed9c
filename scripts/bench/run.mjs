// Programs that are run, and what must be undone when the benchmark ends, however it ends.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const PATIENCE_MS = 5000;
const children = new Set();
const undoings = [];

/** Runs a program to its end. Resolves with what it printed when `output` is set; rejects when it fails. */
export function run(command, args, { cwd, env = process.env, output = false, stdin } = {}) {
  return new Promise((resolve, reject) => {
    const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r');
    const stdio = [input, output ? 'pipe' : 'ignore', 'pipe'];
    const child = spawn(command, args, { cwd, env, stdio });
    if (input !== 'ignore') closeSync(input);
    children.add(child);
    const printed = [];
    let complaint = '';
    child.stdout?.on('data', (chunk) => printed.push(chunk));
    child.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk}`.slice(-2000)));
    child.on('error', (error) => {
      children.delete(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      if (code === 0) resolve(Buffer.concat(printed).toString());
      else reject(new Error(`${command} ended with ${signal ?? code}: ${complaint.trim()}`));
    });
  });
}

/** Whether a program ran and succeeded. */
export const succeeds = (command, args) =>
  run(command, args).then(
    () => true,
    () => false,
  );

/** Starts an undoing once, however many ask for it, and forgets it when it is through. */
async function perform(entry) {
  entry.running ??= entry.undo();
  try {
    await entry.running;
  } finally {
    const index = undoings.indexOf(entry);
    if (index !== -1) undoings.splice(index, 1);
  }
}

/** Has `undo` called when the benchmark ends or is interrupted, the latest first; or earlier, by the result. */
export function atEnd(undo) {
  const entry = { undo: async () => undo(), running: undefined };
  undoings.push(entry);
  return () => perform(entry);
}

/** Undoes everything that `atEnd` was told, and waits for what is being undone already. */
export async function end() {
  while (undoings.length > 0) {
    try {
      await perform(undoings.at(-1));
    } catch (error) {
      console.error(`bench: could not tidy up: ${error.message}`);
    }
  }
}

async function stopChildren() {
  const gone = [...children].map((child) => new Promise((done) => child.on('close', done)));
  for (const child of children) child.kill('SIGTERM');
  const timer = setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, PATIENCE_MS);
  await Promise.all(gone);
  clearTimeout(timer);
}

let ending = false;

/** From here on Ctrl+C leaves no programs and no mounts behind. */
export function tidyOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, async () => {
      if (ending) return;
      ending = true;
      console.error('\nbench: interrupted, tidying up …');
      await stopChildren();
      await end();
      process.exit(130);
    });
  }
}

/** Whether a signal is being dealt with: then what fails, fails because of that. */
export const interrupted = () => ending;
