import { fetchSnapshot, type Fetched } from '../../app/fetchSnapshot';
import { labelOf, type Target } from '../../app/transfer/target';
import { shortId } from '../../core/ids';
import { checkpointJson } from '../checkpointWords';
import { defineCommand } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { formatBytes, plural } from '../format';
import type { Output } from '../output';
import { fromOption, withTarget } from '../withTarget';

/** `snapdir fetch` */
export const fetchCommand = defineCommand({
  name: 'fetch',
  synopsis: ['NAME… [--from STORE]'],
  summary: 'bring promoted snapshots from a permanent store into the local one',
  details: [
    'NAME is a promoted name, NAME#NONCE one of its promotions ("snapdir remote ls" shows them), or a',
    "snapshot's 64 digits. What is here is not fetched again; what comes is checked. The files in the",
    'folder stay as they are. A fetched snapshot is marked as from elsewhere, and STORE/NAME names it,',
    'unless you set that name yourself.',
    'Where no store is configured it is "git", the repository that the folder is in. Into a clone',
    `"git fetch origin 'refs/snapdir/*:refs/snapdir/*'" brings what others promoted there and pushed.`,
  ],
  options: { from: fromOption },
  arguments: [1, Number.POSITIVE_INFINITY],
  async run(call, values, names) {
    return withTarget(call, values.from, async (target) => {
      const all: Fetched[] = [];
      for (const name of names) {
        const fetched = await fetchSnapshot(call.repository, target, { name }, call.context);
        all.push(fetched);
        call.output.printQuiet(fetched.checkpoint.id);
        tellFetched(call.output, target, fetched);
      }
      call.output.document({ store: labelOf(target), fetched: all.map(fetchedJson) });
      return exitCodes.done;
    });
  },
});

/** As `--json` tells it. */
export function fetchedJson({ checkpoint, ...rest }: Fetched): object {
  return { ...rest, checkpoint: checkpointJson(checkpoint) };
}

/** Tells people what came. */
export function tellFetched(output: Output, target: Target, fetched: Fetched): void {
  const { name, snapshot, checkpoint, received, ref, recorded } = fetched;
  const what = name === null ? shortId(snapshot) : displayName(name);
  const rev = ref === null ? shortId(checkpoint.id) : displayName(ref);
  output.print(
    `${what} of ${displayName(labelOf(target))} ${recorded ? 'is here' : 'was here'} as ${rev}: ${plural(received.objects, 'object')}, ${formatBytes(received.bytes)} fetched.`,
  );
  if (fetched.kept !== null) {
    const own = displayName(fetched.kept);
    output.note(
      `snapdir: ${own} is a name that you set, and was not moved; "snapdir show ${rev}" shows what was fetched, "snapdir refs --delete ${own}" makes room for it.`,
    );
  }
  if (fetched.aside > 0) {
    output.note(
      `snapdir: ${plural(fetched.aside, 'other promotion')} of this name ${fetched.aside === 1 ? 'lies' : 'lie'} aside; "snapdir remote ls" shows them.`,
    );
  }
}
