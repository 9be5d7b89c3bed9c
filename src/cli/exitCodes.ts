/** What the command tells its caller. The meaning per command stands in its help. */
export const exitCodes = {
  done: 0,
  /** Done, with differences or warnings that the command's help names. */
  differences: 1,
  wrongUse: 2,
  failed: 3,
  /** 128 + SIGINT, as shells have it. */
  cancelled: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
