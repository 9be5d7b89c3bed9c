import { SnapdirError } from '../../core/errors';
import type { EngineEnv } from '../context';
import { dirOf, discard, join, readFile, writeAll, writeFileRelaxed } from './durable';
import type { Fs } from './fs';
import { errnoOf } from './fsErrors';
import type { LeaseHost } from './leaseHost';

/** An observer sees no sign of life for this long, by its own clock: the holder is gone. */
export const STALE_MS = 30_000;
const MAX_LEASE_BYTES = 4096;

/** What the file says of its holder. */
export interface LeaseText {
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

/** Where a store keeps its lease. */
export interface Place {
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

/** What the lease that lies there says; undefined when there is none or it cannot be read. */
export function readLease(env: EngineEnv, path: string): LeaseText | undefined {
  const bytes = readFile(env.fs, path, MAX_LEASE_BYTES);
  return bytes === undefined ? undefined : parseLease(bytes);
}

/** A process, as it can be told from every other one, also of other boots and machines. */
export type ProcessText = Pick<LeaseText, 'host' | 'boot' | 'pidSpace' | 'pid' | 'started'>;

/** The process ran on this boot of this machine, and is no more. */
export function isDead(text: ProcessText, host: LeaseHost): boolean {
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

/** The holder has certainly ended: as a process of this boot, or with an earlier boot of this machine. */
export function isOver(text: LeaseText, host: LeaseHost): boolean {
  const known = text.boot !== '' && host.boot !== '';
  const rebooted = known && text.host === host.host && text.boot !== host.boot;
  return rebooted || isDead(text, host);
}

/**
 * Whether the lease that lies there has shown no life for as long as this process, or one before it on this
 * boot, has watched: a command that runs for a moment must be able to find a lease stale, too.
 */
export function isStale(env: EngineEnv, host: LeaseHost, place: Place): boolean {
  const path = place.lease;
  const stat = env.fs.lstat(path);
  if (stat === undefined) {
    return false;
  }
  const beat = `${stat.dev}:${stat.ino}:${stat.mtimeNs}`;
  const now = host.monotonic();
  const seen = sightings.get(path) ?? readSighting(env, host, path);
  if (seen?.beat !== beat || seen.at > now) {
    sightings.set(path, { beat, at: now });
    keepSighting(env, host, place, { beat, at: now });
    return false;
  }
  sightings.set(path, seen);
  return now - seen.at >= STALE_MS;
}

const sightingPath = (lease: string): string => join(dirOf(lease), 'cache/lease-seen');

function readSighting(env: EngineEnv, host: LeaseHost, lease: string): Sighting | undefined {
  try {
    const bytes = readFile(env.fs, sightingPath(lease), MAX_LEASE_BYTES);
    const seen = JSON.parse(new TextDecoder().decode(bytes)) as Sighting & { boot: string };
    return seen.boot === host.boot && Number.isFinite(seen.at) ? seen : undefined;
  } catch {
    // None, or not ours: the watch begins now.
    return undefined;
  }
}

/** Its time means something only on this boot; where that cannot be told, each process watches for itself. */
function keepSighting(env: EngineEnv, host: LeaseHost, place: Place, seen: Sighting): void {
  if (host.boot !== '') {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...seen, boot: host.boot }));
    writeFileRelaxed(env, place.tmp, sightingPath(place.lease), bytes);
  }
}

/** The refusal that names the holder. */
export function busy(text: LeaseText | undefined): SnapdirError<'STORE_BUSY'> {
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
export function takeAway(env: EngineEnv, place: Place, ino: bigint): boolean {
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
export function create(env: EngineEnv, place: Place, text: LeaseText): boolean {
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
    return giveName(fs, draft, place.lease);
  } finally {
    if (fs.lstat(draft) !== undefined) {
      discard(fs, draft);
    }
  }
}

/** Gives a written draft its name; false where somebody holds the lease. */
function giveName(fs: Fs, draft: string, lease: string): boolean {
  try {
    fs.link(draft, lease);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      return false;
    }
    if (!NO_LINKS.has(errnoOf(error) ?? '')) {
      throw error;
    }
    // Two may get here at once: the later rename wins, and `check` tells the earlier one.
    if (fs.lstat(lease) !== undefined) {
      return false;
    }
    fs.rename(draft, lease);
    return true;
  }
}

/** What `link` says where there are no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES']);
