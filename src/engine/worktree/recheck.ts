import type { Control, EngineEnv } from '../context';
import type { Stat } from '../disk/fs';
import { type FileTable, Flag, setStat } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { runJob } from '../jobs/crew';
import type { RecheckJob } from '../jobs/recheckJob';
import { tableWork } from '../jobs/sharedJob';
import { noteFile } from './drift';

/**
 * The rows whose stat on disk is another one than the table's; what cannot be looked at counts.
 * @param among absent: all rows
 * @throws AbortError
 */
export function changedRows(
  env: EngineEnv,
  root: string,
  of: { table: FileTable; among?: readonly number[] | undefined },
  control: Control,
): number[] {
  const { table, among } = of;
  const flags = table.columns.flags.subarray(0, table.length);
  const job: RecheckJob = { ...tableWork(root, table, among), kind: 'recheck' };
  if (job.count === 0) {
    return [];
  }
  runJob(env, job, control, (done) => {
    control.progress({ phase: 'scan', done, total: job.count });
  });
  const rows: number[] = [];
  for (let row = 0; row < flags.length; row++) {
    if ((flags[row]! & Flag.CHANGED) !== 0) {
      flags[row]! &= ~Flag.CHANGED;
      rows.push(row);
    }
  }
  return rows;
}

/**
 * Brings the rows of changed files up to date and drops their checksums. Returns false, with nothing
 * done, when one of them is no file any more or is too large: then only a full scan tells.
 * @throws AbortError
 */
export function recheckFiles(
  env: EngineEnv,
  root: string,
  of: { look: Look; among?: readonly number[] | undefined; maxFileSize: number },
  control: Control,
): boolean {
  const { look, among, maxFileSize } = of;
  const table = look.files;
  const rows = changedRows(env, root, { table, among }, control);
  const stats: Stat[] = [];
  for (const row of rows) {
    const stat = lookAt(env, `${root}/${table.path(row)}`);
    if (stat?.kind !== 'file' || (maxFileSize > 0 && stat.size > maxFileSize)) {
      return false;
    }
    stats.push(stat);
  }
  for (const [index, row] of rows.entries()) {
    noteFile(look, row);
    setStat(table.columns, row, stats[index]!);
    table.clear(row, Flag.HASHED | Flag.STORED | Flag.RACY | Flag.UNSTABLE);
  }
  return true;
}

/** undefined also where it cannot be looked at: a full scan says why. */
export function lookAt(env: EngineEnv, path: string): Stat | undefined {
  try {
    return env.fs.lstat(path);
  } catch {
    return undefined;
  }
}
