import { shortId } from '../../core/ids';
import { defineCommand } from '../command';
import { exitCodes } from '../exitCodes';
import { alignColumns, formatBytes, formatCount } from '../format';

/** `snapdir stats` */
export const statsCommand = defineCommand({
  name: 'stats',
  synopsis: [''],
  summary: 'count snapshots, names and bytes of the store',
  options: {},
  arguments: [0, 0],
  async run({ repository, output, context }) {
    const stats = await repository.engine.stats({}, context);
    const exact = (bytes: number): string =>
      formatBytes(bytes) + (bytes < 1024 ? '' : ` (${formatCount(bytes)} bytes)`);
    output.document(stats);
    alignColumns([
      ['Snapshots', formatCount(stats.checkpoints)],
      ['Names', formatCount(stats.refs)],
      ['HEAD', stats.head === null ? '(none)' : shortId(stats.head)],
      ['Manifests', formatCount(stats.manifests)],
      ['Objects', `${formatCount(stats.objects)}, ${exact(stats.objectBytes)}`],
      ['Whole store', exact(stats.storeBytes)],
    ]).forEach((line) => output.print(line));
    return exitCodes.done;
  },
});
