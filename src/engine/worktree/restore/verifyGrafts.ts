import { Flag } from '../../hashing/fileTable';
import { runJob } from '../../jobs/crew';
import type { RecheckJob } from '../../jobs/recheckJob';
import { sharedWork } from '../../jobs/sharedJob';
import type { Run } from './place';

/**
 * Looks, on all threads, at the files that came into place with their folder: such a file has not even
 * another change time. Nothing is read, and what differs in any way is left to a closer look.
 * @returns step → 1: its file is as it was staged
 * @throws AbortError
 */
export function unchangedInGrafts(run: Run): Uint8Array {
  const { journal, staged, store, env } = run;
  const unchanged = new Uint8Array(journal.steps.length);
  const found = staged.placedFiles();
  const { columns } = staged;
  if (columns === undefined || found.length === 0) {
    return unchanged;
  }
  const rows = found.map(({ row }) => row);
  const paths = found.map(({ n }) => journal.steps[n]!.path);
  for (const row of rows) {
    columns.flags[row]! &= ~Flag.CHANGED;
  }
  const job: RecheckJob = { ...sharedWork(store.root, columns, { rows, paths }), kind: 'recheck' };
  const total = rows.length;
  runJob(env, job, run.control, (done) => run.control.progress({ phase: 'verify', done, total }));
  for (const { n, row } of found) {
    const wanted = journal.steps[n]![run.goal];
    const mode = wanted?.kind === 'file' ? wanted.mode : undefined;
    const same = (columns.flags[row]! & Flag.CHANGED) === 0 && columns.modes[row] === mode;
    unchanged[n] = same ? 1 : 0;
  }
  return unchanged;
}
