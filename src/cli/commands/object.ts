import { restoreObject } from '../../app/restore';
import { defineCommand } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { formatBytes } from '../format';
import { UsageError } from '../usageError';

/** `snapdir object` */
export const objectCommand = defineCommand({
  name: 'object',
  synopsis: ['CHECKSUM --to FILE'],
  summary: 'restore content by its checksum alone',
  details: [
    'FILE is made new and never overwritten. What garbage collection set aside is found as well.',
    'Checksums are in "snapdir manifest --rev REV" and in "show --json".',
  ],
  options: { to: { type: 'string', value: 'FILE', help: 'the file to make' } },
  arguments: [1, 1],
  async run(call, { to }, [checksum = '']) {
    if (to === undefined) {
      throw new UsageError('Say where the content goes: --to FILE.');
    }
    const { repository, output, context } = call;
    const destination = call.absolute(to);
    const result = await restoreObject(repository, { checksum, destination }, context);
    output.document(result);
    output.printQuiet(result.path);
    output.print(`Restored ${formatBytes(result.bytes)} to ${displayName(result.path)}.`);
    return exitCodes.done;
  },
});
