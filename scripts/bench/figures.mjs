// Medians, ratios and the table.

/** The middle of a list of numbers. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs the contestants in turn, A B C A B C …, so that a machine whose speed drifts is fair to all. */
export async function interleave(rounds, contestants) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, { prepare, run }] of Object.entries(contestants)) {
      await prepare?.();
      const start = performance.now();
      await run();
      times[name].push(performance.now() - start);
    }
  }
  return times;
}

const ms = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(0)} ms`);

/** One line for each contestant: median, range, and the ratio to the last one, pair by pair. */
export function report(title, times) {
  const names = Object.keys(times);
  const peer = names.at(-1);
  const rows = names.map((name) => {
    const all = times[name];
    const ratios = all.map((value, round) => value / times[peer][round]);
    const ratio = name === peer ? '' : `${median(ratios).toFixed(2)} × ${peer}`;
    return `| ${title} | ${name} | ${ms(median(all))} | ${ms(Math.min(...all))} – ${ms(Math.max(...all))} | ${ratio} |`;
  });
  return rows.join('\n');
}

export const HEAD = `| operation | by | median | range | ratio of medians of pairs |\n|---|---|---|---|---|`;
