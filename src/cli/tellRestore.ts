import type { RestoreResult } from '../core/engine';
import type { Call } from './command';
import { exitCodes, type ExitCode } from './exitCodes';
import { didNothing, restoreResultLines, restoreWarnings } from './planWords';

/** Tells what a restore, undo or redo did, and picks the exit status. */
export function tellRestore(
  { output }: Call,
  done: string,
  advice: string,
  result: RestoreResult,
): ExitCode {
  output.document({ dryRun: false, ...result });
  if (result.operation !== null) {
    output.printQuiet(result.operation);
  }
  restoreResultLines(done, result).forEach((line) => output.print(line));
  if (!didNothing(result) && advice !== '') {
    output.print(advice);
  }
  restoreWarnings(result).forEach((line) => output.note(line));
  const { failed, conflicts, withheld, changedOwner } = result;
  const odd = [failed, conflicts, withheld, changedOwner].some((paths) => paths.length > 0);
  return !odd ? exitCodes.done : exitCodes.differences;
}
