/**
 * Runs `work` so that at most one run is under way and at most one waits: a burst of calls costs two
 * runs, and the promise of a call settles after a run that began after the call.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  const start = (): Promise<void> => {
    const run = work().finally(() => {
      if (running === run) {
        running = undefined;
      }
    });
    running = run;
    return run;
  };
  return () => {
    if (running === undefined) {
      return start();
    }
    queued ??= running
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        return start();
      });
    return queued;
  };
}

/** Runs one work after the other, in the order of the calls; that one fails keeps none of the others. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
}

/** Calls `work` once, `delay` ms after the last call; `cancel` forgets a call that waits. */
export function debounce(
  work: () => void,
  delay: number,
): { call: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => clearTimeout(timer);
  return {
    call: () => {
      cancel();
      timer = setTimeout(work, delay);
    },
    cancel,
  };
}

/** Calls `work` once, `delay` ms after the first of a row of calls; `cancel` forgets a call that waits. */
export function throttle(
  work: () => void,
  delay: number,
): { call: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    call: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        work();
      }, delay);
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/**
 * Calls `work` at once; calls that come within `delay` ms of the one before are one more, `delay` ms after the
 * last. `cancel` forgets a call that waits.
 */
export function atOnce(work: () => void, delay: number): { call: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let waits = false;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
    waits = false;
  };
  return {
    call: () => {
      const first = timer === undefined;
      clearTimeout(timer);
      waits = !first;
      timer = setTimeout(() => {
        const wanted = waits;
        cancel();
        if (wanted) {
          work();
        }
      }, delay);
      if (first) {
        work();
      }
    },
    cancel,
  };
}
