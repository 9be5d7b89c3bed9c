// How soon operations end when they are cancelled, at points spread over each one's whole time. For `huge.mjs`.
import { setTimeout as sleep } from 'node:timers/promises';
import { RULES } from './ours.mjs';

/** Cancels `work` after `afterMs`. @returns milliseconds until it had ended, or undefined when it was through before */
async function cancelAfter(work, afterMs) {
  const abort = new AbortController();
  const promise = work({ signal: abort.signal }).then(
    () => 'done',
    (error) => error,
  );
  const early = await Promise.race([promise, sleep(afterMs)]);
  if (early !== undefined) return end(early);
  const start = performance.now();
  abort.abort();
  const result = await promise;
  const took = performance.now() - start;
  if (result === 'done') return undefined;
  return end(result) ?? took;
}

function end(result) {
  if (result !== 'done' && result.name !== 'AbortError') throw result;
  return undefined;
}

/**
 * Cancels each operation at points spread evenly over the time that it takes.
 * @param operations name → { work: (options) => Promise, reset?: () => Promise, points }
 * @returns name → { whole, points, worst }: milliseconds, and how many points were met
 */
export async function measureCancel(operations) {
  const found = {};
  for (const [name, { work, reset, points }] of Object.entries(operations)) {
    let whole = Infinity;
    for (let run = 0; run < 2; run++) {
      await reset?.();
      const start = performance.now();
      await work({});
      whole = Math.min(whole, performance.now() - start);
    }
    const waits = [];
    for (let point = 0; point < points; point++) {
      await reset?.();
      const wait = await cancelAfter(work, (whole * (point + 0.5)) / points);
      if (wait !== undefined) waits.push(wait);
    }
    found[name] = { whole, points: waits.length, worst: Math.max(0, ...waits) };
    const { worst } = found[name];
    console.log(`  cancelled ${name}: ${worst.toFixed(0)} ms at most, ${waits.length} points`);
  }
  return found;
}

/** What people can cancel, on a folder that was taken already. `emptied` resolves when the destination is gone. */
export function cancellable(engine, { destination, emptied }) {
  const take = (more) => (options) =>
    engine.take({ trigger: 'manual', rules: RULES, ...more }, options);
  return {
    'an unchanged take': { work: take({}), points: 20 },
    'a take that reads everything': { work: take({ rehash: true }), points: 8 },
    'a comparison with the folder': {
      work: (options) => engine.compare({ left: 'HEAD', right: 'live', rules: RULES }, options),
      points: 20,
    },
    verify: { work: (options) => engine.verify({ full: true }, options), points: 12 },
    'a garbage collection': {
      work: (options) => engine.collectGarbage({ dryRun: false }, options),
      points: 12,
    },
    'a restore to a new folder': {
      work: (options) => engine.restoreTo({ rev: 'HEAD', mode: 'at', destination }, options),
      reset: emptied,
      points: 8,
    },
  };
}
