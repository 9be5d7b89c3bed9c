import { SnapdirError } from '../../core/errors';
import type { GitProgram } from './gitProgram';

/** Larger content goes and comes through a process of its own and is never whole in memory. Bytes. */
export const STREAM_FROM = 8 * 1024 * 1024;

/** So many blobs are read at the same time; a fetch asks for fewer. Who asks for one more ends the one that waits longest. */
const MOST_OPEN = 32;

/** Reads large blobs in pieces, so that none is whole in memory: a process of its own for each, which waits between two pieces. */
export class BlobPieces {
  private readonly git: GitProgram;
  private readonly open = new Map<string, OpenBlob>();
  private isClosed = false;

  constructor(git: GitProgram) {
    this.git = git;
  }

  /**
   * A part of a blob that is there. Who asks for one part after the other has it read once.
   * @param part.size of the whole blob, bytes
   * @throws GIT_FAILED
   */
  async read(
    oid: string,
    part: { offset: number; length: number; size: number },
  ): Promise<Uint8Array> {
    const from = Math.min(part.offset, part.size);
    const end = Math.min(part.size, part.offset + part.length);
    let blob = this.open.get(oid);
    this.open.delete(oid);
    if (blob?.at !== from) {
      blob?.end();
      blob = new OpenBlob(this.git, oid);
    }
    try {
      await blob.skip(from - blob.at);
      const bytes = await blob.take(end - from);
      this.keep(oid, blob, part.size);
      return bytes;
    } catch (error) {
      blob.end();
      throw error;
    }
  }

  /** Ends all processes; one that is being read from when that is done. */
  close(): void {
    this.isClosed = true;
    this.open.forEach((blob) => blob.end());
    this.open.clear();
  }

  private keep(oid: string, blob: OpenBlob, size: number): void {
    const other = this.open.get(oid);
    this.open.delete(oid);
    other?.end();
    if (blob.at >= size || this.isClosed) {
      blob.end();
      return;
    }
    this.open.set(oid, blob);
    if (this.open.size > MOST_OPEN) {
      const [[oldest, waiting]] = this.open as unknown as [[string, OpenBlob]];
      this.open.delete(oldest);
      waiting.end();
    }
  }
}

/** One blob on its way out of `git cat-file`. */
class OpenBlob {
  /** How far it was read, bytes. */
  at = 0;
  private readonly child: ReturnType<GitProgram['start']>;
  private readonly chunks: AsyncIterator<Buffer>;
  /** What came and was not taken yet. */
  private rest: Uint8Array = new Uint8Array();

  constructor(git: GitProgram, oid: string) {
    this.child = git.start(['cat-file', 'blob', oid]);
    // That it could not be started is seen by what does not come.
    this.child.on('error', () => this.child.stdout.destroy());
    this.child.stdin.end();
    this.child.stderr.resume();
    this.chunks = this.child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Passes over so many bytes. @throws GIT_FAILED */
  async skip(length: number): Promise<void> {
    await this.visit(length, () => undefined);
  }

  /** The next bytes. @throws GIT_FAILED */
  async take(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    await this.visit(length, (piece, at) => bytes.set(piece, at));
    return bytes;
  }

  end(): void {
    this.child.stdout.destroy();
    this.child.kill();
  }

  private async visit(
    length: number,
    each: (piece: Uint8Array, at: number) => void,
  ): Promise<void> {
    for (let done = 0; done < length;) {
      if (this.rest.length === 0) {
        this.rest = await this.next();
      }
      const piece = this.rest.subarray(0, length - done);
      each(piece, done);
      this.rest = this.rest.subarray(piece.length);
      done += piece.length;
      this.at += piece.length;
    }
  }

  private async next(): Promise<Uint8Array> {
    try {
      const next = await this.chunks.next();
      if (next.done !== true) {
        return next.value;
      }
    } catch {
      // It was ended; that is said below.
    }
    const reason = { is: 'ended-early' } as const;
    throw new SnapdirError('GIT_FAILED', { operation: 'cat-file', reason });
  }
}
