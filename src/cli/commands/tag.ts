import { tagCheckpoint } from '../../app/editCheckpoint';
import { shortId } from '../../core/ids';
import { checkpointJson } from '../checkpointWords';
import { defineCommand } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';

/** `snapdir tag` */
export const tagCommand = defineCommand({
  name: 'tag',
  synopsis: ['REV NAME…', '--remove REV NAME…'],
  summary: 'label a snapshot',
  details: ['Many snapshots may carry the same tag. As a REV it means the latest of them.'],
  options: { remove: { type: 'boolean', help: 'take the labels away' } },
  arguments: [2, Number.POSITIVE_INFINITY],
  async run({ repository, output }, { remove }, [rev = '', ...names]) {
    const change = remove === true ? { remove: names } : { add: names };
    const checkpoint = await tagCheckpoint(repository, rev, change);
    output.document({ checkpoint: checkpointJson(checkpoint) });
    output.printQuiet(checkpoint.id);
    const tags = checkpoint.tags.map((tag) => `#${displayName(tag)}`).join(' ');
    output.print(`${shortId(checkpoint.id)}: ${tags === '' ? 'no tags' : tags}`);
    return exitCodes.done;
  },
});
