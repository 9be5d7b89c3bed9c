export interface Operation {
  id: string;
  title: string;
  /** Milliseconds by contestant and round; null where a round was left out. */
  times: Record<string, (number | null)[]>;
  skipped: Record<string, string>;
}

export interface Result {
  part: string;
  date: string;
  commit: string;
  machine: string;
  where?: string;
  rounds?: number;
  size?: string;
  /** What a reader should know about this run: `--remark=…`. */
  remark?: string;
  versions?: Record<string, string>;
  /** Peers that are not here, and why. */
  missing?: Record<string, string>;
  operations?: Operation[];
  figures?: { id: string; title: string; value: number; unit: string }[];
}

export const PARTS: readonly string[];
export function saveResult(
  cache: string,
  part: string,
  result: Omit<Result, 'part' | 'date' | 'commit' | 'machine'>,
): Promise<Result>;
export function loadResults(cache: string): Result[];

export interface Profiles {
  date: string;
  commit: string;
  operations: { operation: string; ms: number; threads: Record<string, number> }[];
}
export function saveProfiles(cache: string, operations: Profiles['operations']): Promise<Profiles>;
export function loadProfiles(cache: string): Profiles | undefined;
