export interface Profile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber: number };
  }[];
  samples: number[];
  timeDeltas: number[];
}

export function selfTimes(
  profile: Profile,
  root: string,
): { total: number; idle: number; functions: { place: string; ms: number }[] };

export const CLASSES: readonly string[];
export function classOf(frame: { functionName: string; url: string }): string;
export function classTimes(profile: Profile): Record<string, number>;
