import { resolve } from 'node:path';
import type { EngineMethods } from '../core/engine';
import { skippedLines } from './changeWords';
import type { Call, CommandDefinition, OptionValues } from './command';
import { exitCodes, type ExitCode } from './exitCodes';
import { repositoryRoot, type Start } from './locate';
import { excludeRegex } from './snapdirExclude';
import { UsageError } from './usageError';
import { plural } from './format';

/** Options of `manifest` and `id`: those of snapdir that have a meaning here, and those that are refused. */
export const manifestOptions = {
  rev: { type: 'string', value: 'REV', help: 'of this snapshot instead of the folder' },
  exclude: {
    type: 'string',
    multiple: true,
    value: 'REGEX',
    help: 'as in snapdir: leave out what matches by its absolute path',
  },
  'no-follow': { type: 'boolean', help: 'always so: symbolic links are never followed' },
  'checksum-bin': { type: 'string', value: 'NAME', help: 'refused: plain BLAKE3 only' },
  context: { type: 'string', value: 'TEXT', help: 'refused: plain BLAKE3 only, never keyed' },
  absolute: { type: 'boolean', help: 'refused: such a manifest cannot be restored' },
} as const;

type Values = OptionValues<typeof manifestOptions>;

/** For the help of both. */
export const excludeDetails = [
  'Nothing is written. What ignore files name is left out, unless --no-ignore is given (which gives what',
  'snapdir itself prints). REGEX may hold the macros %common% and %system%; several are joined by "or".',
];

/** What `manifest` and `id` have in common in their definition. */
export const manifestShape = {
  synopsis: ['[DIR] [--exclude REGEX]…', '--rev REV'],
  options: manifestOptions,
  arguments: [0, 1],
  storeless: true,
  exit: { differences: 'printed, but some paths could not be read and are missing in it' },
  locate: (start: Start, [dir]: string[]) =>
    dir === undefined ? repositoryRoot(start) : resolve(start.dir, dir),
} as const satisfies Partial<CommandDefinition<typeof manifestOptions>>;

/** Computes the manifest that the options ask for. */
export function computeManifest(
  call: Call,
  values: Values,
): Promise<EngineMethods['manifest']['result']> {
  refuseOtherHashes(call, values);
  if (values.rev !== undefined && values.exclude !== undefined) {
    throw new UsageError('--exclude is about the folder: it does not go with --rev.');
  }
  const regex = excludeRegex(values.exclude ?? [], call.env);
  return call.repository.engine.manifest(
    {
      rev: values.rev ?? 'live',
      rules: call.repository.settings.rules,
      ...(regex === undefined ? {} : { excludeRegex: regex }),
    },
    call.context,
  );
}

function refuseOtherHashes({ env }: Call, values: Values): void {
  const hash = values['checksum-bin'];
  if (hash !== undefined && hash !== 'b3sum') {
    throw new UsageError(
      `--checksum-bin ${hash} is refused: Snapdir reads and writes plain BLAKE3 (b3sum) only, since nothing else can be stored and restored. Leave the option out.`,
    );
  }
  if (values.context !== undefined || (env['SNAPDIR_MANIFEST_CONTEXT'] ?? '') !== '') {
    throw new UsageError(
      'Keyed manifests (--context, SNAPDIR_MANIFEST_CONTEXT) are refused: Snapdir reads and writes plain BLAKE3 only, since nothing else can be stored and restored. Leave the option out and unset the variable.',
    );
  }
  if (values.absolute === true) {
    throw new UsageError(
      '--absolute is refused: a manifest with absolute paths cannot be restored. Leave the option out.',
    );
  }
}

/** Tells what is missing in the manifest, and picks the exit status. */
export function tellSkipped(
  { output }: Call,
  { skipped }: EngineMethods['manifest']['result'],
): ExitCode {
  // Sockets, pipes and devices are never part of a manifest, so nothing is missing.
  const missing = skipped.filter(({ reason }) => reason !== 'special-file');
  if (missing.length === 0) {
    return exitCodes.done;
  }
  output.note(`snapdir: ${plural(missing.length, 'path')} could not be captured:`);
  skippedLines(missing).forEach((line) => output.note(line));
  return exitCodes.differences;
}
