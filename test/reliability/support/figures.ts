// What the tests of this folder count. `npm run test:reliability` runs the full counts, `npm test` five in a hundred of them.
import { appendFileSync } from 'node:fs';

/** Which part of the full counts is run: 1 with `npm run test:reliability`, 0.05 otherwise: what fits into some minutes. */
export const PART = Number(process.env.SNAPDIR_RELIABILITY ?? '0.05');

/** Where random choices begin; printed with every figure, so that a run can be repeated. */
export const SEED = Number(process.env.SNAPDIR_SEED ?? '1');

/** How many of `full` (the count that the full run reaches) this run does: at least `least`. */
export function scaled(full: number, least = 1): number {
  return Math.max(least, Math.round(full * PART));
}

export interface Figure {
  /** The test's number in the plan: `T3`. */
  readonly test: string;
  /** What was counted: `kills at system calls`. */
  readonly what: string;
  readonly count: number;
  /** How many of them ended otherwise than promised. */
  readonly broken: number;
  /** Anything else worth a word: `11,204 of 11,204 calls stopped at`. */
  readonly note?: string;
}

/** When this process reported last, or began. */
let begun = performance.now();

/**
 * Prints a figure, and adds it to the file that `npm run test:reliability` makes its page from: `what` is the same in
 * every run. Its seconds are those since the figure before.
 */
export function report(figure: Figure): void {
  const note = figure.note ? ` (${figure.note})` : '';
  const count = figure.count.toLocaleString('en');
  const now = performance.now();
  const seconds = Number(((now - begun) / 1000).toFixed(1));
  begun = now;
  process.stderr.write(
    `${figure.test}: ${count} ${figure.what}, ${figure.broken} broken${note}, ${seconds} s, seed ${SEED}\n`,
  );
  const file = process.env.SNAPDIR_FIGURES;
  if (file) {
    appendFileSync(file, `${JSON.stringify({ ...figure, seconds, seed: SEED })}\n`);
  }
}
