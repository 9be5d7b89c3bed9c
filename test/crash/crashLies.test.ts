import { strict as assert } from 'node:assert';
import { record, run, type Recorded } from './crashRun';
import type { LogEntry, MemoryFsOptions } from './memoryCore';
import { scenarios, type Scenario } from './scenarios';

/** @returns after how many states the oracle noticed */
function mustBreak(recorded: Recorded, log: readonly LogEntry[]): number {
  let noticed = false;
  const { states } = run(recorded, log, { perPoint: 50, onBroken: () => (noticed = true) });
  assert.ok(noticed, `${recorded.scenario.name}: ${states} states, and nobody noticed`);
  return states;
}

suite('T17: the crash model notices', () => {
  const find = (name: string, options: MemoryFsOptions): Scenario =>
    scenarios(options).find((scenario) => scenario.name === name)!;

  for (const name of ['first take', 'second take', 'exact restore', 'undo']) {
    for (const lie of ['all', 'files', 'folders'] as const) {
      test(`${name}: syncs of ${lie === 'all' ? 'everything' : lie} that do nothing`, function () {
        this.timeout(120_000);
        const recorded = record(find(name, {}), { syncsLie: lie });
        const states = mustBreak(recorded, recorded.fs.log);
        console.log(`      noticed after ${states} states`);
      });
    }
  }

  for (const name of ['large take', 'relaxed takes']) {
    test(`${name}: no mark of what is not synced`, function () {
      this.timeout(120_000);
      const recorded = record(find(name, { syncFs: true }), { syncFs: true });
      console.log(`      noticed after ${mustBreak(recorded, withoutMarks(recorded))} states`);
    });
  }

  for (const name of ['large take', 'durable take after relaxed ones']) {
    test(`${name}: a sync of everything that does nothing`, function () {
      this.timeout(120_000);
      const options = { syncFs: true, syncsLie: 'all' } as const;
      const recorded = record(find(name, { syncFs: true }), options);
      console.log(`      noticed after ${mustBreak(recorded, recorded.fs.log)} states`);
    });
  }

  test('a manifest that is there before its objects', function () {
    this.timeout(120_000);
    const recorded = record(find('second take', {}), {});
    console.log(`      noticed after ${mustBreak(recorded, objectsLast(recorded))} states`);
  });
});

/** The same changes, but the marks of unsynced content are never on disk. */
function withoutMarks({ fs }: Recorded): LogEntry[] {
  const folder = fs.table.get(1).entries!.get('folder')!;
  const snapdir = fs.table.get(fs.table.get(folder).entries!.get('.snapdir')!);
  const marks = snapdir.entries!.get('unsynced')!;
  return fs.log.filter(
    (entry) => entry.op !== 'names' || !entry.names.some(({ dir }) => dir === marks),
  );
}

/** The same changes, but whatever happens below `.objects` happens at the end. */
function objectsLast({ fs, scenario }: Recorded): LogEntry[] {
  const store = scenario.before.table.get(1).entries!.get('folder')!;
  const snapdir = scenario.before.table.get(store).entries!.get('.snapdir')!;
  const folders = new Set<number>();
  const collect = (ino: number): void => {
    folders.add(ino);
    fs.table.get(ino).entries?.forEach((child) => collect(child));
  };
  collect(fs.table.get(snapdir).entries!.get('.objects')!);
  const isObjects = (entry: LogEntry): boolean =>
    (entry.op === 'names' && entry.names.some(({ dir }) => folders.has(dir))) ||
    (entry.op === 'fsyncDir' && folders.has(entry.ino));
  return [
    ...fs.log.filter((entry) => !isObjects(entry)),
    ...fs.log.filter((entry) => isObjects(entry)),
  ];
}
