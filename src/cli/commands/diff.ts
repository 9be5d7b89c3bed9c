import type { Change, ChangeSide } from '../../core/change';
import { patchFor } from '../../core/lineDiff';
import { defineCommand, type Call } from '../command';
import { exitCodes } from '../exitCodes';
import { compareAll, pinRev } from '../pages';

/** Nobody reads a patch of more; such files are told to differ, as binary ones are. */
const MAX_PATCHED_BYTES = 64 * 1024 * 1024;

/** `snapdir diff` */
export const diffCommand = defineCommand({
  name: 'diff',
  synopsis: ['[A [B [PATH…]]]'],
  summary: 'print the differences as a unified patch',
  details: [
    'Without B: A against the folder as it is now. Without A: HEAD against the folder.',
    'The patch fits "git apply" and "patch -p1". Files that are not UTF-8 text, or larger than 64 MiB,',
    'are only said to differ; folders are not mentioned.',
  ],
  options: {},
  arguments: [0, Number.POSITIVE_INFINITY],
  exit: { done: 'no differences', differences: 'there are differences' },
  async run(call, _values, [a = 'HEAD', b = 'live', ...names]) {
    const { output } = call;
    const paths = names.map((name) => call.inside(name)).filter((path) => path !== '');
    const whole = paths.length === 0 || paths.length < names.length;
    const [left, right] = [await pinRev(call, a), await pinRev(call, b)];
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
    const { changes, counts } = comparison;
    output.document({ left: a, right: b, changes, counts, patch: patches.join('') });
    return changes.length === 0 ? exitCodes.done : exitCodes.differences;
  },
});

async function patchOf(call: Call, left: string, right: string, change: Change): Promise<string> {
  const before = await bytesOf(call, left, change.oldPath ?? change.path, change.left, change);
  const after = await bytesOf(call, right, change.path, change.right, change);
  return patchFor(change, before, after);
}

/** A file's bytes, where the patch needs them. */
async function bytesOf(
  call: Call,
  rev: string,
  path: string,
  side: ChangeSide | undefined,
  { left, right }: Change,
): Promise<Uint8Array | null> {
  const sameContent = left?.checksum !== undefined && left.checksum === right?.checksum;
  if (side?.kind !== 'file' || sameContent || (side.size ?? 0) > MAX_PATCHED_BYTES) {
    return null;
  }
  return (await call.repository.engine.readFile({ rev, path }, call.context)).bytes;
}
