import { SnapdirError } from '../../core/errors';
import type { GitProgram } from './gitProgram';

interface Asked {
  resolve(bytes: Buffer | undefined): void;
  reject(error: unknown): void;
}

/** Reads objects through one `git cat-file --batch`, in the order in which they are asked for. */
export class BlobReader {
  private readonly git: GitProgram;
  private child: ReturnType<GitProgram['start']> | undefined;
  private asked: Asked[] = [];
  private chunks: Buffer[] = [];
  private buffered = 0;
  private wanted: number | undefined;

  constructor(git: GitProgram) {
    this.git = git;
  }

  /** A blob's bytes; undefined: there is none. @throws GIT_FAILED */
  read(oid: string): Promise<Buffer | undefined> {
    const child = this.start();
    return new Promise((resolve, reject) => {
      this.asked.push({ resolve, reject });
      child.stdin.write(`${oid}\n`);
    });
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const { child } = this;
    if (child !== undefined) {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await gone;
    }
  }

  private start(): ReturnType<GitProgram['start']> {
    if (this.child === undefined) {
      const child = this.git.start(['cat-file', '--batch']);
      child.stdout.on('data', (chunk: Buffer) => this.receive(chunk));
      child.stderr.resume();
      const end = (): void => this.end(child);
      child.on('error', end);
      child.on('close', end);
      this.child = child;
    }
    return this.child;
  }

  private end(child: BlobReader['child']): void {
    if (this.child === child) {
      this.child = undefined;
      [this.chunks, this.buffered, this.wanted] = [[], 0, undefined];
      const reason = { is: 'ended-early' } as const;
      const error = new SnapdirError('GIT_FAILED', { operation: 'cat-file', reason });
      this.asked.splice(0).forEach((one) => one.reject(error));
    }
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    while (this.next()) {
      // One answer after the other.
    }
  }

  /** Takes one header or one content off what came; false: more has to come. */
  private next(): boolean {
    if (this.wanted === undefined) {
      const all = this.joined();
      const end = all.indexOf(0x0a);
      if (end < 0) {
        return false;
      }
      this.rest(all.subarray(end + 1));
      const size = /^[0-9a-f]+ blob (\d+)$/.exec(all.toString('latin1', 0, end))?.[1];
      if (size === undefined) {
        this.asked.shift()?.resolve(undefined);
      } else {
        this.wanted = Number(size);
      }
      return true;
    }
    if (this.buffered <= this.wanted) {
      return false;
    }
    const all = this.joined();
    // What is large is not copied: then what stands behind it, which is little, is.
    const [content, behind] = [all.subarray(0, this.wanted), all.subarray(this.wanted + 1)];
    const isLarge = content.length > behind.length;
    const bytes = isLarge ? content : Buffer.from(content);
    this.rest(isLarge ? Buffer.from(behind) : behind);
    this.wanted = undefined;
    this.asked.shift()?.resolve(bytes);
    return true;
  }

  private joined(): Buffer {
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }

  private rest(bytes: Buffer): void {
    this.chunks = [bytes];
    this.buffered = bytes.length;
  }
}
