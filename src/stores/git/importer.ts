import { createHash } from 'node:crypto';
import type { StoreCall } from '../../core/permanentStore';
import { turn } from '../turns';
import { finish, type GitProgram } from './gitProgram';

const LINES_A_WRITE = 1_000;

/** Adds blobs, and commits of them, through `git fast-import`: one process for thousands, and no filter runs. */
export class Importer {
  private readonly git: GitProgram;
  private running: { stdin: NodeJS.WritableStream; done: Promise<Buffer> } | undefined;

  constructor(git: GitProgram) {
    this.git = git;
  }

  /** The name that Git gives to a blob. */
  oidOf(bytes: Uint8Array): string {
    const hash = createHash(this.git.hash).update(`blob ${bytes.length}\0`);
    return hash.update(bytes).digest('hex');
  }

  /** Adds a blob; it can be read after {@link flush}. */
  async add(bytes: Uint8Array): Promise<string> {
    const { stdin } = this.start();
    const ready = [`blob\ndata ${bytes.length}\n`, Buffer.from(bytes), '\n'].map((part) =>
      stdin.write(part),
    );
    if (!ready.at(-1)) {
      await writable(stdin);
    }
    return this.oidOf(bytes);
  }

  /** Adds a blob that is never whole in memory. @throws GIT_FAILED, AbortError */
  async addLarge(pieces: AsyncIterable<Uint8Array>, call: StoreCall): Promise<string> {
    const child = this.git.start(['hash-object', '-w', '--stdin']);
    const done = finish(child, 'hash-object', call);
    done.catch(() => undefined); // Told below.
    try {
      for await (const piece of pieces) {
        if (!child.stdin.write(Buffer.from(piece))) {
          await writable(child.stdin);
        }
      }
    } catch (error) {
      child.kill();
      throw error;
    }
    child.stdin.end();
    return (await done).toString('latin1').trim();
  }

  /** Makes a commit of these files, of which one may come twice, and a ref that was not there stand for it. */
  async commit(
    ref: string,
    files: Iterable<readonly [path: string, oid: string]>,
    of: { atMs: number; message: string; call: StoreCall },
  ): Promise<void> {
    await this.flush(of.call);
    const { stdin } = this.start();
    const message = Buffer.from(`${of.message}\n`);
    const who = `Snapdir <snapdir@localhost> ${Math.floor(of.atMs / 1000)} +0000`;
    stdin.write(`commit ${ref}\ncommitter ${who}\ndata ${message.length}\n`);
    stdin.write(message);
    let lines: string[] = [];
    for (const [path, oid] of files) {
      if (lines.push(`M 100644 ${oid} ${path}\n`) >= LINES_A_WRITE) {
        const goesOn = stdin.write(lines.join(''));
        lines = [];
        await (goesOn ? turn() : writable(stdin));
      }
    }
    stdin.write(`${lines.join('')}\n`);
    await this.flush(of.call);
  }

  /** Everything that was added is in the repository. @throws GIT_FAILED: nothing of it is */
  async flush(call: StoreCall = {}): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running !== undefined) {
      running.stdin.end('done\n');
      await running.done;
      if (call.signal?.aborted === true) {
        return;
      }
    }
  }

  private start(): NonNullable<Importer['running']> {
    if (this.running === undefined) {
      // Without its last word nothing of it is kept: a process that is killed leaves no half commit.
      const args = ['fast-import', '--quiet', '--done', '--date-format=raw'];
      const child = this.git.start(args);
      const done = finish(child, 'fast-import', undefined);
      done.catch(() => undefined); // Told by `flush`.
      this.running = { stdin: child.stdin, done };
    }
    return this.running;
  }
}

/** Resolves when more may be written, or nobody reads it any more. */
function writable(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.removeListener('drain', go);
      stream.removeListener('close', go);
      resolve();
    };
    stream.on('drain', go);
    stream.on('close', go);
  });
}
