import type { RecordId } from '../../src/core/ids';
import { quietControl } from '../../src/engine/context';
import { forget } from '../../src/engine/forget/forget';
import { deleteCheckpoints, tag } from '../../src/engine/methods/edit';
import { prune } from '../../src/engine/methods/prune';
import { undoOperations } from '../../src/engine/methods/undoOperations';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { loadHistory } from '../../src/engine/store/records';
import { restore } from '../../src/engine/worktree/restore/restore';
import type { MemoryFsOptions } from './memoryCore';
import { edit, rules, type Process } from './processes';
import {
  afterFirst,
  checkpoint,
  edited,
  prepare,
  scenario,
  withGarbage,
  type Scenario,
} from './scenarios';

/** After a collection: the deletion, or the collection itself, is undone. */
function undoingRecords(name: string, options: MemoryFsOptions, kind: 'delete' | 'gc'): Scenario {
  const { fs, ids } = withGarbage(options);
  const operation = prepare(fs, (process): RecordId => {
    collectGarbage(process.env, process.open(), { dryRun: false }, quietControl);
    const { records } = loadHistory(process.env, process.open()).history;
    return records.findLast((record) => record.kind === kind)!.id;
  });
  return scenario(name, { fs, acknowledged: ids }, (process, acknowledge) => {
    const request = { what: 'undo', operation, rules } as const;
    undoOperations(process.env, process.open(), request, quietControl);
    if (kind === 'delete') {
      const { records } = loadHistory(process.env, process.open()).history;
      records.forEach((one) => one.kind === 'delete' && one.checkpoints.forEach(acknowledge));
    }
  });
}

/** Everything that was done since the first checkpoint is undone: two restores, a take and a tag. */
export function undoingTo(name: string, options: MemoryFsOptions): Scenario {
  const { fs, id } = edited(options);
  const run = <T>(work: (process: Process) => T): T => prepare(fs, work);
  run(({ env, open }) => tag(env, open(), { rev: id, add: ['x'] }, quietControl));
  run(({ env, open }) => restore(env, open(), { rev: id, exact: true, rules }, quietControl));
  edit(fs, { 'a.txt': 'between', 'dir/made': 'between' });
  run((process) => checkpoint(process, 'between'));
  run(({ env, open }) =>
    restore(env, open(), { rev: id, paths: ['a.txt'], exact: false, rules }, quietControl),
  );
  return scenario(name, { fs, acknowledged: [id], restores: true, several: true }, (process) => {
    const request = { what: 'undo', to: id as RecordId, rules } as const;
    undoOperations(process.env, process.open(), request, quietControl);
  });
}

/** Ten automatic checkpoints of which two stay. */
function pruning(name: string, options: MemoryFsOptions): Scenario {
  const { fs, id } = afterFirst(options);
  for (let n = 0; n < 10; n++) {
    edit(fs, { 'a.txt': `automatic ${n}` });
    prepare(fs, (process) => checkpoint(process, '', 'auto'));
  }
  const keep = { last: 2, hourly: 0, daily: 0, weekly: 0 };
  return scenario(name, { fs, acknowledged: [id] }, (process) => {
    prune(process.env, process.open(), { dryRun: false, keep }, quietControl);
  });
}

const SECRET = 'a secret that is to be forgotten';

/** Three checkpoints have it, one of which is off the list, and one in the trash. */
function forgetting(name: string, options: MemoryFsOptions): Scenario {
  const { fs, id } = afterFirst(options);
  const secret = { 'keys/k': SECRET, 'keys/old': `${SECRET}, too` };
  edit(fs, secret);
  const second = prepare(fs, (process) => checkpoint(process, 'second'));
  edit(fs, { 'a.txt': 'third', 'keys/old': null });
  const third = prepare(fs, (process) => checkpoint(process, 'third'));
  prepare(fs, ({ env, open }) => deleteCheckpoints(env, open(), { revs: [second.id] }));
  prepare(fs, ({ env, open }) =>
    collectGarbage(env, open(), { dryRun: false, graceMs: 0 }, quietControl),
  );
  const run: Scenario['run'] = ({ env, open }) =>
    void forget(env, open(), { paths: ['keys'], dryRun: false }, quietControl);
  return { ...scenario(name, { fs, acknowledged: [id, third.id] }, run), forgets: SECRET };
}

/** Runs that change what is listed, and no file but by restoring. */
export function operationScenarios(options: MemoryFsOptions): Scenario[] {
  return [
    undoingRecords('undo of a deletion', options, 'delete'),
    undoingRecords('undo of a garbage collection', options, 'gc'),
    pruning('prune', options),
    forgetting('forget', options),
  ];
}
