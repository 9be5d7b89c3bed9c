/** Throws when the program itself is wrong. Never for what a user, a file or a remote can cause. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (condition === undefined || condition === null || condition === false) {
    throw new Error(`Internal error: ${message}`);
  }
}

/** For the end of an exhaustive switch. */
export function assertNever(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}`);
}
