import { collectGarbage } from '../../app/maintainStore';
import type { GcResult } from '../../core/engine';
import { defineCommand, yesOption, type Call } from '../command';
import { confirm } from '../confirm';
import { exitCodes } from '../exitCodes';
import { formatBytes, plural } from '../format';
import { parseWhole } from '../values';

const HOUR_MS = 3_600_000;

/** `snapdir gc` */
export const gcCommand = defineCommand({
  name: 'gc',
  synopsis: ['[--dry-run] [--grace HOURS] [--force] [--yes]'],
  summary: 'set aside content that no snapshot needs',
  details: [
    'What is set aside goes to .snapdir/trash first; a later gc deletes it for good.',
    'Content younger than --grace is left, for a snapshot that is being taken may need it.',
  ],
  options: {
    'dry-run': { type: 'boolean', help: 'only print what would be done' },
    grace: { type: 'string', value: 'HOURS', help: 'leave what is younger' },
    force: { type: 'boolean', help: 'also on a network file system, when nobody else uses it' },
    yes: yesOption,
  },
  arguments: [0, 0],
  exit: { differences: 'the question was answered with no' },
  async run(call, values) {
    const { repository, context } = call;
    const grace = {
      force: values.force === true,
      ...(values.grace !== undefined && {
        graceMs: parseWhole('grace', values.grace, 0) * HOUR_MS,
      }),
    };
    if (values['dry-run'] === true) {
      tell(call, await collectGarbage(repository, { dryRun: true, ...grace }, context));
      return exitCodes.done;
    }
    if (values.yes !== true) {
      const plan = await collectGarbage(repository, { dryRun: true, ...grace }, context);
      const intention = { plan: gcLines(plan), question: 'Collect garbage?', yes: false };
      if (!(await confirm(call, intention))) {
        return exitCodes.differences;
      }
    }
    tell(call, await collectGarbage(repository, { dryRun: false, ...grace }, context));
    return exitCodes.done;
  },
});

function tell({ output }: Call, result: GcResult): void {
  output.document(result);
  gcLines(result).forEach((line) => output.print(line));
}

function gcLines(result: GcResult): string[] {
  const aside = result.dryRun ? 'To set aside' : 'Set aside';
  const purged = result.dryRun ? 'To delete for good' : 'Deleted for good';
  return [
    `${aside}: ${plural(result.objects, 'object')} and ${plural(result.manifests, 'manifest')}, ${formatBytes(result.bytes)}.`,
    `${purged} out of earlier trash: ${plural(result.purgedObjects, 'object')}, ${formatBytes(result.purgedBytes)}.`,
    ...(result.tooYoung > 0
      ? [`Left, for it is too young: ${plural(result.tooYoung, 'object')}.`]
      : []),
    ...(result.leftovers > 0
      ? [`Leftovers of processes that were killed: ${plural(result.leftovers, 'file')}.`]
      : []),
  ];
}
