import { strict as assert } from 'node:assert';
import { SnapdirError } from '../../../../src/core/errors';
import type { EngineEnv } from '../../../../src/engine/context';
import { acquireLease, leaseIsHeld } from '../../../../src/engine/disk/lease';
import { STALE_MS } from '../../../../src/engine/disk/leaseFile';
import type { LeaseHost } from '../../../../src/engine/disk/leaseHost';
import { MemoryFs } from '../../../crash/memoryFs';
import { startProcess } from '../../../crash/processes';

const PLACE = { lease: '/s/lease', tmp: '/s/tmp' };

/** The same place by another path, of which no process has anything in memory. */
const via = (n: number): typeof PLACE => ({ lease: `/m${n}/s/lease`, tmp: '/s/tmp' });

/** A process on a machine with a clock of its own. */
class Actor {
  time = 0;
  readonly env: EngineEnv;
  readonly host: LeaseHost;

  constructor(fs: MemoryFs, pid: number, living: Set<number>, machine = 'one') {
    this.host = {
      host: machine,
      boot: 'boot',
      pidSpace: '',
      pid,
      started: `s${pid}`,
      monotonic: () => this.time,
      startOf: (other) => (living.has(other) ? `s${other}` : undefined),
    };
    this.env = startProcess(fs, { leaseHost: this.host }).env;
  }

  acquire(operation = 'test'): ReturnType<typeof acquireLease> {
    return acquireLease(this.env, PLACE, operation);
  }
}

function isBusy(error: unknown): boolean {
  return SnapdirError.is(error, 'STORE_BUSY');
}

for (const noHardLinks of [false, true]) {
  suite(`lease${noHardLinks ? ', no hard links' : ''}`, () => {
    let fs: MemoryFs;
    let living: Set<number>;
    let a: Actor;
    let b: Actor;
    let far: Actor;
    setup(() => {
      fs = new MemoryFs({ noHardLinks });
      fs.mkdir('/s', 0o700);
      fs.mkdir('/s/tmp', 0o700);
      living = new Set([1, 2, 3]);
      a = new Actor(fs, 1, living);
      b = new Actor(fs, 2, living);
      far = new Actor(fs, 3, living, 'another machine');
    });

    test('one that is released while another one looks at it is free', () => {
      const held = a.acquire();
      const open = fs.open.bind(fs);
      fs.open = (path, ...more) => {
        if (path === PLACE.lease && more[0] === 'r') {
          held.dispose();
        }
        return open(path, ...more);
      };
      b.acquire().dispose();
    });

    test('a folder of the store that is swapped for another one, or a link, stops the holder', () => {
      const swaps = {
        '/s/.objects': () => fs.mkdir('/s/.objects', 0o700),
        '/s/trash': () => fs.symlink('/elsewhere', '/s/trash'),
        '/s/records': () => undefined,
      };
      fs.mkdir('/elsewhere', 0o700);
      Object.keys(swaps).forEach((path) => fs.mkdir(path, 0o700));
      for (const [path, swap] of Object.entries(swaps)) {
        const lease = a.acquire();
        a.time += 10;
        lease.check();
        fs.rename(path, `${path}-away`);
        swap();
        a.time += 10;
        assert.throws(
          () => lease.check(),
          (error) =>
            SnapdirError.is(error, 'STORE_UNSAFE') && error.data.path.endsWith(path.slice(2)),
        );
        lease.dispose();
        assert.equal(fs.lstat('/s/lease'), undefined);
        if (fs.lstat(path)?.kind === 'dir') {
          fs.rmdir(path);
        } else if (fs.lstat(path) !== undefined) {
          fs.unlink(path);
        }
        fs.rename(`${path}-away`, path);
      }
    });

    test('one holder at a time', () => {
      const lease = a.acquire('restore');
      assert.throws(
        () => b.acquire(),
        (error) => {
          return SnapdirError.is(error, 'STORE_BUSY') && error.data.operation === 'restore';
        },
      );
      assert.ok(leaseIsHeld(b.env, PLACE));
      lease.check();
      lease.dispose();
      lease.dispose();
      assert.ok(!leaseIsHeld(b.env, PLACE));
      b.acquire().dispose();
      assert.deepEqual(fs.readdir('/s/tmp'), []);
      assert.equal(fs.lstat('/s/lease'), undefined);
    });

    test('a dead process on this machine is known at once', () => {
      a.acquire();
      living.delete(1);
      const lease = b.acquire();
      lease.check();
    });

    test('a process number that was given out again is another process', () => {
      const old = new Actor(fs, 1, living);
      Object.assign(old.host, { started: 'long ago' });
      old.acquire();
      b.acquire().check();
    });

    test('of another machine only silence tells, by the own clock', () => {
      a.acquire();
      living.delete(1);
      assert.throws(() => far.acquire(), isBusy);
      far.time += STALE_MS - 1;
      assert.throws(() => far.acquire(), isBusy);
      far.time += 1;
      far.acquire().check();
    });

    test('a living holder keeps it, and one that slept loses it', () => {
      const lease = a.acquire();
      for (let round = 0; round < 5; round++) {
        assert.throws(() => far.acquire(), isBusy);
        far.time += STALE_MS - 1;
        a.time += 3_000;
        fs.time += 3_000_000_000n;
        lease.beat();
      }
      assert.throws(() => far.acquire(), isBusy);
      far.time += STALE_MS;
      const taken = far.acquire();
      assert.throws(() => lease.check(), isBusy);
      a.time += 3_000;
      assert.throws(() => lease.beat(), isBusy);
      // Letting go of what is lost must not take it from the new holder.
      lease.dispose();
      taken.check();
    });

    test('a holder from before the machine was started again is gone at once', () => {
      a.acquire();
      const next = new Actor(fs, 4, living);
      Object.assign(next.host, { boot: 'the next boot' });
      assert.ok(!leaseIsHeld(next.env, PLACE));
      next.acquire().check();
    });

    test('processes that live for a moment find a lease stale together', () => {
      fs.mkdir('/s/cache', 0o700);
      const lease = a.acquire();
      assert.throws(() => far.acquire(), isBusy);
      const moments = [1_000, STALE_MS - 1];
      for (const time of moments) {
        // Nothing in memory is left of the one before: another path is another cache.
        const short = new Actor(fs, 3, living, 'another machine');
        short.time = time;
        assert.throws(() => acquireLease(short.env, via(time), 'test'), isBusy);
      }
      const last = new Actor(fs, 3, living, 'another machine');
      last.time = STALE_MS;
      acquireLease(last.env, via(STALE_MS), 'test').check();
      assert.throws(() => lease.check(), isBusy);
    });

    test('what was seen on another boot counts for nothing', () => {
      fs.mkdir('/s/cache', 0o700);
      a.acquire();
      assert.throws(() => far.acquire(), isBusy);
      const other = new Actor(fs, 3, living, 'another machine');
      Object.assign(other.host, { boot: 'its next boot' });
      other.time = STALE_MS + 1;
      assert.throws(() => acquireLease(other.env, via(1), 'test'), isBusy);
    });

    test('a lease that cannot be read is taken over after silence only', () => {
      fs.close(fs.open('/s/lease', 'wx'));
      assert.throws(() => a.acquire(), isBusy);
      a.time += STALE_MS;
      a.acquire().check();
    });
  });
}
