import { throwIfCancelled } from '../../base/abort';
import { SnapdirError } from '../../core/errors';
import type { Control, EngineEnv } from '../context';
import { acquireLease, leaseIsHeld, type Lease } from './lease';
import type { Place } from './leaseFile';
import { pause } from './patientRename';

/** Who works for a moment is waited for this long: longer than it takes to find that a holder is gone. */
const PATIENCE_MS = 45_000;
/** Milliseconds between two looks, up to twice as many: those who wait do not all come at once. */
const LOOK_MS = 15;

/**
 * Work of a moment on a file that is read, changed and written again: one process after the other.
 * @param place `lease`: a file that nothing else is locked by
 * @param of.work calls `check` of the lease before it writes
 * @throws STORE_BUSY (somebody has held it for long), READ_ONLY, DISK_FULL, IO, AbortError, and what `work` throws
 */
export function oneByOne<T>(
  env: EngineEnv,
  place: Place,
  of: { operation: string; control?: Control; work: (lease: Lease) => T },
): T {
  const lease = waitForLease(env, place, of);
  try {
    return of.work(lease);
  } finally {
    lease.dispose();
  }
}

function waitForLease(
  env: EngineEnv,
  place: Place,
  { operation, control }: { operation: string; control?: Control },
): Lease {
  for (let waited = 0; ;) {
    if (control !== undefined) {
      throwIfCancelled(control.signal);
    }
    // A look is cheaper than a try, which makes a file durable.
    if (waited >= PATIENCE_MS || !leaseIsHeld(env, place)) {
      try {
        return acquireLease(env, place, operation);
      } catch (error) {
        if (!SnapdirError.is(error, 'STORE_BUSY') || waited >= PATIENCE_MS) {
          throw error;
        }
      }
    }
    const ms = LOOK_MS + (Number.parseInt(env.randomName().slice(-2), 16) % LOOK_MS || 0);
    pause(ms);
    waited += ms;
  }
}
