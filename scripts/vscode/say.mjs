// What every script shares: one way to tell a person what happens, one way to stop with a sentence.

/** A failure that a person can act on: its message is one sentence that says what to do. */
export class Stop extends Error {}

/** Prints one short line about what is being done. */
export function say(line) {
  process.stdout.write(`» ${line}\n`);
}

/** Runs a script's main function; a `Stop` becomes its sentence and exit code 1, without a stack. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Stop ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

/**
 * Resolves when this process is asked to end: by a signal, or because the shell that npm started it
 * in is gone (that shell does not pass on the signals that npm itself gets).
 * @returns {Promise<string>}
 */
export function interrupted() {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => done(signal));
    if (!process.env.npm_lifecycle_event) return;
    const parent = process.ppid;
    const watch = () => process.ppid !== parent && done('the end of npm');
    setInterval(watch, 500).unref();
  });
}
