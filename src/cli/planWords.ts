import type { RestorePlan, RestoreResult } from '../core/engine';
import { shortId } from '../core/ids';
import type { RelPath } from '../core/tree';
import { atMost, failureLines, NAMES_SHOWN } from './changeWords';
import { nameOf } from './checkpointWords';
import { displayName } from './escape';
import { formatBytes, formatCount, plural } from './format';

/** Whether the plan would change anything in the folder. */
export function changesNothing(plan: RestorePlan): boolean {
  return plan.counts.create + plan.counts.overwrite + plan.counts.delete === 0;
}

/** What a restore would do: counts, then names. */
export function planLines(verb: string, plan: RestorePlan): string[] {
  const { counts, paths, exact } = plan;
  const source = plan.checkpoint === null ? shortId(plan.snapshot) : nameOf(plan.checkpoint);
  const where = paths === null ? 'the whole folder' : paths.map(displayName).join(', ');
  const total = counts.create + counts.overwrite + counts.delete;
  const left = exact ? '' : `, ${formatCount(counts.left)} not in the snapshot stay`;
  return [
    `${verb} ${where} to ${source}:`,
    `  ${formatCount(counts.create)} to create, ${formatCount(counts.overwrite)} to overwrite, ` +
      `${formatCount(counts.delete)} to delete${left}, ${formatCount(counts.unchanged)} as they are ` +
      `(${formatBytes(plan.bytes)} to write)`,
    ...atMost(
      plan.items.map((item) => `  ${item.action.padEnd(9)}  ${displayName(item.path)}`),
      NAMES_SHOWN,
      total,
    ),
    ...withheldLines('  ', plan.withheld),
  ];
}

/** What a snapshot from elsewhere does not bring unasked, by name. */
export function withheldLines(indent: string, withheld: readonly RelPath[]): string[] {
  const title =
    `${plural(withheld.length, 'file')} left out, because the snapshot came from elsewhere ` +
    'and an editor, Git or npm would run them (--include-runnable brings them):';
  const names = withheld.map((path) => `${indent}  ${displayName(path)}`);
  return withheld.length === 0 ? [] : [indent + title, ...atMost(names, NAMES_SHOWN)];
}

/** Whether the folder already was as it should be. Undoing an interrupted restore writes no record. */
export function didNothing({ operation, counts }: RestoreResult): boolean {
  return operation === null && counts.written + counts.deleted + counts.failed === 0;
}

/** What a restore did. */
export function restoreResultLines(done: string, result: RestoreResult): string[] {
  const { counts, safety } = result;
  if (didNothing(result)) {
    return ['Nothing to do: the folder already is as the snapshot says.'];
  }
  const kept = safety === null ? '' : ` What was there is kept in ${shortId(safety)}.`;
  return [
    `${done}: ${formatCount(counts.written)} written, ${formatCount(counts.deleted)} deleted, ` +
      `${formatCount(counts.left)} left alone, ${formatCount(counts.unchanged)} as they were.${kept}`,
  ];
}

/** What went wrong in a restore, for standard error. */
export function restoreWarnings(
  result: Pick<RestoreResult, 'failed' | 'conflicts' | 'withheld' | 'changedOwner'>,
): string[] {
  const { failed, conflicts, withheld, changedOwner } = result;
  const [left, ...leftOut] = withheldLines('', withheld);
  return [
    ...(left === undefined ? [] : [`snapdir: ${left}`, ...leftOut]),
    ...(failed.length === 0
      ? []
      : [`snapdir: ${failed.length} could not be restored:`, ...failureLines(failed)]),
    ...(conflicts.length === 0
      ? []
      : [
          `snapdir: ${conflicts.length} changed while restoring; what they held is kept beside them:`,
          ...conflicts.map((path) => `  ${displayName(path)}`),
        ]),
    ...(changedOwner.length === 0
      ? []
      : [
          `snapdir: ${plural(changedOwner.length, 'file')} could not keep the owner or the special permission bits of what was there:`,
          ...atMost(
            changedOwner.map((path) => `  ${displayName(path)}`),
            NAMES_SHOWN,
          ),
        ]),
  ];
}
