import type { Control, EngineEnv } from '../context';
import { type FileTable, Flag, setStat } from '../hashing/fileTable';
import type { Look } from '../hashing/look';
import { runJob } from '../jobs/crew';
import type { RecheckJob } from '../jobs/recheckJob';
import { sharedWork } from '../jobs/sharedJob';

/** Paths of a table in shared memory, kept with it: packing 60,000 of them costs more than a look. */
const packed = new WeakMap<FileTable, ReturnType<typeof sharedWork>>();

function jobFor(root: string, table: FileTable): RecheckJob {
  let work = packed.get(table);
  if (work?.columns !== table.columns) {
    const rows = Array.from({ length: table.length }, (_, row) => row);
    work = sharedWork(root, table.columns, { rows, paths: table.paths });
    packed.set(table, work);
  }
  return { ...work, kind: 'recheck', state: new Int32Array(new SharedArrayBuffer(32)) };
}

function changedRows(env: EngineEnv, root: string, table: FileTable, control: Control): number[] {
  for (let row = 0; row < table.length; row++) {
    table.clear(row, Flag.CHANGED);
  }
  runJob(env, jobFor(root, table), control, (done) => {
    control.progress({ phase: 'scan', done, total: table.length });
  });
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) {
    if (table.has(row, Flag.CHANGED)) {
      rows.push(row);
    }
  }
  return rows;
}

const anyRacy = (table: FileTable): boolean =>
  table.columns.flags.subarray(0, table.length).some((flags) => (flags & Flag.RACY) !== 0);

/**
 * Looks at the folder through the stats of the last look alone. A folder whose own stat is the same has
 * the same names in it, so nothing is listed again. Returns the rows of changed files (their stats
 * brought up to date, their checksums dropped), or undefined when names, folders or ignore rules may
 * have changed: then only a full scan tells.
 * @throws AbortError
 */
export function recheck(
  env: EngineEnv,
  root: string,
  look: Look,
  control: Control,
): number[] | undefined {
  // NTFS and FAT update a folder's time late.
  if (env.platform === 'win32' || !look.clean || anyRacy(look.dirs) || anyRacy(look.guards)) {
    return undefined;
  }
  for (const table of [look.guards, look.dirs]) {
    if (changedRows(env, root, table, control).length > 0) {
      return undefined;
    }
  }
  const rows = changedRows(env, root, look.files, control);
  for (const row of rows) {
    const stat = env.fs.lstat(`${root}/${look.files.paths[row]!}`);
    if (stat?.kind !== 'file') {
      return undefined;
    }
    setStat(look.files.columns, row, stat);
    look.files.clear(row, Flag.HASHED | Flag.STORED | Flag.CHANGED | Flag.RACY | Flag.UNSTABLE);
  }
  return rows;
}
