import type { Change } from '../../core/change';
import { defineCommand, type Call } from '../command';
import { exitCodes } from '../exitCodes';
import { compareAll, pinRev } from '../pages';

/** `snapdir diff` */
export const diffCommand = defineCommand({
  name: 'diff',
  synopsis: ['[A [B [PATH…]]]'],
  summary: 'print the differences as a unified patch',
  details: [
    'Without B: A against the folder as it is now. Without A: HEAD against the folder.',
    'The patch fits "git apply" and "patch -p1". Files that are not UTF-8 text (without --binary), or',
    'larger than 64 MiB, are only said to differ; folders are not mentioned.',
  ],
  options: {
    binary: {
      type: 'boolean',
      help: 'files that are no text come whole, as binary patches that "git apply" reads',
    },
  },
  arguments: [0, Number.POSITIVE_INFINITY],
  exit: { done: 'no differences', differences: 'there are differences' },
  async run(call, { binary }, [a = 'HEAD', b = 'live', ...names]) {
    const { output } = call;
    const paths = names.map((name) => call.inside(name)).filter((path) => path !== '');
    const whole = paths.length === 0 || paths.length < names.length;
    const [left, right] = [await pinRev(call, a), await pinRev(call, b)];
    const comparison = await compareAll(call, { left, right, ...(whole ? {} : { paths }) });
    const patches: string[] = [];
    for (const change of comparison.changes) {
      const patch = await patchOf(call, { left, right, binary: binary === true }, change);
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

async function patchOf(
  call: Call,
  sides: { left: string; right: string; binary: boolean },
  change: Change,
): Promise<string> {
  const { bytes } = await call.repository.engine.filePatch({ ...sides, change }, call.context);
  return new TextDecoder().decode(bytes);
}
