// Where the time of the large folder's operations goes, and why missed goals are missed.
import { duration } from './figures.mjs';
import { judge } from './goals.mjs';

const COLUMNS = {
  files: 'file calls',
  disk: 'waiting for the disk',
  hashing: 'hashing',
  program: 'JavaScript',
  memory: 'freeing memory',
};

const TITLES = {
  take: 'first take, durable',
  unchanged: 'unchanged',
  edits: '10 edits',
  events: '10 edits, told by the editor',
  restore: 'restore all',
  restoreTen: 'restore 10 files',
  compare: 'compare two snapshots, in an engine just opened',
  verify: 'verify every byte',
};

/**
 * What the profiles say about each goal, shown where it is missed: `part/operation/than/by` where not the open engine
 * is meant, `part/operation/than`, or without the last.
 */
export const WHY = {
  'small/first':
    '**small: first take.** Five thousand files take half a second: opening the store, the first calls of functions that are not compiled yet, the manifest and the record weigh more than among 61,000.',
  'large/first/C program':
    "**large: first take against the C program.** File calls are most of it, the same ones that the C program makes; what comes on top is Node's price for a call, hashing small files in WASM, the look that later takes need, the manifest and the record.",
  'large/first/git':
    "**large: first take against git.** A folder of its own for nearly every object is what the frozen layout costs: making 180,000 folders is most of what the C program does, too (divide its time by git's above). git makes 256. What we need on top of the C program stands there.",
  'large/first/restic':
    '**large: first take against restic.** restic packs small files into a few large ones. The C program, which writes one file and three folders for each object as the layout asks, stands not far below; what we need on top of it stands there.',
  'large/firstDurable':
    '**large: first take, durable.** One sync of the file system at its end, which the C program does too, and what the first take says.',
  'large/unchanged/find':
    '**large: unchanged against find.** Nearly all of it is one `lstat` for each file and folder, on both cores. Node asks by the whole path, which the kernel walks from the root each time, and makes an object of each answer; `find` asks by name in an open folder.',
  'large/unchanged/find/snapdir command':
    '**large: unchanged against find, by the command.** A process that has just begun: Node starts (see "node, doing nothing" in the table), and once more in the helper thread meanwhile; the code comes compiled from an earlier run, but runs for the first time; the history and the look of the last take (12 MB, checked against its seal) are read. That takes a third of the time. Only then come the same `lstat` calls, by whole paths, in functions that are optimised while they run. `find` starts within a millisecond or two.',
  'large/unchanged/git':
    '**large: unchanged against git.** The same `lstat` calls. git looks with the names of its index and pays for its process and an empty commit; in an engine that is open we save only these.',
  'large/unchanged/git status': '**large: unchanged against git status.** The same `lstat` calls.',
  'large/edits':
    '**large: 10 edits.** The look of an unchanged take, and then what the layout asks for: ten objects in folders of their own, and a manifest of 8 MB that is patched, but hashed and written whole. git writes the trees of the folders above the edits.',
  'large/events':
    '**large: 10 edits, told by the editor.** No look is left. The manifest of 8 MB is copied with its new lines (into memory that is used again), hashed and written whole: a snapshot is one file in the frozen format. Writing it, into pages that the kernel has to find first, is the largest part.',
  'large/events/its manifest alone':
    '**large: 10 edits, told by the editor, beside the manifest.** Ten objects in folders of their own, the record, and the patch; and that of the two in a round, the first may have to find the pages for its text.',
  'huge/events':
    '**huge: 10 edits, told by the editor, beside the manifest.** As in the large folder; the manifest has 67 MB.',
  'large/restore/C program':
    "**large: restore all against the C program.** The same file calls; Node's price for each, hashing small files in WASM, and the plan (names, folders, space) before the first byte is written.",
  'large/restore/git':
    '**large: restore all against git.** The C program does not reach that share either: it reads 61,000 objects, each in a folder of its own. And git does not sync what it restores; we do.',
  'large/restore/ostree':
    '**large: restore all against ostree.** Its objects lie in 256 folders; and it does not sync what it restores.',
  'large/restoreTen':
    '**large: restore 10 files.** git overwrites them. We first make a durable safety checkpoint of what is overwritten (ten objects, a manifest of 8 MB, a record), write a journal, stage and verify the new files, and sync each step before the next: that is what makes it undoable after a power cut. Files are written before the first of them is synced, and put in place before the first folder is: a sync of the whole file system would write what other programs have open, too. Writing the manifest, and waiting for the disk, are the largest parts.',
  'large/compare/git':
    '**large: compare, first time.** What differs is known: the index of changes, which idle time brings up to date after a take, holds it, and no manifest is read. What is left is an engine just opened, which reads the history and the index and runs each function for the first time. (Without the index two manifests of 8 MB are read and hashed: about 30 ms.)',
  'large/compare':
    '**large: compare, in memory.** Nothing is compared: the last answer is given again, after a look whether the store and both manifests are still there (a tenth of a millisecond). What is left is the message to a sleeping thread and back.',
  'large/verify':
    '**large: verify.** `b3sum` is given the list of all objects. We read them by the names that manifests have, and then look for objects that no manifest names, since the next snapshot may use them: where folders count the folders in them (ext4, XFS), one stat of each of 65,000 folders says that there is nothing else in them; on other file systems 126,000 folders are listed. Every manifest is checked by all rules of the format, too. Against `find`, and then `b3sum`, see the table.',
  'binary/first':
    '**binary: first take.** Each piece of 256 KiB is read, hashed and written by a call through Node; and in the end come a look, a manifest and a record.',
  'binary/restore':
    '**binary: restore.** Every byte is hashed again on its way, and synced at the end; git checks and syncs nothing.',
  'huge/unchanged': '**huge: unchanged.** As in the large folder.',
  'huge/memory': '**huge: memory.** The columns of the look, the paths, and the manifest as text.',
  'huge/cancel': '**huge: cancelling.** A call of the kernel that is under way cannot be stopped.',
  'history/timeline': '**history.** Reading and checking the cache of ten thousand records.',
  'host/block-take':
    "**host: first take.** The engine works on threads of its own, of lower priority; the event loop gets its messages. What is measured includes VS Code's own work in the extension host (the control shows it) and the time in which the loop waited for one of two cores that were both busy.",
  'host/block-unchanged': '**host: unchanged take.** As for the first take.',
  'host/block-restore':
    "**host: restore.** As for the first take; and VS Code's watcher reports 61,000 new files to the extension host, whoever made them.",
};

