import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EngineMethod, EngineMethods } from '../../../src/core/engine';
import { repositoryRoot } from '../../support/paths';

export interface AgentOptions {
  /** The folder. */
  root: string;
  /** Path of the engine's bundle: the engine in threads, as in the extension. Absent: on one thread. */
  threads?: string;
  /** How much faster the clock goes that leases are judged by (without `threads`). */
  speed?: number;
}

export interface AgentRequest {
  id: number;
  method: EngineMethod;
  params: object;
}

export interface AgentReply {
  id: number;
  result?: unknown;
  error?: { code: string; message: string; data?: unknown; stack?: string };
}

/** What an agent's call failed with; `KILLED`: the process ended before it answered. */
export class AgentError extends Error {
  readonly code: string;
  readonly data: unknown;

  constructor(code: string, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The engine's bundle, for {@link AgentOptions.threads}. */
export const ENGINE = join(repositoryRoot, 'dist', 'engine.cjs');
const AGENT = join(repositoryRoot, 'out', 'test', 'reliability', 'support', 'agent.entry.cjs');

/** Another process that runs the engine. */
export class Agent {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, (reply: AgentReply) => void>();
  private next = 1;
  private stderr = '';
  readonly ended: Promise<void>;

  /** @param wrap a program with its arguments that starts the agent: `['strace', '-f', …]` */
  constructor(options: AgentOptions, wrap: readonly string[] = []) {
    const [program, ...args] = [...wrap, process.execPath, AGENT, JSON.stringify(options)];
    // A group of its own: whatever it is wrapped in is killed with it.
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.child.stdin!.on('error', () => undefined);
    this.child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      const reply = JSON.parse(line) as AgentReply;
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
    });
    this.ended = new Promise((resolve) => {
      this.child.on('close', () => {
        const error = { code: 'KILLED', message: `the process ended\n${this.stderr}` };
        this.waiting.forEach((reply, id) => reply({ id, error }));
        this.waiting.clear();
        resolve();
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** @throws AgentError */
  async call<M extends EngineMethod>(
    method: M,
    params: EngineMethods[M]['params'],
  ): Promise<EngineMethods[M]['result']> {
    const id = this.next++;
    const reply = await new Promise<AgentReply>((resolve) => {
      this.waiting.set(id, resolve);
      if (!this.alive) {
        resolve({ id, error: { code: 'KILLED', message: this.stderr } });
      }
      this.child.stdin!.write(`${JSON.stringify({ id, method, params } satisfies AgentRequest)}\n`);
    });
    if (reply.error !== undefined) {
      const { code, message, data, stack = '' } = reply.error;
      throw new AgentError(code, `${method}: ${message}\n${stack}`, data);
    }
    return reply.result as EngineMethods[M]['result'];
  }

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has ended.
    }
  }

  /** Ends it at once, wherever it is. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Lets it end by itself. */
  async close(): Promise<void> {
    this.child.stdin!.end();
    await this.ended;
  }
}
