import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What a lease has to know about the machine and the process. A port, so that tests can be two machines. */
export interface LeaseHost {
  readonly host: string;
  /** Changes at every boot; '' where it is not known. */
  readonly boot: string;
  /** The PID namespace (containers); '' where there is none. */
  readonly pidSpace: string;
  readonly pid: number;
  /** When the process started, in whatever unit the system has; '' where it is not known. */
  readonly started: string;
  /** Milliseconds that never go back, do not depend on the wall clock, and are one for all processes of a boot. */
  monotonic(): number;
  /** The start of a process on this machine, '' when it lives but that is not known, undefined when it is gone. */
  startOf(pid: number): string | undefined;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Field 22 of /proc/<pid>/stat; the command name before it may hold spaces and parentheses. */
function linuxStart(pid: number): string {
  const text = readText(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return undefined;
    }
  }
  return process.platform === 'linux' ? linuxStart(pid) : '';
}

function bootId(): string {
  if (process.platform === 'darwin') {
    try {
      const text = execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' });
      return text.trim();
    } catch {
      return '';
    }
  }
  return readText('/proc/sys/kernel/random/boot_id');
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** The machine's name. Names repeat (`localhost`), and on a shared folder two machines must not be taken for one. */
function machineName(): string {
  const id = process.platform === 'linux' ? readText('/etc/machine-id').slice(0, 8) : '';
  return id === '' ? hostname() : `${hostname()} (${id})`;
}

let cached: LeaseHost | undefined;

/** This process on this machine. */
export function thisHost(): LeaseHost {
  cached ??= {
    host: machineName(),
    boot: bootId(),
    pidSpace: pidSpace(),
    pid: process.pid,
    started: process.platform === 'linux' ? linuxStart(process.pid) : '',
    monotonic: () => Number(process.hrtime.bigint()) / 1e6,
    startOf,
  };
  return cached;
}
