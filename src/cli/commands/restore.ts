import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  planRestore,
  restore,
  restoreTo,
  runnableFiles,
  type RestoreRequest,
} from '../../app/restore';
import { SnapdirError } from '../../core/errors';
import { atMost, changeLine, NAMES_SHOWN } from '../changeWords';
import { checkpointJson } from '../checkpointWords';
import { defineCommand, yesOption, type Call, type OptionValues } from '../command';
import { confirm } from '../confirm';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { formatBytes, formatCount, plural } from '../format';
import { compareAll } from '../pages';
import { changesNothing, planLines, restoreWarnings, withheldLines } from '../planWords';
import { tellRestore } from '../tellRestore';
import { UsageError } from '../usageError';

const options = {
  to: {
    type: 'string',
    value: 'DIR',
    help: 'to another place: into DIR where it exists, else as DIR',
  },
  safe: {
    type: 'boolean',
    help: 'to a new folder (below --to) where nothing can be overwritten; names that cannot stand there are changed',
  },
  overwrite: { type: 'boolean', help: 'with --to: replace what is there' },
  exact: { type: 'boolean', help: 'also delete what the snapshot does not hold' },
  'include-runnable': {
    type: 'boolean',
    help: 'from a snapshot of somebody else: also what an editor, Git or npm would run',
  },
  'dry-run': { type: 'boolean', help: 'only print what would be done' },
  yes: yesOption,
} as const;

type Values = OptionValues<typeof options>;

/** `snapdir restore` */
export const restoreCommand = defineCommand({
  name: 'restore',
  synopsis: ['REV [PATH…] [--exact] [--dry-run] [--yes]', 'REV [PATH…] --to DIR | --safe'],
  summary: 'bring files back, in the folder or to another place',
  details: [
    'In the folder: shows what will be created, overwritten and deleted, asks, and first keeps what is',
    'there in a safety snapshot, so that "snapdir undo" takes the restore back. Files that the snapshot',
    'does not hold stay, unless --exact is given. Out of a snapshot that came from elsewhere (an adopted',
    'store, an import), files that an editor, Git or npm would run, such as .vscode/tasks.json, or a',
    'package.json that brings scripts, are left out, wherever they would go, unless --include-runnable is given.',
  ],
  options,
  arguments: [1, Number.POSITIVE_INFINITY],
  exit: {
    done: 'restored, or nothing to do',
    differences:
      'restored, but some files failed, changed meanwhile or were left out; or the answer was no',
  },
  async run(call, values, [rev = '', ...names]) {
    const elsewhere = values.to !== undefined || values.safe === true;
    refuseNonsense(values, rev, elsewhere);
    const paths = names.map((name) => call.inside(name)).filter((path) => path !== '');
    // The folder itself among the paths: everything.
    const chosen = paths.length === names.length && paths.length > 0 ? { paths } : {};
    const exact = values.exact === true;
    const includeRunnable = values['include-runnable'] === true;
    const request = { rev, exact, includeRunnable, ...chosen };
    return elsewhere
      ? restoreElsewhere(call, values, request)
      : restoreInPlace(call, values, request);
  },
});

function refuseNonsense(values: Values, rev: string, elsewhere: boolean): void {
  if (rev === 'live') {
    throw new UsageError('"live" is the folder itself: there is nothing to restore from it.');
  }
  if (elsewhere && values.exact === true) {
    throw new UsageError(
      '--exact deletes files in the folder; it does not go with --to or --safe.',
    );
  }
  if (values.overwrite === true && (values.to === undefined || values.safe === true)) {
    throw new UsageError('--overwrite goes with --to alone.');
  }
}