const row = (cells) => `| ${cells.join(' | ')} |`;

/** Where the time of each profiled operation went, as Markdown. */
export function gapsTable(operations) {
  const names = Object.keys(COLUMNS);
  const head = ['operation', 'takes', ...Object.values(COLUMNS)];
  return [
    row(head),
    row(head.map(() => '---')),
    ...operations.map(({ operation, ms, threads }) =>
      row([
        TITLES[operation] ?? operation,
        duration(ms),
        ...names.map((name) => duration(threads[name])),
      ]),
    ),
  ].join('\n');
}

function reasons(results) {
  const missed = results
    .flatMap((result) => judge(result.part, result))
    .filter((goal) => goal.met === false);
  const texts = missed.map(({ part, op, figure, than, by }) => {
    const place = `${part}/${op ?? figure}`;
    return (
      WHY[`${place}/${than}/${by}`] ??
      WHY[`${place}/${than}`] ??
      WHY[place] ??
      `${place}: not looked into yet.`
    );
  });
  return [...new Set(texts)].map((text) => `- ${text}`).join('\n');
}

/** The section of the page. */
export function gapsSection(results, profiles) {
  const reasonsList = reasons(results);
  return [
    '## Where the time goes, and why goals are missed',
    ...(profiles === undefined
      ? []
      : [
          `Of the large folder, by \`npm run bench:profile -- gaps\` on ${profiles.date.slice(0, 10)} at commit ${profiles.commit}: each run's time on the clock, and what all threads together were busy with (so the sum can be larger).`,
          gapsTable(profiles.operations),
        ]),
    ...(reasonsList === '' ? [] : [reasonsList]),
  ].join('\n\n');
}
