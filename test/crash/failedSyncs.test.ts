import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../src/core/errors';
import type { RecordId } from '../../src/core/ids';
import { quietControl } from '../../src/engine/context';
import { deleteCheckpoints } from '../../src/engine/methods/edit';
import { undoOperations } from '../../src/engine/methods/undoOperations';
import { collectGarbage } from '../../src/engine/store/collectGarbage';
import { loadHistory } from '../../src/engine/store/records';
import { restore } from '../../src/engine/worktree/restore/restore';
import type { Call } from './memoryCore';
import type { MemoryFs } from './memoryFs';
import { viewStore } from './oracle';
import { edit, memoryWith, rules, startProcess, type Content, type Process } from './processes';
import { checkpoint, prepare } from './scenarios';

/** What a sync that failed was about is never called durable by a later one: it is written anew (H6). */

const DAY_NS = 24n * 3_600_000_000_000n;

function many(text: string): Record<string, Content> {
  return Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`f${n}`, `${text} ${n}`]));
}

/** The files that stand for content and records: path → inode. */
function stored(fs: MemoryFs, dir = '/folder/.snapdir'): Map<string, bigint> {
  const found = new Map<string, bigint>();
  for (const { name, kind } of fs.readdir(dir)) {
    const path = `${dir}/${name}`;
    if (kind === 'dir' && !/\/(?:tmp|cache|unsynced|restore|trash|lease)$/.test(path)) {
      stored(fs, path).forEach((ino, below) => found.set(below, ino));
    } else if (kind === 'file') {
      found.set(path, fs.lstat(path)!.ino);
    }
  }
  return found;
}

/** What came to the store between two looks at it. */
function fresh(before: Map<string, bigint>, now: Map<string, bigint>): [string, bigint][] {
  return [...now].filter(([path, ino]) => before.get(path) !== ino);
}

/** Runs work of which one call fails as on a disk that could not take something. */
function failing(
  fs: MemoryFs,
  { at, syncFs }: { at: number; syncFs: boolean },
  work: (process: Process) => void,
): MemoryFs {
  const fault = (call: Call): string | undefined => (call.n === at ? 'EIO' : undefined);
  const fork = fs.fork({ syncFs, fault });
  const process = startProcess(fork);
  assert.throws(
    () => work(process),
    (error) => SnapdirError.is(error, 'IO') && error.data.errno === 'EIO',
  );
  process.end();
  const healthy = fork.fork({ syncFs });
  healthy.time += 60_000_000_000n;
  return healthy;
}

/** The changing calls of a run in which nothing fails. */
function callsOf(fs: MemoryFs, work: (process: Process) => void): Call[] {
  const fork = fs.fork();
  const calls: Call[] = [];
  fork.onCall = (call) => void calls.push(call);
  const process = startProcess(fork);
  work(process);
  process.end();
  return calls;
}

interface Deed {
  name: string;
  before: MemoryFs;
  run: (process: Process) => void;
}

/** What syncs the whole file system for reasons of its own. */
function deeds(): Deed[] {
  const fs = memoryWith(many('one'), { syncFs: true });
  const first = prepare(fs, (process) => checkpoint(process, 'first')).id;
  edit(fs, many('two'));
  const garbage = prepare(fs, (process) => checkpoint(process, 'second')).id;
  edit(fs, many('three'));
  prepare(fs, (process) => checkpoint(process, 'third'));
  prepare(fs, ({ env, open }) => deleteCheckpoints(env, open(), { revs: [garbage] }));
  fs.time += 20n * DAY_NS;
  const collect = ({ env, open }: Process): void => {
    collectGarbage(env, open(), { dryRun: false }, quietControl);
  };
  const collected = fs.fork();
  const gc = prepare(collected, (process): RecordId => {
    collect(process);
    const { records } = loadHistory(process.env, process.open()).history;
    return records.findLast(({ kind }) => kind === 'gc')!.id;
  });
  return [
    {
      name: 'a restore',
      before: fs,
      run: ({ env, open }) =>
        void restore(env, open(), { rev: first, exact: false, rules }, quietControl),
    },
    { name: 'a garbage collection', before: fs, run: collect },
    {
      name: 'the undoing of one',
      before: collected,
      run: ({ env, open }) => {
        const request = { what: 'undo', operation: gc, rules } as const;
        undoOperations(env, open(), request, quietControl);
      },
    },
  ];
}

suite('syncs that fail', function () {
  this.timeout(60_000);

  for (const { name, before, run } of deeds()) {
    test(`of everything, in ${name}: what is under a mark is written anew`, () => {
      const durable = stored(before);
      const fs = before.fork();
      edit(fs, { 'relaxed.txt': 'not synced' });
      prepare(fs, (process) => checkpoint(process, 'relaxed', 'auto'));
      const doubtful = fresh(durable, stored(fs));
      assert.ok(doubtful.length >= 3, 'an object, a manifest, a record');
      const syncs = callsOf(fs, run).filter((call) => call.name === 'sync');
      let counted = 0;
      for (const { n } of syncs) {
        const after = failing(fs, { at: n, syncFs: true }, run);
        if (after.readdir('/folder/.snapdir/unsynced').length === 0) {
          continue; // Another sync had come before.
        }
        counted++;
        edit(after, { 'relaxed.txt': 'another' });
        prepare(after, (process) => checkpoint(process, 'durable'));
        const now = stored(after);
        const kept = doubtful.filter(([path, ino]) => now.get(path) === ino);
        assert.deepEqual(kept, [], `the sync at ${n}`);
        assert.deepEqual(after.readdir('/folder/.snapdir/unsynced'), []);
        assert.deepEqual(viewStore(after.table).broken, []);
      }
      assert.ok(counted > 0);
    });
  }

  for (const syncFs of [true, false]) {
    test(`of a folder: the names in it are written anew, ${syncFs ? 'with' : 'without'} a sync of everything`, () => {
      const fs = memoryWith({ a: 'one', b: 'two' }, { syncFs });
      prepare(fs, (process) => checkpoint(process, 'first'));
      const before = stored(fs);
      edit(fs, { a: 'three', c: 'four' });
      const run = (process: Process): void => void checkpoint(process, 'second');
      let inDoubt = 0;
      for (const { n, path } of callsOf(fs, run).filter((call) => call.name === 'fsyncDir')) {
        const after = failing(fs, { at: n, syncFs }, run);
        const folder = `${path.replace(/^\/m\d+/, '')}/`;
        const doubtful = fresh(before, stored(after)).filter(([file]) => file.startsWith(folder));
        inDoubt += doubtful.length;
        edit(after, { d: 'five' });
        prepare(after, (process) => checkpoint(process, 'third'));
        const now = stored(after);
        const kept = doubtful.filter(([file, ino]) => now.get(file) === ino);
        assert.deepEqual(kept, [], `the sync of ${path}`);
        assert.deepEqual(viewStore(after.table).broken, []);
      }
      assert.ok(inDoubt > 3, String(inDoubt));
    });
  }
});
