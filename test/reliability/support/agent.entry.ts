import { createInterface } from 'node:readline';
import { SnapdirError } from '../../../src/core/errors';
import { nullLogger } from '../../../src/base/logger';
import type { EngineMethod } from '../../../src/core/engine';
import { quietControl } from '../../../src/engine/context';
import { thisHost, type LeaseHost } from '../../../src/engine/disk/leaseHost';
import type { Method } from '../../../src/engine/engine';
import { createEngine } from '../../../src/engine/worker/engineClient';
import { directEngine } from '../../support/directEngine';
import type { AgentOptions, AgentReply, AgentRequest } from './agent';

/**
 * A process that runs the engine and does what it is told on standard input, one line a call, so that the
 * tests need not start a process for each. With `threads` it is the extension's own engine; without, the
 * engine runs on this thread, with a clock for leases that may go faster.
 */
type Perform = (method: EngineMethod, params: object) => Promise<unknown>;

function scaledHost(speed: number): LeaseHost {
  const host = thisHost();
  return { ...host, monotonic: () => host.monotonic() * speed };
}

function onThreads(root: string, workerPath: string): Perform {
  // As the editor has it.
  const how = { author: 'agent@test', log: nullLogger, background: true };
  const options = { location: { root }, workerPath, ...how };
  const engine = createEngine(options);
  return (method, params) => engine[method](params as never);
}

function onThisThread(root: string, speed: number): Perform {
  const methods = directEngine(root, { leaseHost: scaledHost(speed) });
  return (method, params) =>
    Promise.resolve().then(() =>
      (methods[method] as Method<EngineMethod>)(params as never, quietControl),
    );
}

const { root, threads, speed = 1 } = JSON.parse(process.argv[2]!) as AgentOptions;
const perform = threads === undefined ? onThisThread(root, speed) : onThreads(root, threads);

async function answer(line: string): Promise<void> {
  const { id, method, params } = JSON.parse(line) as AgentRequest;
  let reply: AgentReply;
  try {
    reply = { id, result: await perform(method, params) };
  } catch (error) {
    const known = SnapdirError.is(error) ? error.toJSON() : undefined;
    reply = { id, error: known ?? { code: 'INTERNAL', message: String((error as Error).stack) } };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void answer(line));
lines.on('close', () => process.exit(0));
