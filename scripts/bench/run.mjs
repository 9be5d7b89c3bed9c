// Programs that are run, and what must be undone when the benchmark ends, however it ends.
import { AsyncLocalStorage } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

const PATIENCE_MS = 5000;
const children = new Set();
const undoings = [];
const tidying = new AsyncLocalStorage();
let ending = false;

let stopwatch;
let spent = 0;

/** Has every program run by the one that stopwatch.c makes. */
export function timeProgramsWith(program) {
  stopwatch = program;
}

/** Milliseconds that programs ran since the last call; undefined without a stopwatch. */
export function programTime() {
  const time = stopwatch === undefined ? undefined : spent;
  spent = 0;
  return time;
}

function start(command, args, { cwd, env, output, stdin }) {
  const input = stdin === undefined ? 'ignore' : openSync(stdin, 'r');
  const stdio = [input, output ? 'pipe' : 'ignore', 'pipe', 'pipe'];
  const [program, ...rest] = stopwatch === undefined ? [command] : [stopwatch, command];
  const child = spawn(program, [...rest, ...args], { cwd, env, stdio });
  if (input !== 'ignore') closeSync(input);
  return child;
}

/** Runs a program to its end. Resolves with what it printed when `output` is set; rejects when it fails. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    // Who is interrupted waits for the end, and starts nothing more.
    if (ending && tidying.getStore() !== true) return;
    const child = start(command, args, { env: process.env, ...options });
    children.add(child);
    const printed = [];
    let [complaint, time] = ['', ''];
    child.stdout?.on('data', (chunk) => printed.push(chunk));
    child.stderr.on('data', (chunk) => (complaint = `${complaint}${chunk}`.slice(-2000)));
    child.stdio[3].on('data', (chunk) => (time += chunk));
    child.on('error', (error) => {
      children.delete(child);
      reject(error);
    });
    child.on('close', (code, signal) => {
      children.delete(child);
      spent += Number(time) / 1e6;
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
  entry.running ??= tidying.run(true, entry.undo);
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
