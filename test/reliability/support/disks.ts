import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../../support/tempDir';

/** Why a test that mounts cannot run here; undefined: it can. */
export function whyNoMounts(...tools: readonly string[]): string | undefined {
  if (process.platform !== 'linux') {
    return 'needs Linux';
  }
  if (process.getuid?.() !== 0) {
    return 'needs root';
  }
  const missing = tools.filter((tool) => !hasTool(tool));
  if (missing.length > 0) {
    return `needs ${missing.join(', ')}`;
  }
  mountable ??= canMount();
  return mountable ? undefined : 'root may not mount images here';
}

let mountable: boolean | undefined;

/** In many containers root may not: neither mount, nor use loop devices. */
function canMount(): boolean {
  const dir = tempDir();
  const at = join(dir, 'at');
  mkdirSync(at);
  try {
    sh('mount', '-t', 'tmpfs', '-o', 'size=2m', 'none', at);
    sh('umount', at);
    sh('losetup', '-f');
    return true;
  } catch {
    return false;
  }
}

/** Why a kind of image cannot be mounted here; undefined: it can. */
export function whyNotKind(kind: ImageKind): string | undefined {
  const { megabytes, mkfs, options } = IMAGES[kind];
  const why = whyNoMounts(mkfs[0]);
  if (why !== undefined) {
    return why;
  }
  if (!kinds.has(kind)) {
    kinds.set(
      kind,
      tryToMount((dir) => [options, makeImage(join(dir, 'image'), megabytes, mkfs)]),
    );
  }
  return kinds.get(kind) === true ? undefined : `this kernel mounts no ${kind}`;
}

const kinds = new Map<ImageKind, boolean>();

function tryToMount(make: (dir: string) => readonly [string, string]): boolean {
  const dir = tempDir();
  const at = join(dir, 'at');
  mkdirSync(at);
  try {
    const [options, file] = make(dir);
    sh('mount', '-o', options, file, at);
    sh('umount', at);
    return true;
  } catch {
    return false;
  }
}

/** Why a test that watches or stops system calls cannot run here; undefined: it can. */
export function whyNoTracing(): string | undefined {
  if (!hasTool('strace')) {
    return 'needs strace';
  }
  try {
    sh('strace', '-f', '-o', '/dev/null', 'true');
    return undefined;
  } catch {
    return 'strace may not trace here';
  }
}

/** Whether a program can be started by its name. */
export function hasTool(tool: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${tool}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const mounted: string[] = [];
let registered = false;

function sh(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Mounts at a folder that is made for it; unmounted at the latest when this process ends. */
export function mount(at: string, ...args: string[]): string {
  return attach(at, 'mount', ...args);
}

/** As {@link mount}, by a file system's own program. */
export function attach(at: string, program: string, ...args: string[]): string {
  mkdirSync(at, { recursive: true });
  if (!registered) {
    registered = true;
    process.on('exit', () => [...mounted].reverse().forEach((path) => unmount(path)));
    // What the test runner kills when its time is up must not leave mounts behind.
    process.once('SIGTERM', () => process.exit(1));
  }
  sh(program, ...args, at);
  mounted.push(at);
  return at;
}

/** Unmounts and removes the folder; a mount that is in use goes when its last user does. */
export function unmount(at: string): void {
  try {
    sh('umount', at);
  } catch {
    try {
      sh('umount', '-l', at);
    } catch {
      return;
    }
  }
  mounted.splice(mounted.indexOf(at), 1);
  rmSync(at, { recursive: true, force: true });
}

/** A mounted file system in memory. */
export function memoryDisk(options = 'size=6g'): string {
  return mount(join(tempDir(), 'memory'), '-t', 'tmpfs', '-o', options, 'none');
}

/** A sparse file with a file system in it. */
export function makeImage(path: string, megabytes: number, mkfs: readonly string[]): string {
  writeFileSync(path, '');
  truncateSync(path, megabytes * 1024 * 1024);
  const [program, ...args] = mkfs;
  sh(program!, ...args, path);
  return path;
}

/** The file systems whose images can be made and mounted by the kernel itself. */
export const IMAGES = {
  ext4: { megabytes: 96, mkfs: ['mkfs.ext4', '-q', '-F', '-b', '4096'], options: 'loop' },
  xfs: { megabytes: 320, mkfs: ['mkfs.xfs', '-q', '-f'], options: 'loop,nouuid' },
  btrfs: { megabytes: 256, mkfs: ['mkfs.btrfs', '-q', '-f'], options: 'loop' },
} as const;
export type ImageKind = keyof typeof IMAGES;
