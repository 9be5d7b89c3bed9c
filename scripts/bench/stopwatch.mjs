// Times programs from a small process: see stopwatch.c. Without gcc it is the time that Node sees.
import { join } from 'node:path';
import { missing } from './peers/tool.mjs';
import { run, timeProgramsWith } from './run.mjs';

const SOURCE = join(import.meta.dirname, 'stopwatch.c');

/** From here on `programTime` is known, where this can be built. @returns how programs are timed, in words */
export async function startStopwatch(cache) {
  const why =
    process.platform === 'linux' ? await missing({ command: 'gcc', debian: 'gcc' }) : 'not Linux';
  if (why !== undefined) return `by Node (no stopwatch: ${why})`;
  const program = join(cache, 'stopwatch');
  await run('gcc', ['-O2', '-Wall', '-o', program, SOURCE]);
  timeProgramsWith(program);
  return 'by a small process';
}
