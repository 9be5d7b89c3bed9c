import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { cliPath } from '../../support/paths';
import { HOME } from './home';

/** System calls that change something on disk. */
export const CHANGING = [
  ...['openat', 'write', 'pwrite64', 'fsync', 'rename', 'link', 'symlink', 'unlink'],
  ...['mkdir', 'rmdir', 'chmod', 'fchmod', 'utimensat', 'copy_file_range', 'ioctl'],
] as const;

/** One system call of a command: the `when`-th of this kind in one of its threads. */
export interface Point {
  call: string;
  when: number;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the command, wrapped in another program or not; kills it after a while where that is asked for. */
export function command(
  root: string,
  args: readonly string[],
  how: { wrap?: readonly string[]; killAfterMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const [program, ...rest] = [...(how.wrap ?? []), process.execPath, cliPath, ...args];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...how.env, SNAPDIR_HOME: HOME };
    const child = spawn(program!, rest, { cwd: root, env, detached: true });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    const kill = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(kill, how.killAfterMs ?? 120_000);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

/** Kills the process when it is about to do this call. (Not with `--seccomp-bpf`: then no signal comes.) */
export function killingAt({ call, when }: Point): string[] {
  const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject];
}

/** Lets a command run to its end, and tells each changing call that it made below its folder, or another one. */
export async function callsOf(
  root: string,
  args: readonly string[],
  below = root,
): Promise<Point[]> {
  const log = `${root}.strace`;
  const trace = `trace=${CHANGING.join(',')}`;
  const wrap = ['strace', '-f', '--seccomp-bpf', '-qq', '-y', '-s', '300', '-o', log, '-e', trace];
  const { code, stderr } = await command(root, args, { wrap });
  if (code !== 0) {
    throw new Error(`${args.join(' ')}: exit ${String(code)} ${stderr}`);
  }
  const counts = new Map<string, number>();
  const points = new Map<string, Point>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, pid, call] = /^(\d+) +([a-z0-9_]+)\(/.exec(line) ?? [];
    if (pid === undefined || call === undefined) {
      continue;
    }
    const when = (counts.get(`${pid} ${call}`) ?? 0) + 1;
    counts.set(`${pid} ${call}`, when);
    const reads = call === 'openat' && !line.includes('O_CREAT');
    if (line.includes(below) && !reads) {
      points.set(`${call} ${when}`, { call, when });
    }
  }
  rmSync(log);
  return [...points.values()];
}
