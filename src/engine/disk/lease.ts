import type { CancelSignal } from '../../base/abort';
import type { Disposable } from '../../base/disposable';
import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { discard, join, readFile, writeAll } from './durable';
import { errnoOf, io } from './fsErrors';
import { thisHost, type LeaseHost } from './leaseHost';

/**
 * The right to do something destructive in one store (H49). The lease is a file: whoever creates it
 * holds it. The holder touches it now and then; the file's inode is the fencing token, since a taken
 * over lease is always another file. Nothing here trusts a wall clock.
 */
export interface Lease extends Disposable {
  /**
   * Call before every destructive step.
   * @throws STORE_BUSY when somebody has taken the lease over
   */
  check(): void;
  /** A sign of life, at most every two seconds; cheap enough for inner loops. Throws as `check` does. */
  beat(): void;
}

/** What the file says of its holder. */
interface LeaseText {
  nonce: string;
  operation: string;
  owner: string;
  since: number;
  host: string;
  boot: string;
  pidSpace: string;
  pid: number;
  started: string;
}

/** An observer sees no sign of life for this long, by its own clock: the holder is gone. */
export const STALE_MS = 30_000;
const BEAT_MS = 2_000;
const MAX_LEASE_BYTES = 4096;

interface Place {
  lease: string;
  tmp: string;
}

/** What this process saw of a lease that others hold, and when. */
interface Sighting {
  beat: string;
  at: number;
}
const sightings = new Map<string, Sighting>();

function parseLease(bytes: Uint8Array): LeaseText | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as LeaseText;
    return typeof value.nonce === 'string' && typeof value.pid === 'number' ? value : undefined;
  } catch {
    // Not ours, or damaged: only time can tell.
    return undefined;
  }
}

function readLease(env: EngineEnv, path: string): LeaseText | undefined {
  const bytes = readFile(env.fs, path, MAX_LEASE_BYTES);
  return bytes === undefined ? undefined : parseLease(bytes);
}

/** The holder ran on this boot of this machine, and its process is no more. */
function isDead(text: LeaseText, host: LeaseHost): boolean {
  const sameMachine =
    text.host === host.host && text.boot === host.boot && text.pidSpace === host.pidSpace;
  if (!sameMachine) {
    return false;
  }
  const started = host.startOf(text.pid);
  // A process with the same number that started at another time is another process.
  return (
    started === undefined || (text.started !== '' && started !== '' && started !== text.started)
  );
}

/** Whether the lease that lies there has shown no life while this process watched. */
function isStale(env: EngineEnv, host: LeaseHost, path: string): boolean {
  const stat = env.fs.lstat(path);
  if (stat === undefined) {
    return false;
  }
  const beat = `${stat.dev}:${stat.ino}:${stat.mtimeNs}`;
  const seen = sightings.get(path);
  const now = host.monotonic();
  if (seen?.beat !== beat) {
    sightings.set(path, { beat, at: now });
    return false;
  }
  return now - seen.at >= STALE_MS;
}

function busy(text: LeaseText | undefined): SnapdirError<'STORE_BUSY'> {
  return new SnapdirError('STORE_BUSY', {
    operation: text?.operation ?? 'unknown',
    owner: text?.owner ?? 'unknown',
    since: text?.since ?? 0,
  });
}

/**
 * Takes the file away if it is still the one with this inode; exactly one of several that try wins.
 * Rename is the only atomic way to take something away, and it may catch a newer lease: that one is
 * put back, and if its place is taken by then, its holder's `check` tells it so.
 */
function takeAway(env: EngineEnv, place: Place, ino: bigint): boolean {
  const { fs } = env;
  if (fs.lstat(place.lease)?.ino !== ino) {
    return false;
  }
  const aside = join(place.tmp, `lease-${env.randomName()}`);
  try {
    fs.rename(place.lease, aside);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
  const right = fs.lstat(aside)?.ino === ino;
  if (!right) {
    try {
      fs.link(aside, place.lease);
    } catch {
      // No hard links, or somebody else holds it by now.
    }
  }
  discard(fs, aside);
  return right;
}

/**
 * Creates the lease. Its text is durable before it has its name, so that readers never see half of it,
 * not even after a power cut: a dead holder is known at once.
 */
function create(env: EngineEnv, place: Place, text: LeaseText): boolean {
  const { fs } = env;
  const draft = join(place.tmp, `lease-${env.randomName()}`);
  try {
    const fd = fs.open(draft, 'wx', 0o600);
    try {
      writeAll(fs, fd, new TextEncoder().encode(`${JSON.stringify(text)}\n`));
      fs.fsync(fd);
    } finally {
      fs.close(fd);
    }
    fs.link(draft, place.lease);
    return true;
  } catch (error) {
    if (!NO_LINKS.has(errnoOf(error) ?? '')) {
      if (errnoOf(error) === 'EEXIST') {
        return false;
      }
      throw error;
    }
    // Two may get here at once: the later rename wins, and `check` tells the earlier one.
    if (fs.lstat(place.lease) !== undefined) {
      return false;
    }
    fs.rename(draft, place.lease);
    return true;
  } finally {
    if (fs.lstat(draft) !== undefined) {
      discard(fs, draft);
    }
  }
}

/** What `link` says where there are no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES']);

class FileLease implements Lease {
  private readonly env: EngineEnv;
  private readonly host: LeaseHost;
  private readonly place: Place;
  private readonly ino: bigint;
  /** Held open, so that the inode's number cannot be given to another file. */
  private readonly fd: number;
  private beaten: number;
  private released = false;

  constructor(env: EngineEnv, host: LeaseHost, place: Place) {
    this.env = env;
    this.host = host;
    this.place = place;
    this.fd = env.fs.open(place.lease, 'r');
    this.ino = env.fs.fstat(this.fd).ino;
    this.beaten = host.monotonic();
  }

  check(): void {
    if (this.released || this.env.fs.lstat(this.place.lease)?.ino !== this.ino) {
      throw busy(this.released ? undefined : readLease(this.env, this.place.lease));
    }
    const now = this.host.monotonic();
    if (now - this.beaten >= BEAT_MS) {
      this.beaten = now;
      // Should it have changed hands in this instant, this only keeps the new holder's lease fresh.
      this.env.fs.touch(this.place.lease);
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

/**
 * Takes the lease, taking it over from a holder that is certainly gone. Does not wait: a holder that
 * may be alive is busy, and is found stale by a try {@link STALE_MS} later.
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
        sightings.delete(place.lease);
        return new FileLease(env, host, place);
      }
      const ino = env.fs.lstat(place.lease)?.ino;
      if (ino === undefined) {
        continue; // Released just now.
      }
      const holder = readLease(env, place.lease);
      const gone = holder !== undefined && isDead(holder, host);
      if (!gone && !isStale(env, host, place.lease)) {
        throw busy(holder);
      }
      takeAway(env, place, ino);
    }
    throw busy(readLease(env, place.lease));
  });
}

/** Whether somebody who may be alive holds the lease now. */
export function leaseIsHeld(env: EngineEnv, place: Pick<Place, 'lease'>): boolean {
  const host = env.leaseHost ?? thisHost();
  if (env.fs.lstat(place.lease) === undefined) {
    return false;
  }
  const holder = readLease(env, place.lease);
  return !(holder !== undefined && isDead(holder, host)) && !isStale(env, host, place.lease);
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
