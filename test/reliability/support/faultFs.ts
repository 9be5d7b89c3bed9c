import type { Fs } from '../../../src/engine/disk/fs';
import { nodeFs } from '../../../src/engine/disk/nodeFs';

type Call = keyof Fs;

const MAKES: Call[] = ['mkdir', 'rename', 'link', 'symlink'];
const REMOVES: Call[] = ['unlink', 'rmdir'];
const SYNCS: Call[] = ['fsync', 'fsyncDir', 'syncFileSystem'];
const READS: Call[] = ['open', 'read', 'lstat', 'fstat', 'readdir', 'readlink'];

/** Which calls a system can let fail in which way. `short`: a write takes less than it was given. */
export const FAULTS = {
  EIO: [...READS, ...MAKES, ...REMOVES, ...SYNCS, 'create', 'write', 'chmod', 'touch'],
  ENOSPC: [...MAKES, ...SYNCS, 'create', 'write'],
  EDQUOT: [...MAKES, ...SYNCS, 'create', 'write'],
  EACCES: [...MAKES, ...REMOVES, 'create', 'open', 'readdir', 'lstat', 'chmod', 'touch'],
  EPERM: [...MAKES, ...REMOVES, 'create', 'open', 'chmod', 'touch'],
  EROFS: [...MAKES, ...REMOVES, 'create', 'chmod', 'touch'],
  EMFILE: ['create', 'open', 'readdir', 'fsyncDir'],
  EBUSY: ['rename', 'rmdir', 'unlink'],
  EXDEV: ['rename', 'link'],
  short: ['write'],
} as const satisfies Record<string, readonly (Call | 'create')[]>;
export type Fault = keyof typeof FAULTS;

export interface Injection {
  fault: Fault;
  /** The number of the call, from 1. */
  at: number;
  /** From then on every call that can fails in this way. */
  sticky: boolean;
}

/** The real file system, of which one call fails, or every one from then on. Counts and names its calls. */
export class FaultFs {
  readonly calls: string[] = [];
  /** Paths of calls that were let fail. */
  readonly failed: string[] = [];
  readonly fs: Fs;
  private readonly injection: Injection | undefined;

  constructor(injection?: Injection) {
    this.injection = injection;
    const wrapped = Object.entries(nodeFs).map(([name, call]) => [
      name,
      (...args: unknown[]) => this.call(name, call as (...args: unknown[]) => unknown, args),
    ]);
    this.fs = Object.fromEntries(wrapped) as Fs;
  }

  private call(name: string, real: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    const kind = name === 'open' && args[1] === 'wx' ? 'create' : name;
    this.calls.push(kind);
    if (!this.hits(kind)) {
      return real(...args);
    }
    const { fault } = this.injection!;
    this.failed.push(`${kind} ${args.filter((arg) => typeof arg === 'string').join(' ')}`);
    if (fault === 'short') {
      const [fd, bytes, offset, length] = args as [number, Uint8Array, number, number];
      return nodeFs.write(fd, bytes, offset, Math.max(1, length >> 1));
    }
    // As Node's own: calls on an open file name no path.
    const path = typeof args[0] === 'string' ? { path: args[0] } : {};
    const error = new Error(`${fault}: injected, ${name}`);
    throw Object.assign(error, { code: fault, syscall: name, ...path });
  }

  private hits(kind: string): boolean {
    const { injection, calls } = this;
    if (injection === undefined || calls.length < injection.at) {
      return false;
    }
    const able = (FAULTS[injection.fault] as readonly string[]).includes(kind);
    return able && (injection.sticky || calls.length === injection.at);
  }
}

/** Every injection that a run of these calls can meet. */
export function injectionsFor(calls: readonly string[]): Injection[] {
  const found: Injection[] = [];
  for (const fault of Object.keys(FAULTS) as Fault[]) {
    const able: readonly string[] = FAULTS[fault];
    for (const [n, call] of calls.entries()) {
      if (able.includes(call)) {
        found.push({ fault, at: n + 1, sticky: false }, { fault, at: n + 1, sticky: true });
      }
    }
  }
  return found;
}
