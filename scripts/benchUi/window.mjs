// A window that is measured from the inside: a probe beside Snapdir notes what the extension host does.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bench/ours.mjs';

export const PROBE = join(root, 'scripts', 'benchUi', 'probe');
/** VS Code's own start is not what is measured. */
const SETTLE_MS = 15_000;
/** Nothing is to block the loop for longer. */
const GOAL_MS = 50;

function notes(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** Does something in a window; adds how long its loop was blocked at most meanwhile, and its memory at its highest. */
export async function inWindow(
  { scratch, folder, extensions, env, machineSettings, settings = {} },
  what,
) {
  const { openSession } = await import('../vscode/session.mjs');
  const probe = join(mkdtempSync(join(scratch, 'probe-')), 'notes');
  const session = await openSession({
    ...{ version: 'newest', folder, extensionPath: extensions, machineSettings },
    env: { SNAPDIR_BENCH_PROBE: probe, SNAPDIR_HOME: join(scratch, 'home'), ...env },
    settings: { 'workbench.reduceMotion': 'on', 'git.enabled': false, ...settings },
  });
  try {
    await sleep(SETTLE_MS);
    const from = Date.now();
    const figures = await what(session);
    await sleep(3000);
    const during = notes(probe).filter(({ time }) => time > from);
    const highest = (key) => Math.max(...during.map((note) => note[key]));
    const before = notes(probe).findLast(({ time }) => time <= from)?.rss;
    return {
      ...{ ...figures, block: [highest('block')], own: [highest('own')], rss: highest('rss') },
      ...{ before, over: during.filter(({ own }) => own > GOAL_MS).length },
    };
  } finally {
    await session.close();
  }
}
