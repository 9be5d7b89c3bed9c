import { pruneSnapshots } from '../../app/undoOperations';
import type { PruneResult } from '../../core/engine';
import type { Retention } from '../../core/records';
import { DEFAULT_RETENTION } from '../../core/retention';
import { checkpointJson, listRows } from '../checkpointWords';
import { NAMES_SHOWN } from '../changeWords';
import { defineCommand, yesOption, type Call } from '../command';
import { confirm } from '../confirm';
import { exitCodes } from '../exitCodes';
import { plural } from '../format';
import { parseWhole } from '../values';

const { last, hourly, daily, weekly } = DEFAULT_RETENTION;
const keepOption = (help: string) => ({ type: 'string', value: 'COUNT', help }) as const;

/** `snapdir prune` */
export const pruneCommand = defineCommand({
  name: 'prune',
  synopsis: ['[--dry-run] [--keep-last COUNT] [--keep-hourly COUNT] [--keep-daily COUNT] [--yes]'],
  summary: 'take automatic snapshots off the list that are many enough',
  details: [
    'Only what was taken by itself can go. What was ever promoted, also where the name moved on, stays,',
    'what has a tag or was renamed, HEAD and its parent, and what a restore needs to be undone.',
    '"snapdir undo" brings back what went.',
  ],
  options: {
    'dry-run': { type: 'boolean', help: 'only print what would go' },
    'keep-last': keepOption(`keep the newest COUNT (default ${last})`),
    'keep-hourly': keepOption(`and the newest of each of COUNT hours (default ${hourly})`),
    'keep-daily': keepOption(`and the newest of each of COUNT days (default ${daily})`),
    'keep-weekly': keepOption(`and the newest of each of COUNT weeks (default ${weekly})`),
    yes: yesOption,
  },
  arguments: [0, 0],
  exit: { differences: 'the question was answered with no' },
  async run(call, values) {
    const { repository, context } = call;
    const count = (name: keyof Retention): number => {
      const text = values[`keep-${name}`];
      return text === undefined ? DEFAULT_RETENTION[name] : parseWhole(`keep-${name}`, text, 0);
    };
    const keep: Retention = {
      last: count('last'),
      hourly: count('hourly'),
      daily: count('daily'),
      weekly: count('weekly'),
    };
    if (values['dry-run'] === true) {
      tell(call, await pruneSnapshots(repository, { dryRun: true, keep }, context));
      return exitCodes.done;
    }
    let agreed: { fingerprint?: string } = {};
    if (values.yes !== true) {
      const plan = await pruneSnapshots(repository, { dryRun: true, keep }, context);
      const question = `Take ${plural(plan.pruned, 'snapshot')} off the list?`;
      const intention = { plan: pruneLines(call, plan), question, yes: plan.pruned === 0 };
      if (!(await confirm(call, intention))) {
        return exitCodes.differences;
      }
      agreed = { fingerprint: plan.fingerprint };
    }
    tell(call, await pruneSnapshots(repository, { dryRun: false, keep, ...agreed }, context));
    return exitCodes.done;
  },
});

function tell(call: Call, result: PruneResult): void {
  const { output } = call;
  output.document({ ...result, checkpoints: result.checkpoints.map(checkpointJson) });
  result.checkpoints.forEach(({ id }) => output.printQuiet(id));
  pruneLines(call, result).forEach((line) => output.print(line));
  if (result.operation !== null) {
    output.print('"snapdir undo" brings them back.');
  }
}

function pruneLines({ clock }: Call, result: PruneResult): string[] {
  const kept = Object.values(result.kept).reduce((a, b) => a + b, 0);
  if (result.pruned === 0) {
    return [`Nothing to prune: ${plural(kept, 'automatic snapshot')}, all of them kept.`];
  }
  const verb = result.dryRun ? 'To take' : 'Taken';
  const shown = result.checkpoints.slice(0, NAMES_SHOWN);
  const more = result.pruned - shown.length;
  return [
    `${verb} off the list: ${plural(result.pruned, 'automatic snapshot')}; ${kept} stay.`,
    ...listRows(shown, clock.now(), false),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
