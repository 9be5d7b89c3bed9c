export interface Goal {
  /** The test's number in the plan. */
  test: string;
  title: string;
  /** So many have to be reached, by all of these figures together. */
  count: number;
  of: readonly string[];
  /** They need a server: counted with `--remote` only. */
  remote?: boolean;
}

export const GOALS: readonly Goal[];
