export interface Contestant {
  name: string;
  run(round: number): unknown;
  prepare?(round: number): unknown;
  after?(round: number): unknown;
  every?: number;
  own?: boolean;
  elapsed?(): number | undefined;
}

export function median(values: readonly number[]): number;
export function pairedRatio(
  mine?: readonly (number | null)[],
  theirs?: readonly (number | null)[],
): number | undefined;
export function pairedDifference(
  mine?: readonly (number | null)[],
  theirs?: readonly (number | null)[],
): number | undefined;
export function measured(times?: readonly (number | null)[]): number[];
export function interleave(
  rounds: number,
  contestants: readonly Contestant[],
  hooks?: { round?(round: number): unknown; before?(contestant: Contestant): unknown },
): Promise<{ times: Record<string, (number | null)[]>; skipped: Record<string, string> }>;
export function duration(ms: number): string;
