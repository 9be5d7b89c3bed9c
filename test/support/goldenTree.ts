import { chmodSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { goldenRoot } from './paths';

/** One entry of a golden `tree.json` (test/golden/README.md). */
export interface GoldenEntry {
  path: string;
  type: 'dir' | 'file' | 'symlink' | 'hardlink' | 'fifo' | 'socket';
  mode?: string;
  /** Base64. */
  content?: string;
  pattern?: { kind: string; size: number };
  target?: string;
}

/** A golden `tree.json`. */
export interface GoldenTree {
  name: string;
  rootMode: string;
  entries: GoldenEntry[];
  options?: { noFollow?: boolean; exclude?: string; checksumBin?: string; context?: string } | null;
  linuxOnly?: boolean;
}

/** A golden case: its tree, its manifest's exact bytes and its id. */
export interface GoldenCase {
  tree: GoldenTree;
  manifest: Buffer;
  id: string;
  dir: string;
}

/** Names of all golden cases, in the order of the index. */
export function goldenNames(): string[] {
  const index = JSON.parse(readFileSync(join(goldenRoot, 'index.json'), 'utf8')) as {
    name: string;
  }[];
  return index.map((entry) => entry.name);
}

/** Reads one golden case. */
export function goldenCase(name: string): GoldenCase {
  const dir = join(goldenRoot, name);
  return {
    tree: JSON.parse(readFileSync(join(dir, 'tree.json'), 'utf8')) as GoldenTree,
    manifest: readFileSync(join(dir, 'manifest.txt')),
    id: readFileSync(join(dir, 'id.txt'), 'utf8').trim(),
    dir,
  };
}

/** Why a case cannot be built here, or undefined when it can. */
export function whyNotHere(tree: GoldenTree): string | undefined {
  if (process.platform === 'win32') {
    return 'POSIX modes do not exist on Windows';
  }
  if (tree.linuxOnly === true && process.platform !== 'linux') {
    return 'the case is for Linux only';
  }
  const locked = tree.entries.some(
    (entry) => entry.type === 'file' && !(parseMode(entry.mode) & 0o400),
  );
  if (locked && process.getuid?.() !== 0) {
    return 'some files have modes that only root can read';
  }
  return undefined;
}

/** Builds the tree in `dir` (made when missing): dirs, files, links, modes of files, of dirs, of the root. */
export function buildGoldenTree(dir: string, tree: GoldenTree): void {
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o755);
  const of = (...types: GoldenEntry['type'][]): GoldenEntry[] =>
    tree.entries.filter((entry) => types.includes(entry.type));
  of('dir').forEach((entry) => mkdirSync(join(dir, entry.path), { recursive: true }));
  of('file').forEach((entry) => writeFileSync(join(dir, entry.path), contentOf(entry)));
  of('symlink').forEach((entry) => symlinkSync(entry.target ?? '', join(dir, entry.path)));
  of('hardlink').forEach((entry) => linkSync(join(dir, entry.target ?? ''), join(dir, entry.path)));
  of('fifo').forEach((entry) => execFileSync('mkfifo', [join(dir, entry.path)]));
  of('socket').forEach((entry) => makeSocket(join(dir, entry.path)));
  of('file').forEach((entry) => setMode(dir, entry));
  of('dir')
    .sort((a, b) => b.path.split('/').length - a.path.split('/').length)
    .forEach((entry) => setMode(dir, entry));
  chmodSync(dir, parseMode(tree.rootMode));
}

function parseMode(mode: string | undefined): number {
  return mode === undefined ? 0o644 : Number.parseInt(mode, 8);
}

function setMode(dir: string, entry: GoldenEntry): void {
  if (entry.mode !== undefined) {
    chmodSync(join(dir, entry.path), parseMode(entry.mode));
  }
}

function contentOf(entry: GoldenEntry): Uint8Array {
  if (entry.pattern === undefined) {
    return Buffer.from(entry.content ?? '', 'base64');
  }
  if (entry.pattern.kind !== 'i%251') {
    throw new Error(`Unknown pattern ${entry.pattern.kind}`);
  }
  return Uint8Array.from({ length: entry.pattern.size }, (_, i) => i % 251);
}

/** A socket's file outlives its process only when that process does not close it in order. */
function makeSocket(path: string): void {
  const script =
    'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))';
  spawnSync(process.execPath, ['-e', script, path], { env: { ELECTRON_RUN_AS_NODE: '1' } });
}