async function restoreInPlace(
  call: Call,
  values: Values,
  request: RestoreRequest,
): Promise<ExitCode> {
  const { repository, output, context } = call;
  const yes = values.yes === true;
  if (values['dry-run'] === true) {
    const plan = await planRestore(repository, request, context);
    const { checkpoint, ...rest } = plan;
    output.document({
      dryRun: true,
      checkpoint: checkpoint === null ? null : checkpointJson(checkpoint),
      ...rest,
    });
    planLines('Would restore', plan).forEach((line) => output.print(line));
    return exitCodes.done;
  }
  let agreed: { fingerprint?: string } = {};
  if (!yes) {
    const plan = await planRestore(repository, request, context);
    const intention = { plan: planLines('Restore', plan), question: 'Restore?', yes };
    if (!changesNothing(plan) && !(await confirm(call, intention))) {
      return exitCodes.differences;
    }
    agreed = { fingerprint: plan.fingerprint };
  }
  const result = await restore(repository, { ...request, ...agreed }, context);
  return tellRestore(call, 'Restored', '"snapdir undo" takes it back.', result);
}

async function restoreElsewhere(
  call: Call,
  values: Values,
  request: RestoreRequest,
): Promise<ExitCode> {
  const { repository, output, context } = call;
  const { rev, paths, includeRunnable = false } = request;
  const destination = values.to === undefined ? ownPlace(call) : call.absolute(values.to);
  if (values['dry-run'] === true) {
    return planElsewhere(call, request, destination, values.overwrite === true);
  }
  if (values.safe === true) {
    ensurePlace(destination);
  }
  const result = await restoreTo(
    repository,
    {
      rev,
      ...(paths === undefined ? {} : { paths }),
      mode: values.safe === true ? 'safe' : 'at',
      destination,
      overwrite: values.overwrite === true,
      includeRunnable,
    },
    context,
  );
  output.document({ dryRun: false, ...result });
  output.printQuiet(result.path);
  output.print(
    `Restored to ${displayName(result.path)}: ${plural(result.written, 'file')}, ${formatBytes(result.bytes)}.`,
  );
  const warnings = restoreWarnings({ ...result, conflicts: [] });
  warnings.forEach((line) => output.note(line));
  if (result.renamed !== null) {
    const { count, list } = result.renamed;
    const what =
      count === 1
        ? '1 name that cannot stand there was'
        : `${formatCount(count)} names that cannot stand there were`;
    output.note(`snapdir: ${what} changed; ${displayName(list)} says which.`);
  }
  return warnings.length === 0 ? exitCodes.done : exitCodes.differences;
}

async function planElsewhere(
  call: Call,
  { rev, paths, includeRunnable = false }: RestoreRequest,
  destination: string,
  overwrite: boolean,
): Promise<ExitCode> {
  const { output, repository, context } = call;
  const chosen = paths === undefined ? {} : { paths };
  const all = await compareAll(call, { left: 'empty', right: rev, ...chosen });
  const request = { rev, overwrite, ...chosen };
  const found = includeRunnable ? undefined : await runnableFiles(repository, request, context);
  const withheld = found?.files ?? [];
  const away = new Set([...withheld, ...(found?.folders ?? [])]);
  const changes = all.changes.filter(({ path }) => !away.has(path));
  const files = all.counts.added - withheld.length;
  output.document({ dryRun: true, destination, files, changes, withheld });
  output.print(`Would restore ${plural(files, 'file')} to ${displayName(destination)}:`);
  const lines = changes.map((change) => `  ${changeLine(change)}`);
  atMost(lines, NAMES_SHOWN).forEach((line) => output.print(line));
  withheldLines('  ', withheld).forEach((line) => output.print(line));
  return exitCodes.done;
}

/** Where `--safe` puts things when no place is named. */
function ownPlace({ env }: Call): string {
  const data = env['XDG_DATA_HOME'] ?? '';
  return join(data === '' ? join(homedir(), '.local', 'share') : data, 'snapdir', 'restored');
}

/** The engine makes the new folder, but not those above it. */
function ensurePlace(destination: string): void {
  try {
    mkdirSync(destination, { recursive: true, mode: 0o700 });
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
    throw new SnapdirError(
      'IO',
      { operation: 'create', path: destination, errno },
      { cause: error },
    );
  }
}
