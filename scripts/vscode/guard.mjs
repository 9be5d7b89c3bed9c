// Runs a program as the leader of its own process group and ends the whole group when the pipe on
// stdin closes. The pipe closes however the owner ends, even by SIGKILL, so nothing outlives it.
// A folder that belongs to the program goes with it.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const [ownedFolder, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });

let ending = false;

function removeFolder() {
  if (!ownedFolder) return;
  try {
    rmSync(ownedFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch {
    // Left over in the system's temporary folder; nothing depends on it.
  }
}

function endAll() {
  ending = true;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    removeFolder();
    process.exit(0);
  }
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(() => {
    removeFolder();
    process.kill(-process.pid, 'SIGKILL');
  }, 3000);
}

// The group's SIGTERM reaches this process too; it stays to see the others out. The owner may have
// left with the other end of the output, hence no complaint about a broken pipe.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
process.stdin.on('end', endAll).on('error', endAll).resume();
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code) => {
  if (process.platform === 'win32') process.exit(code ?? 1);
  // What the child started must not outlive it. What ignores this, the owner ends by force; without
  // an owner that is done here.
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(() => {
    removeFolder();
    if (ending) process.kill(-process.pid, 'SIGKILL');
    process.exit(code ?? 1);
  }, 100);
});
