import { Buffer } from 'node:buffer';
import type { Change, ChangeSide } from '../../core/change';
import { patchFor } from '../../core/lineDiff';
import { defineCommand, type Call } from '../command';
import { exitCodes } from '../exitCodes';
import { compareAll } from '../pages';

/** `snapdir diff` */
export const diffCommand = defineCommand({
  name: 'diff',
  synopsis: ['[A [B [PATH…]]]'],
  summary: 'print the differences as a unified patch',
  details: [
    'Without B: A against the folder as it is now. Without A: HEAD against the folder.',
    'The patch fits "git apply" and "patch -p1".',
  ],
  options: {},
  arguments: [0, Number.POSITIVE_INFINITY],
  exit: { done: 'no differences', differences: 'there are differences' },
  async run(call, _values, [left = 'HEAD', right = 'live', ...names]) {
    const { output } = call;
    const paths = names.map((name) => call.inside(name)).filter((path) => path !== '');
    const whole = paths.length === 0 || paths.length < names.length;
    const comparison = await compareAll(call, { left, right, ...(whole ? {} : { paths }) });
    const patches: string[] = [];
    for (const change of comparison.changes) {
      const patch = await patchOf(call, left, right, change);
      if (output.mode.json) {
        patches.push(patch);
      } else if (!output.mode.quiet) {
        await output.data(patch);
      }
      if (output.closed) {
        break;
      }
    }
    output.document({
      left,
      right,
      changes: comparison.changes,
      counts: comparison.counts,
      patch: patches.join(''),
    });
    return comparison.changes.length === 0 ? exitCodes.done : exitCodes.differences;
  },
});

async function patchOf(call: Call, left: string, right: string, change: Change): Promise<string> {
  const before = await bytesOf(call, left, change.oldPath ?? change.path, change.left);
  const after = await bytesOf(call, right, change.path, change.right);
  return patchFor(change, before, after);
}

/** What git would have as the content: bytes of a file, target of a link. */
async function bytesOf(
  call: Call,
  rev: string,
  path: string,
  side: ChangeSide | undefined,
): Promise<Uint8Array | null> {
  switch (side?.kind) {
    case 'file':
      return (await call.repository.engine.readFile({ rev, path }, call.context)).bytes;
    case 'link':
      return Buffer.from(side.target ?? '', 'utf8');
    case 'dir':
    case undefined:
      return null;
  }
}
