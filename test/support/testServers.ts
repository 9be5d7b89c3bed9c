// Real servers for tests, one of each for all tests of a process. A server that cannot be had here is a reason to skip.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from './paths';

/** Where a server is. */
export interface TestServer {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Another user, who owns nothing. */
  otherUser?: { accessKeyId: string; secretAccessKey: string };
  /** Whether it keeps conditions on writes; only of one of which not every version does. */
  conditional?: boolean;
}

type Answer = TestServer | { skipped: string } | { failed: string };

interface Running {
  answer: Promise<Answer>;
  child: ChildProcess;
}

/** Each test file is a bundle of its own; what they share is here. */
const shared = globalThis as { snapdirTestServers?: Map<string, Running> };

function start(name: string): Running {
  const script = join(repositoryRoot, 'scripts', 'servers', `${name}.mjs`);
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answer = new Promise<Answer>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // Before the answer it says what it installs.
      if (line.startsWith('{')) {
        resolve(JSON.parse(line) as Answer);
      }
    });
    child.once('exit', () => resolve({ failed: `${name} ended at its start` }));
  });
  return { answer, child };
}

/**
 * The server, started if nobody did yet. It ends with this process. One that is installed and does not start is a
 * failure: tests that are skipped then would look as if they had passed.
 * @returns a sentence where it cannot be had
 */
export async function testServer(name: 'ceph' | 'swift' | 'moto'): Promise<TestServer | string> {
  const servers = (shared.snapdirTestServers ??= new Map<string, Running>());
  const running = servers.get(name) ?? start(name);
  servers.set(name, running);
  const answer = await running.answer;
  if ('failed' in answer) {
    throw new Error(answer.failed);
  }
  return 'skipped' in answer ? answer.skipped : answer;
}

/** Ends all servers of this process and waits until they are gone. */
export async function stopTestServers(): Promise<void> {
  const servers = [...(shared.snapdirTestServers ?? [])];
  shared.snapdirTestServers?.clear();
  for (const [, { child }] of servers) {
    const gone = new Promise((done) => child.once('exit', done));
    child.stdin?.end();
    if (child.exitCode === null) {
      await gone;
    }
  }
}

/** Skips a suite and says why. In CI that is seen in the count of skipped tests. */
export function skipWithout(context: Mocha.Context, why: string): never {
  process.stderr.write(`skipped: ${why}\n`);
  context.skip();
  throw new Error('skipped');
}
