import { repairStore } from '../../app/maintainStore';
import type { Mended, RepairResult, RepairSource } from '../../core/engine';
import { defineCommand } from '../command';
import { displayName, displayText } from '../escape';
import { exitCodes } from '../exitCodes';
import { formatCount, plural } from '../format';
import { damagedLines, problemLine } from './verify';

/** `snapdir repair` */
export const repairCommand = defineCommand({
  name: 'repair',
  synopsis: ['[--full] [--from PATH]…'],
  summary: 'mend what is missing or damaged in the store',
  details: [
    'Looks for content that still has its checksum in the trash, the folder itself, the vault, and in',
    'each --from: another store, a folder that has one, or any folder. Every byte is checked before it',
    'is placed. What is damaged and not found anywhere is set aside, so that the next snapshot stores it anew.',
  ],
  options: {
    full: { type: 'boolean', help: 'read and hash everything first, as verify --full' },
    from: { type: 'string', multiple: true, value: 'PATH', help: 'look there as well' },
  },
  arguments: [0, 0],
  exit: { done: 'the store is whole', differences: 'something could not be mended or read' },
  async run(call, { full, from = [] }) {
    const { repository, output, context } = call;
    const options = { full: full === true, from: from.map((path) => call.absolute(path)) };
    const result = await repairStore(repository, options, context);
    const { mended, mendedCount, lost, lostCount } = result;
    output.document(result);
    mended.forEach((one) => output.print(mendedLine(one)));
    if (mendedCount > mended.length) {
      output.print(`… and ${formatCount(mendedCount - mended.length)} more`);
    }
    output.print(
      mendedCount === 0 ? 'Nothing was mended.' : `Mended: ${formatCount(mendedCount)}.`,
    );
    if (lostCount === 0) {
      output.print('The store is whole.');
      unreadLines(result, 'may have more').forEach((line) => output.note(line));
      return result.unreadCount === 0 ? exitCodes.done : exitCodes.differences;
    }
    output.note(`snapdir: ${plural(lostCount, 'problem')} could not be mended:`);
    lost.forEach((problem) => output.note(problemLine(problem)));
    if (lostCount > lost.length) {
      output.note(`  … and ${formatCount(lostCount - lost.length)} more`);
    }
    damagedLines(result).forEach((line) => output.note(line));
    unreadLines(result, 'may have it').forEach((line) => output.note(line));
    output.note(
      'Another copy of the folder or of its store may still have it: pass it with --from.',
    );
    return exitCodes.differences;
  },
});

function unreadLines({ unread, unreadCount }: RepairResult, what: string): string[] {
  return unreadCount === 0
    ? []
    : [
        `snapdir: ${plural(unreadCount, 'path')} could not be read, and ${what}:`,
        ...unread.map((path) => `  ${displayName(path)}`),
        ...(unreadCount > unread.length
          ? [`  … and ${formatCount(unreadCount - unread.length)} more`]
          : []),
      ];
}

const SOURCES: { readonly [S in RepairSource]: string } = {
  trash: 'the trash',
  damaged: 'what was set aside',
  folder: 'the folder',
  store: 'the other store',
  vault: 'the vault',
  'other-folder': 'the other folder',
};

function mendedLine({ address, path, source, from }: Mended): string {
  const what = path === undefined ? displayText(address) : displayName(path);
  return `${what}: from ${SOURCES[source]} (${displayName(from)})`;
}
