import { renameCheckpoint } from '../../app/editCheckpoint';
import { shortId } from '../../core/ids';
import { checkpointJson, titleOf } from '../checkpointWords';
import { defineCommand } from '../command';
import { exitCodes } from '../exitCodes';

/** `snapdir rename` */
export const renameCommand = defineCommand({
  name: 'rename',
  synopsis: ['REV MESSAGE'],
  summary: 'change the message of a snapshot',
  options: {},
  arguments: [2, 2],
  async run({ repository, output }, _values, [rev = '', message = '']) {
    const checkpoint = await renameCheckpoint(repository, rev, message);
    output.document({ checkpoint: checkpointJson(checkpoint) });
    output.printQuiet(checkpoint.id);
    output.print(`${shortId(checkpoint.id)}: ${titleOf(checkpoint)}`);
    return exitCodes.done;
  },
});
