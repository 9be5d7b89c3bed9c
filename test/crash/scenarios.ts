import type { CheckpointInfo, RestoreResult } from '../../src/core/engine';
import type { Trigger } from '../../src/core/records';
import { quietControl } from '../../src/engine/context';
import { deleteCheckpoints, tag } from '../../src/engine/methods/edit';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { restore } from '../../src/engine/worktree/restore/restore';
import { undo } from '../../src/engine/worktree/restore/undo';
import { take } from '../../src/engine/worktree/take';
import { editingScenarios } from './editingScenarios';
import type { MemoryFsOptions } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { edit, memoryWith, rules, startProcess, type Content, type Process } from './processes';

/** One run of the engine that is going to be cut off everywhere. */
export interface Scenario {
  name: string;
  /** The files before the run; all of them durable. */
  before: MemoryFs;
  /** Tells of every checkpoint as soon as it is acknowledged. */
  run(process: Process, acknowledge: (id: string) => void): void;
  /** Checkpoints that were acknowledged before the run. */
  acknowledged: string[];
  /** For restores: `before` is one end, this the other. */
  restores: boolean;
  /** It restores several times: between two of them the folder is at neither end, and nothing is pending. */
  several?: boolean;
  /** Run again after any stop, it leaves nothing of this anywhere in the store. */
  forgets?: string;
}

const FIRST: Record<string, Content> = {
  '.gitignore': 'ign/\n*.log\n',
  'a.txt': 'one',
  'same.txt': 'one',
  'b.sh': { text: '#!/bin/sh\n', mode: 0o755 },
  'dir/c.txt': 'three',
  'dir/deep/d.txt': 'four',
  empty: { dir: 0o755 },
  l: { link: 'a.txt' },
  swap1: 'a file',
  'swap2/x': 'in a folder',
  'ign/keep.txt': 'ignored',
  'way.log': 'ignored, too',
  'gone/f': 'in a folder that goes',
  'gone/shut/g': { text: 'in one that nobody may write', mode: 0o400 },
  'gone/shut/none': { dir: 0o755 },
  'gone/l': { link: 'f' },
};

export const EDITS: Record<string, Content> = {
  'a.txt': 'ONE, edited',
  'b.sh': { text: '#!/bin/sh\n', mode: 0o644 },
  'dir/deep/d.txt': null,
  l: 'a file now',
  swap1: null,
  'swap1/y': 'in a folder now',
  swap2: 'a file now',
  'extra/new.txt': 'extra',
  'empty/own.log': 'ignored, in a folder that goes',
  shut: { dir: 0o755 },
  'shut/in.txt': 'shut in',
  gone: null,
};

/** A snapshot by a process. */
export function checkpoint(
  process: Process,
  message: string,
  trigger: Trigger = 'manual',
): CheckpointInfo {
  return take(process.env, process.open(), { trigger, message, rules }, quietControl).checkpoint;
}

/** Runs something to its end in a process of its own, long before the run that is cut off. */
export function prepare<T>(fs: MemoryFs, work: (process: Process) => T): T {
  const process = startProcess(fs);
  const result = work(process);
  process.end();
  fs.time += 60_000_000_000n;
  return result;
}

export function afterFirst(options: MemoryFsOptions, first = FIRST): { fs: MemoryFs; id: string } {
  const fs = memoryWith(first, options);
  if (fs.lstat('/folder/gone/shut') !== undefined) {
    fs.chmod('/folder/gone/shut', 0o555);
    fs.time += 60_000_000_000n;
  }
  const { id } = prepare(fs, (process) => checkpoint(process, 'first'));
  return { fs, id };
}

/** A first checkpoint, and edits since. */
export function edited(options: MemoryFsOptions): { fs: MemoryFs; id: string } {
  const { fs, id } = afterFirst(options);
  edit(fs, EDITS);
  fs.chmod('/folder/shut', 0o555);
  fs.time += 60_000_000_000n;
  return { fs, id };
}

/** Makes a scenario; it restores nothing unless told. */
export function scenario(
  name: string,
  of: { fs: MemoryFs; acknowledged: string[]; restores?: boolean; several?: boolean },
  run: Scenario['run'],
): Scenario {
  const { fs, acknowledged, restores = false, several = false } = of;
  return { name, before: fs, run, acknowledged, restores, several };
}

function restoring(
  name: string,
  options: MemoryFsOptions,
  params: { exact: boolean; paths?: string[] },
): Scenario {
  const { fs, id } = edited(options);
  return scenario(name, { fs, acknowledged: [id], restores: true }, (process, acknowledge) => {
    const request = { rev: id, rules, ...params };
    acknowledge(restore(process.env, process.open(), request, quietControl).safety!);
  });
}

