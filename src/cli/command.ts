import type { Repository } from '../app/repository';
import type { Clock } from '../base/clock';
import type { CallContext } from '../core/engine';
import type { RelPath } from '../core/tree';
import type { RemoteBook } from './remoteBook';
import type { ExitCode } from './exitCodes';
import type { Start } from './locate';
import type { Output } from './output';

/** One option of a command; `value` names its argument in the help. */
export interface OptionSpec {
  type: 'boolean' | 'string';
  short?: string;
  multiple?: boolean;
  value?: string;
  help: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The values that a table of options leads to. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]?: T[K]['type'] extends 'boolean'
    ? boolean
    : T[K] extends { multiple: true }
      ? string[]
      : string;
};

/** What a command acts on and speaks through. */
export interface Call {
  readonly repository: Repository;
  readonly output: Output;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly start: Start;
  /** The permanent stores that this person configured. */
  readonly remotes: RemoteBook;
  /** Cancellation and progress, for calls of the engine. */
  readonly context: CallContext;
  /** A path argument as an absolute path. */
  absolute(argument: string): string;
  /** A path argument as a path inside the folder; wrong use when it is not. */
  inside(argument: string): RelPath;
  /** Asks before something is overwritten or deleted (confirm.ts). */
  ask(question: string): Promise<boolean>;
}

/** A command: what help says about it and what it does. */
export interface CommandDefinition<T extends OptionTable> {
  name: string;
  /** Arguments, one line for each way to call it: `REV [PATH…]`. */
  synopsis: string[];
  summary: string;
  details?: string[];
  options: T;
  /** How many arguments: at least, at most. */
  arguments: readonly [min: number, max: number];
  /** Exit statuses beyond the usual: what 0 and 1 mean here. */
  exit?: { done?: string; differences?: string };
  /** The folder to work on, where it is not the usual one. */
  locate?: (start: Start, args: string[], values: OptionValues<T>) => string;
  /** It neither reads nor needs a store. */
  storeless?: boolean;
  /**
   * Mostly over in a moment: then it runs on the process's own thread. Ctrl+C ends the process at once,
   * so only for what may be cut off anywhere.
   */
  quick?: (values: OptionValues<T>) => boolean;
  run(call: Call, values: OptionValues<T>, args: string[]): Promise<ExitCode>;
}

/** A command with the types of its options forgotten, as the table of commands holds it. */
export type Command = CommandDefinition<OptionTable>;

/** Keeps the option types inside the definition: `values.message` is a string there. */
export function defineCommand<const T extends OptionTable>(
  definition: CommandDefinition<T>,
): Command {
  // Sound: `values` come out of parseArgs by the very same table.
  return definition as unknown as Command;
}

/** Shared by all commands that overwrite or delete. */
export const yesOption = {
  type: 'boolean',
  short: 'y',
  help: 'do it without asking; needed where there is no terminal',
} as const;

/** Options that every command has. */
export const globalOptions = {
  directory: {
    type: 'string',
    short: 'C',
    value: 'DIR',
    help: 'the folder; relative paths start there (default: nearest with .snapdir)',
  },
  store: {
    type: 'string',
    value: 'DIR',
    help: 'use the store in DIR (default: .snapdir in the folder)',
  },
  'no-ignore': {
    type: 'boolean',
    help: 'leave nothing out but .snapdir: not what ignore files name, not .git',
  },
  json: {
    type: 'boolean',
    help: 'one JSON document on standard output and nothing else there',
  },
  quiet: { type: 'boolean', short: 'q', help: 'print only ids, no words and no progress' },
  help: { type: 'boolean', short: 'h', help: 'describe the command' },
  version: { type: 'boolean', help: 'print the version' },
} as const satisfies OptionTable;

export type GlobalValues = OptionValues<typeof globalOptions>;
