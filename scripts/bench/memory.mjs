// Prints how much memory a process needs that takes a folder, first and unchanged. Linux; for `huge.mjs`.
import { readFileSync } from 'node:fs';
import { createEngine, RULES } from './ours.mjs';

const [folder, store] = process.argv.slice(2);

/** "VmRSS" (now) or "VmHWM" (at most so far), in MiB. */
function memory(name) {
  const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync('/proc/self/status', 'utf8'),
  );
  return Math.round(kib / 1024);
}

const start = memory('VmRSS');
const engine = createEngine(folder, store);
const take = () => engine.take({ trigger: 'manual', rules: RULES });
await take();
const first = memory('VmRSS');
await take();
await engine.close();
console.log(JSON.stringify({ start, first, peak: memory('VmHWM') }));
