// Lives beside Snapdir in the extension host and notes, ten times a second, the longest time in which the
// event loop could do nothing else, and the memory of the process. For `npm run bench:ui` only.
const { appendFileSync, closeSync, openSync, readSync } = require('node:fs');
const { register } = require('./control.cjs');

const TICK_MS = 1;
const NOTE_MS = 100;
const numbers = Buffer.alloc(128);

function openWaiting() {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  } catch {
    return undefined;
  }
}

/** How long this thread, ready to run, has waited for a core, in milliseconds. */
function waitedForCore(counter) {
  if (counter === undefined) return 0;
  const length = readSync(counter, numbers, 0, numbers.length, 0);
  return Number(numbers.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}

exports.activate = (context) => {
  const file = process.env.SNAPDIR_BENCH_PROBE;
  if (!file) return;
  const control = process.env.SNAPDIR_BENCH_CONTROL;
  if (control) context.subscriptions.push(register(JSON.parse(control)));
  const counter = openWaiting();
  let [block, own, noted] = [0, 0, Date.now()];
  let [last, waited] = [performance.now(), waitedForCore(counter)];
  const tick = () => {
    const [now, core] = [performance.now(), waitedForCore(counter)];
    const gap = now - last - TICK_MS;
    block = Math.max(block, gap);
    own = Math.max(own, gap - (core - waited));
    [last, waited] = [now, core];
    if (Date.now() - noted < NOTE_MS) return;
    noted = Date.now();
    const { rss, heapUsed } = process.memoryUsage();
    appendFileSync(file, `${JSON.stringify({ time: noted, block, own, rss, heapUsed })}\n`);
    [block, own, last] = [0, 0, performance.now()];
  };
  const timer = setInterval(tick, TICK_MS);
  context.subscriptions.push({
    dispose: () => {
      clearInterval(timer);
      if (counter !== undefined) closeSync(counter);
    },
  });
};
