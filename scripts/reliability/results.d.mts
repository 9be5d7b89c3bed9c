import type { Goal } from './goals.mjs';

export interface Reported {
  test: string;
  what: string;
  count: number;
  broken: number;
  note?: string;
  seconds?: number;
  file: string;
}

export interface Run {
  part: number;
  seed: number;
  date: string;
  commit: string;
}

export type Known = Record<string, Reported & Run & { failed?: boolean }>;

export interface Judged {
  test: string;
  title: string;
  goal: number;
  count: number;
  broken: number;
  failed: boolean;
  seconds: number;
  full: boolean;
  met: boolean;
  runs: string[];
}

export interface Counted extends Run {
  figures: readonly Reported[];
  failed?: readonly string[];
  skipped?: readonly string[];
}

export function merge(known: Known, run: Counted): Known;
export function judge(known: Known): Judged[];
export function whySkipped(
  goal: Goal,
  known: Known,
  skipped: readonly string[],
): string | undefined;
export function unmet(run: Counted, of?: { remote?: boolean }): Judged[];
export function tables(known: Known, skipped?: readonly string[]): string;
export function pageWith(
  page: string,
  known: Known,
  last?: { skipped?: readonly string[]; minutes?: number },
): string;
