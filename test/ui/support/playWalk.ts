import assert from 'node:assert/strict';
import { pressesOf, type Walk } from '../../../scripts/walks/walks.mjs';
import type { VSCodeWindow } from './vscodeWindow';

/** How often the mouse and keys were pressed. */
interface Presses {
  clicks: number;
  keys: number;
}

/** Runs in the page: counts from now on; gives what was counted so far. */
const COUNT = `(() => {
  if (globalThis.snapdirPresses === undefined) {
    const presses = { clicks: 0, keys: 0 };
    globalThis.snapdirPresses = presses;
    addEventListener('mousedown', () => presses.clicks++, true);
    addEventListener('keydown', ({ key }) => {
      if (!['Control', 'Shift', 'Alt', 'Meta'].includes(key)) presses.keys++;
    }, true);
  }
  return { ...globalThis.snapdirPresses };
})()`;

/** Nobody is to need longer for a walk, in milliseconds, whatever machine it is. */
const A_MINUTE = 60_000;

/**
 * Plays a walk, and counts in the page what is pressed: each step is the one press that it says it is.
 * @returns what it took, for the title of the test
 */
export async function playWalk(
  { page, workbench }: VSCodeWindow,
  walk: Walk,
  meanwhile: () => void = () => undefined,
): Promise<string> {
  const walker = { page, workbench };
  await walk.ready?.(walker);
  const counted = (): Promise<Presses> => page.evaluate<Presses>(COUNT);
  const first = await counted();
  const began = performance.now();
  let before = first;
  for (const step of walk.steps) {
    if (step.meanwhile === true) {
      meanwhile();
    }
    await step.act(walker);
    await step.seen(walker);
    const after = await counted();
    const pressed = { clicks: after.clicks - before.clicks, keys: after.keys - before.keys };
    const one = step.key === true ? { clicks: 0, keys: 1 } : { clicks: 1, keys: 0 };
    assert.deepEqual(pressed, one, step.says);
    before = after;
  }
  const took = performance.now() - began;
  const { clicks, keys } = pressesOf(walk);
  assert.deepEqual(
    { clicks: before.clicks - first.clicks, keys: before.keys - first.keys },
    {
      clicks,
      keys,
    },
  );
  assert.ok(took < A_MINUTE, `it took ${Math.round(took)} ms`);
  return `${clicks + keys} presses, ${(took / 1000).toFixed(1)} s`;
}
