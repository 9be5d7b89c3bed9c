import { lstatSync } from 'node:fs';
import type { FileVersion, FolderVersion, HistoryPage, HistoryParams } from '../../core/engine';
import { shortId } from '../../core/ids';
import type { RelPath } from '../../core/tree';
import { checkpointJson, titleOf } from '../checkpointWords';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { alignColumns, formatAge, formatBytes, formatTime, plural, shortCounts } from '../format';
import { parseWhole } from '../values';

const PAGE = 1000;

/** `snapdir history` */
export const historyCommand = defineCommand({
  name: 'history',
  synopsis: ['PATH [-n COUNT]'],
  summary: 'list the snapshots in which a file or folder is not what it was before',
  details: [
    'A file that was moved, also since the last snapshot, is followed to the name it had. Deleted files and folders have a history, too.',
    'A added, D deleted, M modified, R renamed. Of a folder: + added, ~ modified, - deleted, r renamed.',
  ],
  options: {
    limit: { type: 'string', short: 'n', value: 'COUNT', help: 'at most so many' },
  },
  arguments: [1, 1],
  async run(call, values, [name = '']) {
    const path = call.inside(name);
    const limit =
      values.limit === undefined ? Number.MAX_SAFE_INTEGER : parseWhole('limit', values.limit, 1);
    const { engine } = call.repository;
    const asFolder = path === '' || isFolder(call.absolute(name));
    const of = { path, limit };
    const files = asFolder
      ? undefined
      : await whole(call, of, (one) => engine.fileHistory(one, call.context));
    const isFile = files !== undefined && files.versions.length > 0;
    const found = isFile
      ? files
      : await whole(call, of, (one) => engine.folderHistory(one, call.context));
    const { versions, unreadable } = found;
    call.output.document({
      path,
      kind: isFile ? 'file' : 'folder',
      versions: versions.map((one) => ({ ...one, checkpoint: checkpointJson(one.checkpoint) })),
      unreadable,
    });
    versions.forEach(({ checkpoint }) => call.output.printQuiet(checkpoint.id));
    rowsOf(versions, call.clock.now()).forEach((row) => call.output.print(row));
    if (versions.length === 0) {
      call.output.print(`No snapshot holds ${displayName(path)}.`);
    }
    if (unreadable > 0) {
      call.output.print(
        `${plural(unreadable, 'damaged snapshot was', 'damaged snapshots were')} passed over.`,
      );
    }
    return exitCodes.done;
  },
});

type Version = FileVersion | FolderVersion;

function isFolder(absolute: string): boolean {
  return lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Page after page. */
async function whole<T extends HistoryPage & { versions: Version[] }>(
  call: Call,
  of: { path: RelPath; limit: number },
  ask: (params: HistoryParams) => Promise<T>,
): Promise<{ versions: Version[]; unreadable: number }> {
  const versions: Version[] = [];
  let from: HistoryPage['next'];
  for (;;) {
    const limit = Math.min(PAGE, of.limit - versions.length);
    const page = await ask({ path: of.path, limit, ...(from === undefined ? {} : { from }) });
    page.versions.forEach((version) => versions.push(version));
    from = page.next;
    if (from === undefined || versions.length >= of.limit || call.output.closed) {
      return { versions: versions.slice(0, of.limit), unreadable: page.unreadable };
    }
  }
}

function rowsOf(versions: readonly Version[], now: number): string[] {
  if (versions.length === 0) {
    return [];
  }
  const rows = versions.map((version) => {
    const { checkpoint } = version;
    return [
      checkpoint.isHead ? '*' : ' ',
      shortId(checkpoint.id),
      formatTime(checkpoint.time),
      formatAge(checkpoint.time, now),
      ...('counts' in version
        ? [shortCounts(version.counts)]
        : [
            version.status,
            version.right?.size === undefined ? '' : formatBytes(version.right.size),
          ]),
      titleOf(checkpoint) + ('counts' in version ? '' : placeOf(version)),
    ];
  });
  const isFile = !('counts' in versions[0]!);
  const head = [' ', 'ID', 'TIME', 'AGE', ...(isFile ? ['', 'SIZE'] : ['CHANGES']), 'MESSAGE'];
  return alignColumns([head, ...rows], isFile ? [5] : []);
}

function placeOf({ oldPath, path, movedTo, movedSince }: FileVersion): string {
  if (movedSince !== undefined) {
    return `  (${displayName(path)} -> ${displayName(movedSince)} since)`;
  }
  if (oldPath !== undefined) {
    return `  (${displayName(oldPath)} -> ${displayName(path)})`;
  }
  return movedTo === undefined ? '' : `  (${displayName(path)} -> ${displayName(movedTo)})`;
}
