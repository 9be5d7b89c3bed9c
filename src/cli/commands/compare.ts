import type { Comparison } from '../../core/change';
import { changeLine } from '../changeWords';
import { defineCommand } from '../command';
import { exitCodes } from '../exitCodes';
import { countWords, plural, totalChanges } from '../format';
import { compareAll } from '../pages';

/** `snapdir compare` */
export const compareCommand = defineCommand({
  name: 'compare',
  synopsis: ['[A [B]] [--path PATH]…'],
  summary: 'list the files that differ between two snapshots, or a snapshot and the folder',
  details: [
    'Without B: A against the folder as it is now. Without A: HEAD against the folder.',
    'A added, D deleted, M modified, R renamed (same content under another name).',
  ],
  options: {
    path: { type: 'string', multiple: true, value: 'PATH', help: 'only this file or folder' },
  },
  arguments: [0, 2],
  exit: { done: 'no differences', differences: 'there are differences' },
  async run(call, { path }, [left = 'HEAD', right = 'live']) {
    const comparison = await compareAll(call, {
      left,
      right,
      ...(path === undefined ? {} : { paths: path.map((one) => call.inside(one)) }),
    });
    const { output } = call;
    output.document({ left, right, ...comparison });
    comparison.changes.forEach((change) => output.print(changeLine(change)));
    if (comparison.changes.length > 0) {
      output.print();
    }
    output.print(`${summary(comparison)}.`);
    return comparison.changes.length === 0 ? exitCodes.done : exitCodes.differences;
  },
});

/** Counts are of files; folders that differ are told only where nothing else does. */
function summary({ changes, counts }: Comparison): string {
  if (totalChanges(counts) === 0 && changes.length > 0) {
    return `No files differ, but ${plural(changes.length, 'folder does', 'folders do')}`;
  }
  const words = countWords(counts);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
