import type { Clock } from '../base/clock';
import type { Progress } from '../core/engine';
import { formatBytes, formatCount } from './format';
import type { Output } from './output';

const PHASES: { readonly [P in Progress['phase']]: string } = {
  scan: 'Looking at files',
  read: 'Reading files',
  sync: 'Making it durable',
  plan: 'Planning',
  check: 'Checking',
  write: 'Writing files',
  verify: 'Verifying',
  mark: 'Finding what is in use',
  sweep: 'Setting aside',
  secrets: 'Looking for secrets',
  compare: 'Looking at the remote store',
  send: 'Sending',
  receive: 'Receiving',
};

const REDRAW_MS = 100;

/** One line about how far the work is. */
export function progressWords(progress: Progress): string {
  const { phase, done, total, bytes } = progress;
  const count = total > 0 ? `${formatCount(done)} of ${formatCount(total)}` : formatCount(done);
  const share = total > 0 ? ` (${Math.min(100, Math.floor((done / total) * 100))} %)` : '';
  return `${PHASES[phase]}: ${count}${share}${bytes === undefined ? '' : `, ${formatBytes(bytes)}`}`;
}

/** Shows progress on a terminal, at most ten times a second. */
export function progressLine(output: Output, clock: Clock): (progress: Progress) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const now = clock.now();
    if (now - last >= REDRAW_MS) {
      last = now;
      output.transient(progressWords(progress));
    }
  };
}
