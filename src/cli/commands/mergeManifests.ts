import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mergeManifests } from '../../app/exchangeCheckpoints';
import { SnapdirError } from '../../core/errors';
import { shortId } from '../../core/ids';
import {
  formatPromoted,
  mergePromoted,
  parsePromoted,
  splitConflict,
  type PromotedConflict,
} from '../../core/promotion/promotedManifest';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { plural } from '../format';
import type { Output } from '../output';
import { UsageError } from '../usageError';

/** `snapdir merge-manifests` */
export const mergeManifestsCommand = defineCommand({
  name: 'merge-manifests',
  synopsis: ['[--prefer first|last]', 'FILE FILE… [--into FILE] [--prefer first|last]'],
  summary: 'put promoted manifests (snapdir.json) together; settle a Git conflict in one',
  details: [
    'Without files: settles the conflict that Git left in snapdir.json of the folder. With files: merges',
    'them, and prints the result or writes it --into FILE. A name that stands for different snapshots is',
    'a conflict: all are listed, none is dropped, and nothing is written unless --prefer says whose goes.',
  ],
  options: {
    into: { type: 'string', value: 'FILE', help: 'write the result there, replacing the file' },
    prefer: {
      type: 'string',
      value: 'WHICH',
      help: 'in a conflict: first (ours) or last (theirs)',
    },
  },
  arguments: [0, Number.POSITIVE_INFINITY],
  exit: { done: 'merged', differences: 'there are conflicts; nothing was written' },
  async run(call, values, files) {
    const prefer = values.prefer ?? null;
    if (prefer !== null && prefer !== 'first' && prefer !== 'last') {
      throw new UsageError('--prefer takes "first" or "last".');
    }
    if (files.length > 0) {
      return mergeFiles(call, { files, prefer, into: values.into });
    }
    const { written, names, conflicts } = await mergeManifests(call.repository, prefer);
    call.output.document({ written, names, conflicts });
    tellConflicts(call.output, conflicts);
    if (conflicts.length > 0 && prefer === null) {
      return exitCodes.differences;
    }
    call.output.print(written ? `Wrote snapdir.json: ${plural(names, 'name')}.` : 'Nothing to do.');
    return exitCodes.done;
  },
});

async function mergeFiles(
  call: Call,
  of: { files: string[]; prefer: 'first' | 'last' | null; into: string | undefined },
): Promise<ExitCode> {
  const { output } = call;
  const sides = of.files.flatMap((file) => splitConflict(read(call.absolute(file))).sides);
  const parsed = sides.map(parsePromoted);
  const ordered = of.prefer === 'last' ? parsed.toReversed() : parsed;
  const { merged, conflicts } = mergePromoted(ordered);
  const names = Object.fromEntries(merged);
  const settled = conflicts.length === 0 || of.prefer !== null;
  output.document({ written: settled && of.into !== undefined, names, conflicts });
  tellConflicts(output, conflicts);
  if (!settled) {
    return exitCodes.differences;
  }
  if (of.into !== undefined) {
    write(call.absolute(of.into), formatPromoted(merged));
    output.print(`Wrote ${displayName(of.into)}: ${plural(merged.size, 'name')}.`);
  } else if (!output.mode.json) {
    await output.data(formatPromoted(merged));
  }
  return exitCodes.done;
}

function tellConflicts(output: Output, conflicts: readonly PromotedConflict[]): void {
  for (const { name, ids } of conflicts) {
    output.note(`snapdir: conflict: ${displayName(name)} is ${ids.map(shortId).join(' and ')}`);
  }
}

function failed(operation: string, path: string, error: unknown): SnapdirError {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
  return new SnapdirError('IO', { operation, path, errno }, { cause: error });
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw failed('read', path, error);
  }
}

/** Whole or not at all. */
function write(path: string, bytes: Uint8Array): void {
  try {
    const dir = mkdtempSync(join(dirname(path), '.snapdir-'));
    try {
      writeFileSync(join(dir, 'draft'), bytes, { flag: 'wx' });
      renameSync(join(dir, 'draft'), path);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  } catch (error) {
    throw failed('write', path, error);
  }
}
