// Starts programs so that they can be ended for certain, with everything that they started.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Stop } from './say.mjs';

const GUARD = join(dirname(fileURLToPath(import.meta.url)), 'guard.mjs');

/**
 * Starts a program behind the guard. `stop()` ends it and all its children, and returns only when
 * none is left. A folder that belongs to the program is removed with it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, showOutput?: boolean, ownedFolder?: string }} options
 */
export function startGuarded(
  command,
  args,
  { env = process.env, cwd, showOutput, ownedFolder = '' } = {},
) {
  const output = showOutput ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [GUARD, ownedFolder, command, ...args], {
    env,
    cwd,
    detached: process.platform !== 'win32',
    stdio: ['pipe', output, output],
    windowsHide: true,
  });
  child.stdin.on('error', () => {}); // the guard ended first
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.stdin.end();
    await Promise.race([exited, sleep(5000, undefined, { ref: false })]);
    await endGroup(child.pid);
  };
  return { child, exited, stop };
}

/** Ends a process group by force and waits until it is gone. */
export async function endGroup(pid) {
  if (process.platform === 'win32') return;
  for (let tries = 0; tries < 100; tries++) {
    if (!signalGroup(pid, 'SIGKILL')) return;
    await sleep(50);
  }
  throw new Stop(`Process group ${pid} does not end: end it by hand.`);
}

/** Sends a signal to a process group; false when there is no such group any more. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // macOS answers EPERM for a group of which only unreaped processes are left.
    if (error.code === 'ESRCH' || error.code === 'EPERM') return false;
    throw error;
  }
}
