import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileTree, type TreeSpec } from './fileTree';
import { cliPath } from './paths';
import { tempDir } from './tempDir';

/** How to run the command. */
export interface CliOptions {
  cwd?: string;
  /** Written to stdin, which is then closed. It is never a terminal. */
  input?: string | Uint8Array;
  env?: Record<string, string | undefined>;
  timeoutMs?: number;
  /** Run as this user and group (only root can ask for that); without `gid` the group has the user's number. */
  uid?: number;
  gid?: number;
  /** Cancel as soon as it reads this file: by then it hears of it. Only Linux tells; elsewhere after a second. */
  interruptAtFile?: string;
  /** Another Node than the one that runs the tests. */
  node?: string;
}

/** What a run of the command left behind. */
export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stdoutBytes: Buffer;
  stderr: string;
  /** Standard output as one JSON document. */
  json<T = Record<string, unknown>>(): T;
}

/** Runs the built command (`dist/cli.cjs`) in a process of its own, without a terminal. */
export function runCli(args: string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.node ?? process.execPath, [cliPath, ...args], {
      cwd: options.cwd,
      // VS Code runs tests in Electron, which is Node only when it is told so.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...options.env },
      timeout: options.timeoutMs ?? 60_000,
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid ?? options.uid }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    if (options.interruptAtFile !== undefined) {
      void interruptAt(child, options.interruptAtFile);
    }
    child.on('close', (code, signal) => {
      const stdoutBytes = Buffer.concat(out);
      const stdout = stdoutBytes.toString('utf8');
      resolve({
        code,
        signal,
        stdout,
        stdoutBytes,
        stderr: Buffer.concat(err).toString('utf8'),
        json: <T>() => JSON.parse(stdout) as T,
      });
    });
  });
}

async function interruptAt(child: ChildProcess, file: string): Promise<void> {
  const opened = (): boolean => {
    const folder = `/proc/${child.pid}/fd`;
    try {
      return readdirSync(folder).some((fd) => readlinkSync(join(folder, fd)) === file);
    } catch {
      return false; // One was closed meanwhile, or it has ended.
    }
  };
  if (process.platform !== 'linux') {
    await sleep(1000);
  }
  while (process.platform === 'linux' && child.exitCode === null && !opened()) {
    await sleep(10);
  }
  child.kill('SIGINT');
}

/** As {@link runCli}, but anything than exit status 0 is an error that shows what the command said. */
export async function runCliOk(args: string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await runCli(args, options);
  if (result.code !== 0) {
    throw new Error(
      `snapdir ${args.join(' ')}: exit ${String(result.code)} ${String(result.signal)}\n${result.stderr}${result.stdout}`,
    );
  }
  return result;
}

/** A temporary folder and the command, started in it. */
export interface CliFolder {
  readonly dir: string;
  run(...args: string[]): Promise<CliResult>;
  /** Demands exit status 0. */
  ok(...args: string[]): Promise<CliResult>;
}

/** Makes a temporary folder with these files, to run the command in. */
export function cliFolder(spec: TreeSpec = {}, env: CliOptions['env'] = {}): CliFolder {
  const dir = fileTree(tempDir(), spec);
  return {
    dir,
    run: (...args) => runCli(args, { cwd: dir, env }),
    ok: (...args) => runCliOk(args, { cwd: dir, env }),
  };
}
