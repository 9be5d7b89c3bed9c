import { resolve } from 'node:path';
import type { Repository } from '../app/repository';
import type { Clock } from '../base/clock';
import type { CallContext } from '../core/engine';
import { DEFAULT_EXCLUDES } from '../core/excludeDefaults';
import type { ExcludeRules } from '../core/records';
import { parseCommand, parseGlobals, splitCommand, wantsJson, type ParsedArgs } from './args';
import type { Call, Command, GlobalValues } from './command';
import { displayName } from './escape';
import { exitCodes, type ExitCode } from './exitCodes';
import { toFailure } from './failure';
import { commandHelp, generalHelp, revsHelp } from './help';
import { pathInside, repositoryRoot, type Start } from './locate';
import { Output, type Streams } from './output';
import { progressLine } from './progress';
import { askYesNo } from './prompt';
import type { RemoteBook } from './remoteBook';
import { UsageError } from './usageError';

/** What the command gets from the process it runs in. */
export interface Host {
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly commands: readonly Command[];
  readonly remotes: RemoteBook;
  /** `quick`: see {@link Command.quick}. */
  open(options: { root: string; store?: string; rules: ExcludeRules; quick?: boolean }): Repository;
}

/** Runs one command line to its end and says with which status to exit. Never throws. */
export async function run(argv: string[], host: Host): Promise<ExitCode> {
  const output = new Output(host.streams, { json: wantsJson(argv), quiet: false });
  let code: ExitCode;
  try {
    code = await dispatch(argv, host, output);
  } catch (error) {
    code = tell(error, host, output);
  }
  await output.flush();
  return code;
}

function tell(error: unknown, host: Host, output: Output): ExitCode {
  const { exit, ...failure } = toFailure(error);
  output.document({ error: failure });
  output.note(failure.code === 'CANCELLED' ? failure.message : `snapdir: ${failure.message}`);
  if ((host.env['SNAPDIR_DEBUG'] ?? '') !== '' && error instanceof Error) {
    output.note(error.stack ?? error.message);
  }
  return exit;
}

async function dispatch(argv: string[], host: Host, output: Output): Promise<ExitCode> {
  const { name, rest } = splitCommand(argv);
  if (name === undefined) {
    const globals = parseGlobals(rest);
    if (globals.help === true || globals.version === true) {
      return globals.version === true ? printVersion(host, output) : help([], host, output);
    }
    throw new UsageError('No command. "snapdir help" lists them.');
  }
  if (name === 'version' || name === 'help') {
    const topics = rest.filter((arg) => !arg.startsWith('-'));
    return name === 'version' ? printVersion(host, output) : help(topics, host, output);
  }
  const parsed = parseCommand(findCommand(name, host.commands), rest);
  output.mode = { json: parsed.globals.json === true, quiet: parsed.globals.quiet === true };
  if (parsed.globals.version === true) {
    return printVersion(host, output);
  }
  if (parsed.globals.help === true) {
    return help([name], host, output);
  }
  return execute(parsed, host, output);
}

function findCommand(name: string, commands: readonly Command[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = commands.filter((candidate) => candidate.name.startsWith(name));
    const hint = near.length > 0 ? ` Did you mean ${near.map((c) => c.name).join(' or ')}?` : '';
    throw new UsageError(
      `There is no command ${displayName(name)}.${hint} "snapdir help" lists all commands.`,
    );
  }
  return command;
}

function printVersion(host: Host, output: Output): ExitCode {
  output.document({ version: host.version });
  output.print(host.version);
  output.printQuiet(host.version);
  return exitCodes.done;
}

function help(topics: string[], host: Host, output: Output): ExitCode {
  const [topic] = topics;
  const lines =
    topic === undefined || topic === 'help' || topic === 'version'
      ? generalHelp(host.commands)
      : topic === 'revs' || topic === 'rev'
        ? revsHelp
        : commandHelp(findCommand(topic, host.commands));
  output.document({ help: lines.join('\n') });
  lines.forEach((line) => output.print(line));
  return exitCodes.done;
}

function startOf(globals: GlobalValues, cwd: string): Start {
  const { directory, store } = globals;
  // Whoever names the store means this folder, and no other one upwards.
  return directory === undefined
    ? { dir: cwd, exact: store !== undefined }
    : { dir: resolve(cwd, directory), exact: true };
}

async function execute(parsed: ParsedArgs, host: Host, output: Output): Promise<ExitCode> {
  const { command, globals, values, args } = parsed;
  const start = startOf(globals, host.cwd);
  const root = command.locate?.(start, args, values) ?? repositoryRoot(start);
  const repository = host.open({
    root,
    ...(globals.store === undefined ? {} : { store: resolve(start.dir, globals.store) }),
    rules: {
      useIgnoreFiles: true,
      patterns: [...DEFAULT_EXCLUDES],
      noIgnore: globals['no-ignore'] === true,
    },
    ...(command.quick?.(values) === true ? { quick: true } : {}),
  });
  // Beside the command, not before it: the engine has a thread for looking and one for working.
  const told = command.storeless === true ? undefined : tellPendingRestore(repository, output);
  try {
    return await command.run(makeCall({ repository, host, output, start, root }), values, args);
  } finally {
    await told;
    output.clearTransient();
    repository.dispose();
    await repository.engine.close();
  }
}

/** A restore that a crash left half-way is told each time, since the folder is not what it seems. */
async function tellPendingRestore(repository: Repository, output: Output): Promise<void> {
  try {
    const { exists, vanished } = await repository.engine.status({});
    if (vanished !== null) {
      output.note(vanishedNote(vanished.inVault));
    }
    const page = exists ? await repository.engine.timeline({ limit: 1 }) : undefined;
    if (page !== undefined && page.pendingRestore !== null) {
      output.note(
        'snapdir: a restore was interrupted and its files are half-way. "snapdir recover --finish" or "snapdir recover --undo" puts that right.',
      );
    }
  } catch {
    // What is wrong with the store is the command's to tell.
  }
}

/** A store that was deleted with everything else that Git ignores is missed. */
function vanishedNote(inVault: boolean): string {
  return inVault
    ? 'snapdir: the snapshots of this folder are gone. The vault has them: "snapdir recover --vault" brings them back.'
    : 'snapdir: the snapshots that this folder had are gone, and there is no copy of them in the vault.';
}

function makeCall(parts: {
  repository: Repository;
  host: Host;
  output: Output;
  start: Start;
  root: string;
}): Call {
  const { repository, host, output, start, root } = parts;
  const { clock, env, signal, streams, remotes } = host;
  const context: CallContext = output.showsProgress
    ? { signal, onProgress: progressLine(output, clock) }
    : { signal };
  return {
    repository,
    output,
    clock,
    env,
    start,
    remotes,
    context,
    absolute: (argument) => resolve(start.dir, argument),
    inside: (argument) => pathInside(root, start, argument),
    ask: (question) => {
      output.clearTransient();
      return askYesNo(streams, question);
    },
  };
}
