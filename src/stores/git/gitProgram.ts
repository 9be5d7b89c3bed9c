import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { CancelledError } from '../../base/abort';
import { gitEnvironment, gitSettings } from '../../base/gitCall';
import { nodeSays, theirWords, type Cause, type GitCauses } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import type { GitProblem } from '../../core/reasons';
import type { StoreCall } from '../../core/permanentStore';

const ERROR_SHOWN = 300;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Git's own program, which only looks at and adds to one repository's objects and `refs/snapdir/`. */
export class GitProgram {
  /** Its common folder: what all its worktrees share. */
  readonly gitDir: string;
  readonly hash: 'sha1' | 'sha256';

  private constructor(gitDir: string, hash: 'sha1' | 'sha256') {
    this.gitDir = gitDir;
    this.hash = hash;
  }

  /** @throws GIT_UNAVAILABLE when the folder is in no repository, or there is no `git` */
  static async open(root: string): Promise<GitProgram> {
    const args = ['-C', root, 'rev-parse', '--path-format=absolute', '--git-common-dir'];
    try {
      const answer = await finish(start([...args, '--show-object-format']), 'rev-parse', undefined);
      const [gitDir = '', format = 'sha1'] = answer.toString('utf8').trimEnd().split('\n');
      return new GitProgram(gitDir, format === 'sha256' ? 'sha256' : 'sha1');
    } catch (error) {
      const reason = SnapdirError.is(error, 'GIT_FAILED') ? error.data.reason : nodeSays(error);
      const why = problemIn(reason);
      const data = { path: root, reason, ...(why === undefined ? {} : { why }) };
      throw new SnapdirError('GIT_UNAVAILABLE', data, { cause: error });
    }
  }

  /** A process that stays, to talk to. */
  start(args: string[]): Child {
    return start([`--git-dir=${this.gitDir}`, ...args]);
  }

  /** Runs to its end. @returns standard output. @throws GIT_FAILED, AbortError */
  async run(args: string[], call: StoreCall & { input?: Uint8Array } = {}): Promise<Buffer> {
    const child = this.start(args);
    const done = finish(child, args[0] ?? '', call);
    child.stdin.end(call.input ?? '');
    return done;
  }
}

/** Where it is not just that there is no repository. Git's words, which its environment keeps in English. */
function problemIn(reason: Cause<GitCauses>): GitProblem | undefined {
  const words = reason.is === 'said' ? reason.words : '';
  if (/^spawn git\b.* ENOENT$/.test(words)) {
    return 'no-program';
  }
  return /dubious ownership|safe\.directory/.test(words) ? 'not-owned' : undefined;
}

function start(args: string[]): Child {
  const options = { env: gitEnvironment(process.env), windowsHide: true };
  const child = spawn('git', [...gitSettings(process.platform), ...args], {
    ...options,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A program that ended early is told by its exit status.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Waits for a process to end well. @throws GIT_FAILED, AbortError */
export function finish(
  child: Child,
  operation: string,
  call: StoreCall | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    const stop = (): void => void child.kill();
    call?.signal?.addEventListener('abort', stop);
    const fail = (reason: Cause<GitCauses>): void => {
      call?.signal?.removeEventListener('abort', stop);
      const cancelled = call?.signal?.aborted === true;
      reject(
        cancelled ? new CancelledError() : new SnapdirError('GIT_FAILED', { operation, reason }),
      );
    };
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', (error) => fail(nodeSays(error)));
    child.on('close', (code) => {
      if (code === 0 && call?.signal?.aborted !== true) {
        call?.signal?.removeEventListener('abort', stop);
        resolve(Buffer.concat(out));
      } else {
        // URLs in Git's own words may hold keys.
        const words = Buffer.concat(err)
          .toString('utf8')
          .replace(/\/\/[^\s/@]*@/g, '//…@')
          .trim();
        fail(
          words === ''
            ? { is: 'status', code: String(code) }
            : { is: 'said', by: 'Git', words: theirWords(words.slice(0, ERROR_SHOWN)) },
        );
      }
    });
  });
}
