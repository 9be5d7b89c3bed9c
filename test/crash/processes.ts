import { nullLogger } from '../../src/base/logger';
import type { ExcludeRules } from '../../src/core/records';
import type { EngineEnv } from '../../src/engine/context';
import type { LeaseHost } from '../../src/engine/disk/leaseHost';
import { forgetLook } from '../../src/engine/hashing/statCache';
import { findStore, openOrCreateStore, type Store } from '../../src/engine/store/storeRoot';
import type { Inode, InodeTable } from './inodes';
import { Prefix } from './names';
import type { MemoryFsOptions } from './memoryCore';
import { MemoryFs } from './memoryFs';

export const rules: ExcludeRules = { useIgnoreFiles: true, patterns: [], noIgnore: false };

/** A process that runs the engine on a file system in memory. */
export interface Process {
  env: EngineEnv;
  fs: MemoryFs;
  /** The folder. Its path differs from process to process, so that no cache in memory is shared. */
  root: string;
  /** Opens the store, making it when there is none. */
  open: () => Store;
  /** Opens the store, or undefined. */
  find: () => Store | undefined;
  /** It is dead: nothing of what it cached in memory is left, and others see that it is gone. */
  end: () => void;
}

let processes = 0;
const running = new Set<number>();

/** Names that are random enough: different in every process, and the same in every run of the test. */
function names(seed: number): () => string {
  let count = 0;
  return () => {
    const a = (seed * 0x9e3779b1 + ++count * 0x85ebca6b) >>> 0;
    const b = (Math.imul(a ^ (a >>> 15), 0x2c1b3c6d) ^ count) >>> 0;
    const hex = (value: number): string => value.toString(16).padStart(8, '0');
    return hex(b) + hex(a) + hex(seed) + hex(count);
  };
}

/** A process on a machine that booted this often. */
export function hostOf(pid: number, boot = 'boot'): LeaseHost {
  return {
    host: 'test',
    boot,
    pidSpace: '',
    pid,
    started: String(pid),
    // Stands still: every step of a test is fenced.
    monotonic: () => 0,
    startOf: (other) => (running.has(other) ? String(other) : undefined),
  };
}

/** Starts a process over a file system. */
export function startProcess(fs: MemoryFs, changes: Partial<EngineEnv> = {}): Process {
  const pid = ++processes;
  running.add(pid);
  const root = `/m${pid}/folder`;
  const env: EngineEnv = {
    fs,
    // Time passes with the file system's: the same run gives the same records.
    clock: { now: () => Number(fs.time / 1_000_000n) },
    log: nullLogger,
    randomName: names(fs.calls + Number(fs.time & 0xfffffn)),
    author: 'crash@test',
    platform: 'linux',
    leaseHost: hostOf(pid),
    ...changes,
  };
  let store: Store | undefined;
  return {
    env,
    fs,
    root,
    open: () => (store = openOrCreateStore(env, { root })),
    find: () => (store = findStore(env, { root })),
    end: () => {
      running.delete(pid);
      if (store !== undefined) {
        forgetLook({ ...env, fs: new MemoryFs() }, store);
      }
    },
  };
}

/** What may be at a path of a test's folder: text, text with a mode, a link, or nothing. */
export type Content =
  string | { text: string; mode: number } | { link: string } | { dir: number } | null;

/** Changes the folder as a person would, outside of any test of crashes. */
export function edit(fs: MemoryFs, changes: Record<string, Content>): void {
  for (const [path, content] of Object.entries(changes)) {
    put(fs, `/folder/${path}`, content);
  }
}

function put(fs: MemoryFs, path: string, content: Content): void {
  remove(fs, path);
  if (content === null) {
    return;
  }
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (fs.lstat(parent) === undefined) {
    put(fs, parent, { dir: 0o755 });
  }
  if (typeof content === 'object' && 'link' in content) {
    fs.symlink(content.link, path);
  } else if (typeof content === 'object' && 'dir' in content) {
    if (fs.lstat(path) === undefined) {
      fs.mkdir(path, 0o755);
    }
    fs.chmod(path, content.dir);
  } else {
    const { text, mode } = typeof content === 'string' ? { text: content, mode: 0o644 } : content;
    const fd = fs.open(path, 'wx', mode);
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > 0) {
      fs.write(fd, bytes, 0, bytes.length);
    }
    fs.fsync(fd);
    fs.close(fd);
  }
}

function remove(fs: MemoryFs, path: string): void {
  const stat = fs.lstat(path);
  if (stat?.kind === 'dir') {
    fs.readdir(path).forEach(({ name }) => remove(fs, `${path}/${name}`));
    fs.rmdir(path);
  } else if (stat !== undefined) {
    fs.unlink(path);
  }
}

/** A new file system with a folder that holds these files. */
export function memoryWith(
  files: Record<string, Content>,
  options: MemoryFsOptions = {},
): MemoryFs {
  const fs = new MemoryFs(options);
  fs.mkdir('/folder', 0o755);
  edit(fs, files);
  // The next process begins long after: no stat is too young to be trusted.
  fs.time += 60_000_000_000n;
  return fs;
}

/** The folder without its store: path → what is there, with modes. */
export function treeOf(table: InodeTable): Record<string, string> {
  const found: Record<string, string> = {};
  const work = table.get(1).entries!.get('folder')!;
  visit(table, work, START, found);
  return found;
}

const START = new Prefix('');
const decoder = new TextDecoder();
/** Bytes are shared between states: each version is shown once. Keys: length and mode in one number. */
const shown = new WeakMap<Uint8Array, Map<number, string>>();

function visit(
  table: InodeTable,
  dir: number,
  prefix: Prefix,
  found: Record<string, string>,
): void {
  for (const [name, ino] of table.get(dir).entries!) {
    if (name === '.snapdir') {
      continue;
    }
    const node = table.get(ino);
    const path = prefix.then(name);
    if (node.kind === 'dir') {
      const below = path.then('/');
      found[below.text] = node.mode.toString(8);
      visit(table, ino, below, found);
    } else {
      found[path.text] = node.kind === 'link' ? `-> ${node.target}` : show(node);
    }
  }
}

function show(node: Inode): string {
  let versions = shown.get(node.data);
  if (versions === undefined) {
    versions = new Map();
    shown.set(node.data, versions);
  }
  const key = node.length * 0x10000 + node.mode;
  let text = versions.get(key);
  if (text === undefined) {
    text = `${node.mode.toString(8)} ${decoder.decode(node.data.subarray(0, node.length))}`;
    versions.set(key, text);
  }
  return text;
}
