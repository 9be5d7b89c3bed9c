import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers that somebody holds, or held a moment ago: a thread of V8 gives them back. */
function buffers(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** The most bytes of buffers that were held at once while it ran, over those held before it. */
export async function mostHeldBuffers(run: () => Promise<void>): Promise<number> {
  let before = buffers();
  for (let look = 0; look < 10; look++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    before = Math.min(before, buffers());
  }
  let most = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const begun = performance.now();
    most = Math.max(most, buffers() - before);
    // Where much else is in memory a look takes long: most of the time is for what is looked at.
    timer = setTimeout(look, 2 + 3 * (performance.now() - begun));
  };
  look();
  try {
    await run();
  } finally {
    clearTimeout(timer);
  }
  return most;
}
