import { parseArgs } from 'node:util';
import {
  globalOptions,
  type Command,
  type GlobalValues,
  type OptionTable,
  type OptionValues,
} from './command';
import { displayName } from './escape';
import { UsageError } from './usageError';

/** The command line, taken apart. */
export interface ParsedArgs {
  globals: GlobalValues;
  command: Command;
  values: OptionValues<OptionTable>;
  args: string[];
}

/** The command line up to the name of the command. */
export interface Head {
  /** Absent: none was named. */
  name?: string;
  /** Everything but the name. */
  rest: string[];
}

/** Whether `--json` is asked for: also when the rest is wrong, since errors are JSON then too. */
export function wantsJson(argv: string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

/** Finds the name of the command. Options of all commands may stand before it. */
export function splitCommand(argv: string[]): Head {
  const { tokens } = parseArgs({
    args: argv,
    options: globalOptions,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const named = tokens.find((token) => token.kind === 'positional');
  const before = named === undefined ? tokens : tokens.slice(0, tokens.indexOf(named));
  for (const token of before) {
    if (token.kind === 'option' && !(token.name in globalOptions)) {
      throw new UsageError(
        named === undefined
          ? `Unknown option ${displayName(token.rawName)}, and no command. See "snapdir help".`
          : `Option ${displayName(token.rawName)} must come after the command ${displayName(named.value)}.`,
      );
    }
  }
  return named === undefined
    ? { rest: argv }
    : { name: named.value, rest: argv.filter((_, index) => index !== named.index) };
}

/** Parses options and arguments of a command. */
export function parseCommand(command: Command, rest: string[]): ParsedArgs {
  const { values, positionals } = parseStrictly(command, rest);
  const [min, max] = command.arguments;
  const askedForHelp = values['help'] === true || values['version'] === true;
  if (!askedForHelp && (positionals.length < min || positionals.length > max)) {
    const problem = positionals.length < min ? 'Too few arguments' : 'Too many arguments';
    throw new UsageError(`${problem}. ${usageOf(command)}`);
  }
  return {
    globals: values,
    command,
    values: values as OptionValues<OptionTable>,
    args: positionals,
  };
}

/** Options without a command: `snapdir --version`. */
export function parseGlobals(rest: string[]): GlobalValues {
  return guard(
    () => parseArgs({ args: rest, options: globalOptions, strict: true }).values as GlobalValues,
    'See "snapdir help".',
  );
}

/** How to call a command, as one sentence. */
export function usageOf(command: Command): string {
  const forms = command.synopsis.map((form) => `snapdir ${command.name} ${form}`.trim());
  return `Usage: ${forms.join('  or  ')}. See "snapdir help ${command.name}".`;
}

function parseStrictly(
  command: Command,
  rest: string[],
): { values: Record<string, unknown>; positionals: string[] } {
  const options = { ...command.options, ...globalOptions };
  return guard(
    () => parseArgs({ args: rest, options, strict: true, allowPositionals: true }),
    usageOf(command),
  );
}

/** parseArgs says what is wrong in its own words; what to do is added here. */
function guard<T>(parse: () => T, advice: string): T {
  try {
    return parse();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (error instanceof Error && code.startsWith('ERR_PARSE_ARGS_')) {
      const first = error.message.split(/\. |\n/)[0] ?? error.message;
      throw new UsageError(`${first.replace(/\.$/, '')}. ${advice}`, { cause: error });
    }
    throw error;
  }
}
