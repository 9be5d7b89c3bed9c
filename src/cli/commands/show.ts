import type { Comparison } from '../../core/change';
import type { CheckpointInfo, EngineMethods } from '../../core/engine';
import { atMost, changeLine, skippedLines } from '../changeWords';
import { checkpointJson, detailLines } from '../checkpointWords';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { countWords, formatCount, plural } from '../format';
import { compareAll } from '../pages';

/** More than these are for `compare`, which lists all. */
const CHANGES_SHOWN = 200;

/** `snapdir show` */
export const showCommand = defineCommand({
  name: 'show',
  synopsis: ['REV'],
  summary: 'show one snapshot: details, what it left out, what changed',
  details: ['Changes are against the parent; for "live" against HEAD.'],
  options: {},
  arguments: [1, 1],
  async run(call, _values, [rev = '']) {
    const { engine } = call.repository;
    const resolved = await engine.resolve({ rev }, call.context);
    const checkpoint = resolved.kind === 'live' ? null : resolved.checkpoint;
    const left = resolved.kind === 'live' ? 'HEAD' : (checkpoint?.parent ?? 'empty');
    const right = checkpoint?.id ?? (resolved.kind === 'live' ? 'live' : resolved.snapshot);
    const comparison = await compareAll(call, { left, right });
    const details =
      checkpoint === null
        ? null
        : await engine.checkpointDetails({ id: checkpoint.id }, call.context);
    call.output.document({
      rev,
      kind: resolved.kind,
      snapshot: resolved.kind === 'live' ? null : resolved.snapshot,
      checkpoint: checkpoint === null ? null : checkpointJson(checkpoint),
      details,
      changes: comparison.changes,
      counts: comparison.counts,
    });
    call.output.printQuiet(right);
    if (resolved.kind === 'snapshot' && checkpoint === null) {
      call.output.print(`Snapshot  ${resolved.snapshot}  (no checkpoint in this store)`);
    }
    printPeople(call, checkpoint, details, comparison);
    return exitCodes.done;
  },
});

function printPeople(
  { output, clock }: Call,
  checkpoint: CheckpointInfo | null,
  details: EngineMethods['checkpointDetails']['result'] | null,
  comparison: Comparison,
): void {
  if (checkpoint !== null) {
    detailLines(checkpoint, clock.now()).forEach((line) => output.print(line));
  }
  if (details !== null && details.skipped.length > 0) {
    output.print();
    output.print(`Not captured (${formatCount(details.skipped.length)}):`);
    skippedLines(details.skipped).forEach((line) => output.print(line));
  }
  if (details !== null && details.unstable.length > 0) {
    output.print();
    output.print(`${plural(details.unstable.length, 'file')} changed while being read:`);
    details.unstable.forEach((path) => output.print(`  ${displayName(path)}`));
  }
  output.print();
  output.print(`Changes: ${countWords(comparison.counts)}`);
  const lines = comparison.changes.map((change) => `  ${changeLine(change)}`);
  atMost(lines, CHANGES_SHOWN).forEach((line) => output.print(line));
}
