// A bucket on a server of ours that fails as it is told, and what tests of it share.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SnapdirError, type ErrorCode, type ErrorData } from '../../src/core/errors';
import type { PermanentStore } from '../../src/core/permanentStore';
import { retrying } from '../../src/stores/retrying';
import type { Asked, FaultServer, WireFault } from './faultServer';
import { openBucket } from './s3';

export const SECRET = 'canary-secret-0123456789';
const TOKEN = 'canary-token-0123456789';

/** Fails unless `work` fails with `code`, in words that hold none of the keys. */
export async function failure<C extends ErrorCode>(
  code: C,
  work: () => Promise<unknown>,
): Promise<ErrorData[C]> {
  try {
    await work();
  } catch (error) {
    assert.ok(SnapdirError.is(error, code), `${code} expected, got ${String(error)}`);
    const all = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
    assert.ok(!all.includes(SECRET) && !all.includes(TOKEN) && !/Signature=/.test(all), all);
    return error.data;
  }
  return assert.fail(`${code} expected`);
}

/** The bucket, opened with keys that must not be seen anywhere. */
export function openFaulty(
  server: FaultServer,
  more: Parameters<typeof openBucket>[2] = {},
): Promise<PermanentStore> {
  return openBucket(
    {
      ...{ endpoint: server.endpoint, region: 'us-east-1' },
      ...{ accessKeyId: 'AKIDCANARY', secretAccessKey: SECRET, sessionToken: TOKEN },
    },
    's3://bucket/prefix',
    more,
  );
}

/** As `retrying` does it, without waiting. */
export const tried = (inner: PermanentStore, maxAttempts = 5): PermanentStore =>
  retrying(inner, {
    transfer: { maxAttempts, limitKiBps: 0 },
    pause: () => Promise.resolve(),
  });

/** Faults for requests that touch content; the first look at the bucket works. */
export function faultsOnContent(
  server: FaultServer,
  fault: (asked: Asked) => WireFault | undefined,
): void {
  server.fault = (asked) => (asked.key === '' ? undefined : fault(asked));
}

/** Only the first time. */
export function faultOnce(server: FaultServer, fault: WireFault): void {
  let done = false;
  faultsOnContent(server, () => {
    const now = done ? undefined : fault;
    done = true;
    return now;
  });
}
