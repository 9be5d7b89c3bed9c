import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { firstTakeConcern } from '../../app/firstTake';
import { keepVault } from '../../app/maintainStore';
import { takeSnapshot } from '../../app/takeSnapshot';
import type { FolderEstimate, TakeResult } from '../../core/engine';
import { SnapdirError } from '../../core/errors';
import type { RelPath } from '../../core/tree';
import { skippedLines } from '../changeWords';
import { checkpointJson, nameOf } from '../checkpointWords';
import { defineCommand, yesOption, type Call } from '../command';
import { confirm } from '../confirm';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { countWords, formatBytes, plural } from '../format';
import { toFailure } from '../failure';
import { nearestRepository, repositoryRoot } from '../locate';

/** `snapdir take` */
export const takeCommand = defineCommand({
  name: 'take',
  synopsis: ['[DIR] [-m MESSAGE] [--tag TAG]…'],
  summary: 'record the folder as it is now',
  details: [
    'Without a store one is made: in DIR, or here. A DIR inside a folder that has a store is recorded',
    'alone; everything else is carried over from HEAD.',
    '.git, stores, node_modules and the like are left out, and what .gitignore and .snapdirignore files',
    'name; --no-ignore takes all of it but the store.',
    'The first snapshot of a home folder, of a whole disk or of very many files is asked about first.',
  ],
  options: {
    message: { type: 'string', short: 'm', value: 'MESSAGE', help: 'what to remember it by' },
    tag: { type: 'string', multiple: true, value: 'TAG', help: 'a label' },
    rehash: { type: 'boolean', help: 'read every file again, even those that look unchanged' },
    yes: {
      ...yesOption,
      help: 'do not ask before a first snapshot of a home folder, a disk or very much',
    },
  },
  arguments: [0, 1],
  exit: {
    done: 'everything was recorded',
    differences: 'recorded, but some paths could not be captured or changed while they were read',
  },
  locate: (start, [dir]) => {
    if (dir === undefined || start.exact) {
      return repositoryRoot(start);
    }
    const folder = resolve(start.dir, dir);
    return nearestRepository(folder) ?? folder;
  },
  quick: ({ rehash }) => rehash !== true,
  async run(call, { message, tag, rehash, yes }, [dir]) {
    if (dir !== undefined) {
      await refuseUnknown(call, dir);
    }
    const folder = dir === undefined ? undefined : call.inside(dir);
    if (yes !== true && !(await agreesToFirst(call, folder))) {
      return exitCodes.differences;
    }
    const result = await takeSnapshot(
      call.repository,
      {
        trigger: 'cli',
        ...(message === undefined ? {} : { message }),
        ...(tag === undefined ? {} : { tags: tag }),
        ...(rehash === undefined ? {} : { rehash }),
        ...(folder === undefined ? {} : { folder }),
      },
      call.context,
    );
    tell(call, result);
    await keepInVault(call);
    const whole = result.skipped.length === 0 && result.unstable.length === 0;
    return whole ? exitCodes.done : exitCodes.differences;
  },
});

/** Asks before the first snapshot of what nobody means to snapshot as a whole. */
async function agreesToFirst(call: Call, folder: RelPath | undefined): Promise<boolean> {
  const concern = await firstTakeConcern(call.repository, folder, call.context);
  call.output.clearTransient();
  return (
    concern === undefined ||
    confirm(call, {
      plan: concernLines(concern),
      question: 'Take a snapshot of all that?',
      yes: false,
    })
  );
}

function concernLines({ files, bytes, complete, place }: FolderEstimate): string[] {
  const where = {
    home: 'This is a home folder, or one above it.',
    desktop: 'This folder usually holds all sorts of things.',
    disk: 'This is the top of a disk.',
  };
  const more = complete ? 'about' : 'more than';
  return [
    ...(place === null ? [] : [where[place]]),
    `It holds ${more} ${plural(files, 'file')} (${formatBytes(bytes)}). What a .snapdirignore file names is left out.`,
  ];
}

/** Asked for by SNAPDIR_VAULT. The snapshot is taken, whatever becomes of its second copy. */
async function keepInVault({ repository, output, env, context }: Call): Promise<void> {
  if ((env['SNAPDIR_VAULT'] ?? '') === '') {
    return;
  }
  try {
    await keepVault(repository, { all: false }, context);
  } catch (error) {
    output.note(
      `snapdir: the snapshot is taken, but not in the vault: ${toFailure(error).message}`,
    );
  }
}

/** A deleted folder may be recorded as such, but a mistyped name must not pass for one. */
async function refuseUnknown(call: Call, dir: string): Promise<void> {
  const path = call.absolute(dir);
  if (existsSync(path)) {
    return;
  }
  try {
    await call.repository.engine.stat({ rev: 'HEAD', path: call.inside(dir) }, call.context);
  } catch (error) {
    throw SnapdirError.is(error, 'PATH_NOT_FOUND') || SnapdirError.is(error, 'REV_NOT_FOUND')
      ? new SnapdirError('FOLDER_NOT_FOUND', { path }, { cause: error })
      : error;
  }
}

function tell({ output }: Call, result: TakeResult): void {
  const { checkpoint, changes, skipped, unstable } = result;
  output.document({ ...result, checkpoint: checkpointJson(checkpoint) });
  output.printQuiet(checkpoint.id);
  output.print(
    `Took ${nameOf(checkpoint)}: ${plural(checkpoint.stats.files, 'file')}, ${formatBytes(checkpoint.stats.bytes)}; ${countWords(changes)}.`,
  );
  output.print(
    `${plural(result.read, 'file')} read, ${plural(result.newObjects, 'new object')} stored (${formatBytes(result.newBytes)}).`,
  );
  if (skipped.length > 0) {
    output.note(`snapdir: ${plural(skipped.length, 'path')} could not be captured:`);
    skippedLines(skipped).forEach((line) => output.note(line));
  }
  if (unstable.length > 0) {
    output.note(
      `snapdir: ${plural(unstable.length, 'file')} changed while being read, so what was kept may mix two states. Take another snapshot when they are at rest:`,
    );
    unstable.forEach((path) => output.note(`  ${displayName(path)}`));
  }
}
