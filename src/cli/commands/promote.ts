import { promote } from '../../app/editCheckpoint';
import { shortId } from '../../core/ids';
import { defineCommand } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';

/** `snapdir promote` */
export const promoteCommand = defineCommand({
  name: 'promote',
  synopsis: ['REV NAME'],
  summary: 'give a snapshot a name that keeps it for good',
  details: [
    'What has a name is never pruned. A name that exists moves to REV. "snapdir refs --delete NAME"',
    'takes it away.',
  ],
  options: {},
  arguments: [2, 2],
  async run({ repository, output }, _values, [rev = '', name = '']) {
    const result = await promote(repository, rev, name);
    output.document({ name, ...result });
    if (result.checkpoint !== null) {
      output.printQuiet(result.checkpoint);
      const already = result.changed ? 'now names' : 'already names';
      output.print(`${displayName(name)} ${already} ${shortId(result.checkpoint)}.`);
    }
    return exitCodes.done;
  },
});