function undoing(name: string, options: MemoryFsOptions): Scenario {
  const { fs, id } = edited(options);
  const done = prepare(fs, (process): RestoreResult =>
    restore(process.env, process.open(), { rev: id, exact: true, rules }, quietControl),
  );
  const acknowledged = [id, done.safety!];
  return scenario(name, { fs, acknowledged, restores: true }, (process) => {
    undo(process.env, process.open(), { what: 'undo', rules }, quietControl);
  });
}

const DAY_NS = 24n * 3_600_000_000_000n;

/** Three checkpoints, of which the second is deleted; its content is old enough to go. */
export function withGarbage(options: MemoryFsOptions): { fs: MemoryFs; ids: string[] } {
  const { fs, id } = afterFirst(options);
  edit(fs, EDITS);
  const second = prepare(fs, (process) => checkpoint(process, 'second'));
  edit(fs, { 'a.txt': 'third', extra: null, swap2: 'third' });
  const third = prepare(fs, (process) => checkpoint(process, 'third'));
  prepare(fs, (process) => deleteCheckpoints(process.env, process.open(), { revs: [second.id] }));
  fs.time += 20n * DAY_NS;
  return { fs, ids: [id, third.id] };
}

function collecting(name: string, options: MemoryFsOptions): Scenario {
  const { fs, ids } = withGarbage(options);
  return scenario(name, { fs, acknowledged: ids }, (process) => {
    collectGarbage(process.env, process.open(), { dryRun: false }, quietControl);
  });
}

function purging(name: string, options: MemoryFsOptions): Scenario {
  const { fs, ids } = withGarbage(options);
  prepare(fs, (process) =>
    collectGarbage(process.env, process.open(), { dryRun: false }, quietControl),
  );
  fs.time += 2n * DAY_NS;
  return scenario(name, { fs, acknowledged: ids }, (process) => {
    collectGarbage(process.env, process.open(), { dryRun: false }, quietControl);
  });
}

/** So many files that syncs are done for all of them at once. */
function many(count: number): Record<string, Content> {
  const files: Record<string, Content> = {};
  for (let n = 0; n < count; n++) {
    files[`many/${n % 3}/${n}.txt`] = `file ${n}`;
  }
  return files;
}

function restoringMany(name: string, options: MemoryFsOptions): Scenario {
  const { fs, id } = afterFirst(options, many(40));
  const changes = Object.entries(many(40)).map(([path]) => [path, `changed ${path}`] as const);
  edit(fs, { ...Object.fromEntries(changes), 'many/0/0.txt': null });
  fs.time += 60_000_000_000n;
  return scenario(name, { fs, acknowledged: [id], restores: true }, (process) => {
    restore(process.env, process.open(), { rev: id, exact: false, rules }, quietControl);
  });
}

/** Two takes that are not synced, then something that relies on them. */
function relaxed(name: string, options: MemoryFsOptions, then: Scenario['run']): Scenario {
  const { fs, id } = edited(options);
  return scenario(name, { fs, acknowledged: [id] }, (process, acknowledge) => {
    checkpoint(process, 'relaxed', 'auto');
    checkpoint(process, 'relaxed again', 'auto');
    then(process, acknowledge);
  });
}

/** Every kind of run that changes something. `syncFs`: the file system can be synced as a whole. */
export function scenarios(options: MemoryFsOptions): Scenario[] {
  const fresh = memoryWith(FIRST, options);
  const second = edited(options);
  return [
    scenario('first take', { fs: fresh, acknowledged: [] }, (process, acknowledge) => {
      acknowledge(checkpoint(process, 'first').id);
    }),
    scenario(
      'second take',
      { fs: second.fs, acknowledged: [second.id] },
      (process, acknowledge) => {
        acknowledge(checkpoint(process, 'second').id);
      },
    ),
    scenario(
      'large take',
      { fs: memoryWith(many(70), options), acknowledged: [] },
      (process, acknowledge) => {
        acknowledge(checkpoint(process, 'many').id);
      },
    ),
    relaxed('relaxed takes', options, () => undefined),
    relaxed('durable take after relaxed ones', options, (process, acknowledge) => {
      acknowledge(checkpoint(process, 'durable').id);
    }),
    relaxed('tag of a relaxed take', options, (process, acknowledge) => {
      const { id } = tag(process.env, process.open(), { rev: 'HEAD', add: ['kept'] }, quietControl);
      acknowledge(id);
    }),
    restoring('restore', options, { exact: false }),
    restoring('exact restore', options, { exact: true }),
    restoring('restore of a part', options, {
      exact: false,
      paths: ['dir/deep', 'swap1', 'a.txt'],
    }),
    restoringMany('large restore', options),
    undoing('undo', options),
    collecting('garbage collection', options),
    purging('second garbage collection', options),
    ...editingScenarios(options),
  ];
}
