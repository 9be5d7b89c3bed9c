import { spawn, spawnSync } from 'node:child_process';
import { cliPath } from './paths';

/** Why no terminal can be had here; undefined when one can. */
export function whyNoTerminal(): string | undefined {
  if (process.platform !== 'linux') {
    return 'util-linux script, which makes a terminal, is on Linux only';
  }
  const found = spawnSync('script', ['--version']).status === 0;
  return found ? undefined : 'there is no script program, which makes a terminal';
}

/** What a run on a terminal left behind; both streams are one there. */
export interface TerminalResult {
  code: number | null;
  screen: string;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Runs the command on a terminal of its own. Once `prompt` is on the screen, `beforeKeys` is called and
 * `keys` are typed.
 */
export function runOnTerminal(
  args: string[],
  options: {
    cwd: string;
    prompt?: RegExp;
    keys?: string;
    beforeKeys?: () => void;
    env?: Record<string, string>;
  },
): Promise<TerminalResult> {
  return new Promise((resolve, reject) => {
    const command = [process.execPath, cliPath, ...args].map(quote).join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: options.cwd,
      env: {
        ...{ ...process.env, ELECTRON_RUN_AS_NODE: '1', SHELL: '/bin/sh', TERM: 'xterm' },
        ...options.env,
      },
      timeout: 60_000,
    });
    let screen = '';
    let typed = false;
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString('utf8');
      if (!typed && options.prompt?.test(screen) === true) {
        typed = true;
        options.beforeKeys?.();
        child.stdin.write(options.keys ?? '');
      }
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, screen }));
  });
}
