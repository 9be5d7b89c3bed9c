import type { CancelSignal } from '../../base/abort';
import type { Disposable } from '../../base/disposable';
import type { Control, EngineEnv } from '../context';
import { dirOf } from './durable';
import { errnoOf, io } from './fsErrors';
import {
  busy,
  create,
  isOver,
  isStale,
  readLease,
  takeAway,
  type LeaseText,
  type Place,
} from './leaseFile';
import { thisHost, type LeaseHost } from './leaseHost';
import { StoreFolders } from './storeFolders';

/**
 * The right to do something destructive in one store (H49). The lease is a file: whoever creates it
 * holds it. The holder touches it now and then; the file's inode is the fencing token, since a taken
 * over lease is always another file. Nothing here trusts a wall clock.
 */
export interface Lease extends Disposable {
  /**
   * Call before every destructive step.
   * @throws STORE_BUSY when somebody has taken the lease over; STORE_UNSAFE when the store, or a folder in it, was
   * replaced: that is looked at every few milliseconds
   */
  check(): void;
  /**
   * As `check`, for thousands of small steps: looks only when some milliseconds have passed since the last
   * look. A holder that was asleep finds that they have.
   */
  fence(): void;
  /** A sign of life, at most every two seconds; cheap enough for inner loops. Throws as `check` does. */
  beat(): void;
}

const BEAT_MS = 2_000;
const LOOK_MS = 5;

class FileLease implements Lease {
  private readonly env: EngineEnv;
  private readonly host: LeaseHost;
  private readonly place: Place;
  private readonly ino: bigint;
  /** Held open, so that the inode's number cannot be given to another file. */
  private readonly fd: number;
  /** As they were when the lease was taken. */
  private readonly folders: StoreFolders;
  private inspected: number;
  private beaten: number;
  private looked: number;
  private released = false;

  constructor(env: EngineEnv, host: LeaseHost, place: Place) {
    this.env = env;
    this.host = host;
    this.place = place;
    this.fd = env.fs.open(place.lease, 'r');
    this.ino = env.fs.fstat(this.fd).ino;
    this.folders = new StoreFolders(env, dirOf(place.lease));
    this.beaten = host.monotonic();
    this.inspected = this.beaten;
    this.looked = this.beaten;
  }

  check(): void {
    if (this.released || this.env.fs.lstat(this.place.lease)?.ino !== this.ino) {
      throw busy(this.released ? undefined : readLease(this.env, this.place.lease));
    }
    const now = this.host.monotonic();
    this.looked = now;
    if (now - this.inspected >= LOOK_MS) {
      this.inspected = now;
      this.folders.check();
    }
    if (now - this.beaten >= BEAT_MS) {
      this.beaten = now;
      // Should it have changed hands in this instant, this only keeps the new holder's lease fresh.
      this.env.fs.touch(this.place.lease);
    }
  }

  fence(): void {
    if (this.host.monotonic() - this.looked >= LOOK_MS) {
      this.check();
    }
  }

  beat(): void {
    if (this.host.monotonic() - this.beaten >= BEAT_MS) {
      this.check();
    }
  }

  dispose(): void {
    if (this.released) {
      return;
    }
    this.released = true;
    try {
      takeAway(this.env, this.place, this.ino);
      this.env.fs.close(this.fd);
    } catch {
      // The next one finds it stale.
    }
  }
}

/** undefined: somebody took it away in the moment since it was created. */
function openLease(env: EngineEnv, host: LeaseHost, place: Place): Lease | undefined {
  try {
    return new FileLease(env, host, place);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Takes the lease, taking it over from a holder that is certainly gone. Does not wait: a holder that
 * may be alive is busy, and is found stale by a try half a minute later.
 * @param place `lease`: the file; `tmp`: a folder on the same file system
 * @throws STORE_BUSY, READ_ONLY, DISK_FULL, IO
 */
export function acquireLease(env: EngineEnv, place: Place, operation: string): Lease {
  const host = env.leaseHost ?? thisHost();
  const { host: name, boot, pidSpace, pid, started } = host;
  const text: LeaseText = {
    nonce: env.randomName(),
    operation,
    owner: `${env.author} (process ${pid})`,
    since: env.clock.now(),
    host: name,
    boot,
    pidSpace,
    pid,
    started,
  };
  return io('lease', place.lease, () => {
    for (let tries = 0; tries < 3; tries++) {
      if (create(env, place, text)) {
        const lease = openLease(env, host, place);
        if (lease !== undefined) {
          return lease;
        }
        continue;
      }
      const ino = env.fs.lstat(place.lease)?.ino;
      const holder = ino === undefined ? undefined : readLease(env, place.lease);
      if (ino === undefined || (holder === undefined && isFree(env, place))) {
        continue; // Released just now.
      }
      const gone = holder !== undefined && isOver(holder, host);
      if (!gone && !isStale(env, host, place)) {
        throw busy(holder);
      }
      takeAway(env, place, ino);
    }
    throw busy(readLease(env, place.lease));
  });
}

function isFree(env: EngineEnv, place: Place): boolean {
  return env.fs.lstat(place.lease) === undefined;
}

/** Whether somebody who may be alive holds the lease now. */
export function leaseIsHeld(env: EngineEnv, place: Place): boolean {
  const host = env.leaseHost ?? thisHost();
  if (isFree(env, place)) {
    return false;
  }
  const holder = readLease(env, place.lease);
  return !(holder !== undefined && isOver(holder, host)) && !isStale(env, host, place);
}

/** A control whose every look at cancellation is a sign of life, for long work between two checks. */
export function keepAlive(lease: Lease, control: Control): Control {
  const signal: CancelSignal = {
    get aborted() {
      lease.beat();
      return control.signal.aborted;
    },
  };
  return { signal, progress: (progress) => control.progress(progress) };
}
