// Runs a program as the leader of its own process group and ends the whole group when the pipe on
// stdin closes. The pipe closes however the owner ends, even by SIGKILL, so nothing outlives it.
import { spawn, spawnSync } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], windowsHide: true });

function endAll() {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    process.exit(0);
  }
  process.kill(-process.pid, 'SIGTERM');
  setTimeout(() => process.kill(-process.pid, 'SIGKILL'), 3000);
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
  // What the child started must not outlive it either; SIGKILL ends this process as well.
  process.exitCode = code ?? 1;
  if (process.platform === 'win32') process.exit();
  setTimeout(() => process.kill(-process.pid, 'SIGKILL'), 200);
});
