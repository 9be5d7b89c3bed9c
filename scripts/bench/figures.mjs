// Times, medians, ratios.

/** The middle of a list of numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * How long `mine` takes for one of `theirs`: the median of the ratios round by round, because what slows
 * a machine down slows down both of a round. Undefined when no round has both.
 */
export function pairedRatio(mine = [], theirs = []) {
  const pairs = pairsOf(mine, theirs);
  return pairs.length === 0 ? undefined : median(pairs.map(([a, b]) => a / b));
}

/** How many milliseconds `mine` takes more than `theirs`: the median, round by round as in {@link pairedRatio}. */
export function pairedDifference(mine = [], theirs = []) {
  const pairs = pairsOf(mine, theirs);
  return pairs.length === 0 ? undefined : median(pairs.map(([a, b]) => a - b));
}

function pairsOf(mine, theirs) {
  return mine
    .map((value, round) => [value, theirs[round]])
    .filter((pair) => pair.every((value) => typeof value === 'number'));
}

/** The rounds in which there is a time. */
export const measured = (times = []) => times.filter((value) => typeof value === 'number');

async function timed(contestant, round, before) {
  if (round % (contestant.every ?? 1) !== 0) return null;
  await contestant.prepare?.(round);
  await before?.(contestant);
  // What the steps before took is forgotten.
  contestant.elapsed?.();
  const start = performance.now();
  await contestant.run(round);
  const wall = performance.now() - start;
  const time = contestant.elapsed?.() ?? wall;
  await contestant.after?.(round);
  return time;
}

/**
 * Runs the contestants in turn, A B C A B C …, so that a machine whose speed drifts is fair to all.
 * A contestant: `name`, `run`, untimed `prepare` and `after`; `every` n-th round only; `own` when it is
 * ours: a peer that fails is skipped with its reason, ours must not fail; `elapsed`: a clock of its own, which
 * says the milliseconds since it was last asked, or undefined.
 * Hooks: `round` before every round, `before` and `after` each timed run.
 * @returns milliseconds by name and round (null where a round was left out), and who was skipped, why
 */
export async function interleave(rounds, contestants, hooks = {}) {
  const times = Object.fromEntries(contestants.map(({ name }) => [name, []]));
  const skipped = {};
  for (let round = 0; round < rounds; round++) {
    await hooks.round?.(round);
    for (const contestant of contestants) {
      const { name, own = false } = contestant;
      if (skipped[name] !== undefined) continue;
      try {
        times[name].push(await timed(contestant, round, hooks.before));
      } catch (error) {
        if (own) throw error;
        skipped[name] = error.message.split('\n')[0];
        delete times[name];
      }
    }
  }
  return { times, skipped };
}

/** "1.24 s", "66 ms", "0.42 ms" */
export function duration(ms) {
  if (ms >= 9950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms >= 9.95) return `${ms.toFixed(0)} ms`;
  return `${ms.toFixed(ms >= 1 ? 1 : 2)} ms`;
}
