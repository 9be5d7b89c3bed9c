import { decodeUtf8 } from '../base/utf8';
import { displayJson, displayLines } from './escape';

/** The three streams of the process, or stand-ins in tests. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

/** How much is printed: one JSON document, only ids, or everything for people. */
export interface OutputMode {
  json: boolean;
  quiet: boolean;
}

const ERASE_LINE = '\r\u001b[2K';

/**
 * Everything the command prints. Standard output carries results only; notes, questions and progress
 * go to standard error. What people see cannot act on their terminal (escape.ts).
 */
export class Output {
  /** Set anew once the command line is parsed: errors before that need a mode as well. */
  mode: OutputMode;
  private readonly streams: Streams;
  private transientShown = false;
  private stdoutClosed = false;

  constructor(streams: Streams, mode: OutputMode) {
    this.streams = streams;
    this.mode = mode;
    // The reader may go away (`snapdir list | head`): then the rest is not wanted, and that is no error.
    streams.stdout.on('error', () => (this.stdoutClosed = true));
    streams.stderr.on('error', () => undefined);
  }

  /** Whether there is a person to ask. */
  get interactive(): boolean {
    return this.streams.stderr.isTTY === true && this.streams.stdin.isTTY === true;
  }

  /** Whether progress can be shown. */
  get showsProgress(): boolean {
    return this.streams.stderr.isTTY === true && !this.mode.quiet;
  }

  /** Whether nobody reads standard output any more. */
  get closed(): boolean {
    return this.stdoutClosed;
  }

  /** A line of the result, for people. */
  print(line = ''): void {
    if (!this.mode.json && !this.mode.quiet) {
      this.write(`${displayLines(line)}\n`);
    }
  }

  /** A line that `--quiet` leaves over: an id. */
  printQuiet(line: string): void {
    if (!this.mode.json && this.mode.quiet) {
      this.write(`${displayLines(line)}\n`);
    }
  }

  /** Data that was asked for (manifest, id, patch), byte for byte; on a terminal it is made harmless. */
  async data(data: string | Uint8Array): Promise<void> {
    this.clearTransient();
    const safe = this.streams.stdout.isTTY === true ? displayLines(textOf(data)) : data;
    await new Promise<void>((resolve) => this.streams.stdout.write(safe, () => resolve()));
  }

  /** The one JSON document of `--json`. */
  document(value: unknown): void {
    if (this.mode.json) {
      this.write(`${displayJson(value)}\n`);
    }
  }

  /** Something to know, on standard error. */
  note(line: string): void {
    this.clearTransient();
    this.streams.stderr.write(`${displayLines(line)}\n`);
  }

  /** A line that the next output replaces; only on a terminal. */
  transient(line: string): void {
    if (this.showsProgress) {
      this.streams.stderr.write(ERASE_LINE + displayLines(line));
      this.transientShown = true;
    }
  }

  /** Takes the transient line away. */
  clearTransient(): void {
    if (this.transientShown) {
      this.transientShown = false;
      this.streams.stderr.write(ERASE_LINE);
    }
  }

  /** Resolves when everything was handed to the system. */
  async flush(): Promise<void> {
    this.clearTransient();
    for (const stream of [this.streams.stdout, this.streams.stderr]) {
      await new Promise<void>((resolve) => stream.write('', () => resolve()));
    }
  }

  private write(text: string): void {
    this.clearTransient();
    this.streams.stdout.write(text);
  }
}

function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : decodeUtf8(data);
}

/** The streams of this process. */
export const processStreams: Streams = {
  // Touching process.stdin opens it, so only who asks a question does.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
};
