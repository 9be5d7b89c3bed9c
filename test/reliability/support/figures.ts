// What the tests of this folder count. `npm run test:reliability` runs the full counts, `npm test` three in a hundred of them.
import { appendFileSync } from 'node:fs';

/** Which part of the full counts is run: 1 with `npm run test:reliability`, 0.03 otherwise: what fits into some minutes. */
export const PART = Number(process.env.SNAPDIR_RELIABILITY ?? '0.03');

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

/** Prints a figure, and adds it to the file that `npm run test:reliability` makes its table from. */
export function report(figure: Figure): void {
  const note = figure.note ? ` (${figure.note})` : '';
  const count = figure.count.toLocaleString('en');
  process.stderr.write(
    `${figure.test}: ${count} ${figure.what}, ${figure.broken} broken${note}, seed ${SEED}\n`,
  );
  const file = process.env.SNAPDIR_FIGURES;
  if (file) {
    appendFileSync(file, `${JSON.stringify({ ...figure, seed: SEED })}\n`);
  }
}
