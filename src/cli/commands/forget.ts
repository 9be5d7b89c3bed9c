import { forgetPaths } from '../../app/forgetPaths';
import type { ForgetResult } from '../../core/engine';
import { checkpointJson } from '../checkpointWords';
import { NAMES_SHOWN } from '../changeWords';
import { defineCommand, yesOption, type Call } from '../command';
import { confirm } from '../confirm';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { formatBytes, plural } from '../format';

/** `snapdir forget` */
export const forgetCommand = defineCommand({
  name: 'forget',
  synopsis: ['PATH… [--dry-run] [--yes]'],
  summary: 'take files or folders out of every snapshot, and off the disk, for good',
  details: [
    'For a secret that was captured. It cannot be undone: what only these paths held is deleted at once, out',
    'of the trash and the vault, too. What is in the folder stays, and the next snapshot captures it again',
    'unless .gitignore or the setting snapdir.exclude names it. Permanent stores keep what was promoted.',
  ],
  options: {
    'dry-run': { type: 'boolean', help: 'only print what would go' },
    yes: yesOption,
  },
  arguments: [1, Number.POSITIVE_INFINITY],
  exit: { differences: 'the question was answered with no' },
  async run(call, values, names) {
    const { repository, context } = call;
    const paths = names.map((name) => call.inside(name));
    const plan = await forgetPaths(repository, { paths, dryRun: true }, context);
    if (values['dry-run'] === true) {
      tell(call, plan);
      return exitCodes.done;
    }
    const isNothing = plan.snapshots + plan.unlisted + plan.objects === 0;
    const question = `Forget ${namesOf(plan)} for good?`;
    const intention = { plan: planLines(plan), question, yes: values.yes === true || isNothing };
    if (!(await confirm(call, intention))) {
      return exitCodes.differences;
    }
    const { fingerprint } = plan;
    tell(call, await forgetPaths(repository, { paths, dryRun: false, fingerprint }, context));
    return exitCodes.done;
  },
});

function namesOf({ paths }: ForgetResult): string {
  const shown = paths.slice(0, 3).map(displayName).join(', ');
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}

function tell({ output }: Call, result: ForgetResult): void {
  output.document({ ...result, checkpoints: result.checkpoints.map(checkpointJson) });
  result.operations.forEach((id) => output.printQuiet(id));
  planLines(result).forEach((line) => output.print(line));
}

function planLines(result: ForgetResult): string[] {
  const { dryRun, snapshots, unlisted, objects, bytes, underWay } = result;
  const again =
    underWay > 0
      ? [
          `${plural(underWay, 'file')} that a snapshot under way has just written may hold it: run this again in a minute.`,
        ]
      : [];
  if (snapshots + unlisted + objects === 0) {
    return [`Nothing to forget: no snapshot holds ${namesOf(result)}.`, ...again];
  }
  const verb = dryRun ? 'To forget' : 'Forgotten';
  const more =
    unlisted > 0
      ? `, and in ${unlisted} that ${unlisted === 1 ? 'is' : 'are'} not in the list`
      : '';
  return [
    `${verb}: ${namesOf(result)} in ${plural(snapshots, 'snapshot')}${more}.`,
    `${dryRun ? 'To delete' : 'Deleted'} for good: ${plural(objects, 'content')}, ${formatBytes(bytes)}.`,
    ...keptLines(result),
    ...linkLines(result),
    ...promotedLines(result),
    ...again,
    dryRun
      ? 'This cannot be undone. What is in the folder stays.'
      : 'What is in the folder stays; the next snapshot captures it again unless .gitignore or snapdir.exclude names it.',
  ];
}

function keptLines({ kept, keptCount }: ForgetResult): string[] {
  const lines = kept
    .slice(0, NAMES_SHOWN)
    .map(
      ({ path, keptIn }) =>
        `  ${displayName(path)}: the same content is still in ${displayName(keptIn)}`,
    );
  const more = keptCount - lines.length;
  return [...lines, ...(lines.length > 0 && more > 0 ? [`  and ${more} more`] : [])];
}

function linkLines({ links }: ForgetResult): string[] {
  return links === 0
    ? []
    : [
        `The target of a link at the path stays in ${plural(links, 'record file')} of the store, which nothing changes: it is shown and restored no more, but can be read there. A secret in it has to be changed.`,
      ];
}

function promotedLines({ promoted }: ForgetResult): string[] {
  if (promoted.length === 0) {
    return [];
  }
  const names = promoted.map(({ name, from }) =>
    from === null ? displayName(name) : `${displayName(name)} (${displayName(from)})`,
  );
  return [
    `Permanent stores are not touched, and may still have it as: ${names.join(', ')}. A secret that was there has to be changed.`,
  ];
}
