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

export function merge(
  known: Known,
  run: Run & { figures: readonly Reported[]; failed?: readonly string[] },
): Known;
export function judge(known: Known): Judged[];
export function tables(known: Known): string;
export function pageWith(page: string, known: Known): string;
