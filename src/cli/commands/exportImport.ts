import { exportCheckpoints, importCheckpoints } from '../../app/exchangeCheckpoints';
import { shortId } from '../../core/ids';
import type { ImportedCheckpoints } from '../../core/engine';
import { atMost, NAMES_SHOWN } from '../changeWords';
import { defineCommand } from '../command';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { formatBytes, plural } from '../format';
import type { Output } from '../output';

/** `snapdir export` */
export const exportCommand = defineCommand({
  name: 'export',
  synopsis: ['FILE [REV…]'],
  summary: 'write what is known of snapshots into a file of compressed JSON lines',
  details: [
    'Times, messages, tags, names, links, and what was skipped; not the content of files. Without REV:',
    'all snapshots. FILE must be new; its name should end in .jsonl.gz.',
  ],
  options: {},
  arguments: [1, Number.POSITIVE_INFINITY],
  async run(call, _values, [file = '', ...revs]) {
    const { repository, output, context } = call;
    const params = { path: call.absolute(file), ...(revs.length > 0 ? { revs } : {}) };
    const done = await exportCheckpoints(repository, params, context);
    output.document(done);
    output.printQuiet(done.path);
    output.print(
      `Wrote ${plural(done.checkpoints, 'snapshot')} to ${displayName(done.path)} (${formatBytes(done.bytes)}).`,
    );
    return exitCodes.done;
  },
});

/** `snapdir import` */
export const importCommand = defineCommand({
  name: 'import',
  synopsis: ['FILE'],
  summary: 'list snapshots that were exported elsewhere and whose content is here',
  details: [
    'Each is marked as from elsewhere; what is here already, taken, imported or fetched, is not listed again.',
    'Tags come with them, and names that are none here. A name that stands for another snapshot here is told,',
    'and stays; so does HEAD. Fetch the content first ("snapdir fetch"): what is not here is told and left out.',
  ],
  options: {},
  arguments: [1, 1],
  exit: {
    done: 'all are listed',
    differences:
      'the content of some is not here, some have other files here, or a name stands for another one',
  },
  async run(call, _values, [file = '']) {
    const { repository, output, context } = call;
    const done = await importCheckpoints(repository, call.absolute(file), context);
    output.document(done);
    done.imported.forEach((id) => output.printQuiet(id));
    output.print(`Listed ${plural(done.imported.length, 'snapshot')}; ${done.known} were here.`);
    if (done.named > 0) {
      output.print(`Set ${plural(done.named, 'name')}.`);
    }
    if (done.tagged > 0) {
      output.print(`Added tags to ${plural(done.tagged, 'snapshot')}.`);
    }
    tellMissing(output, done.missing);
    tellDiffering(output, done.differing);
    tellKept(output, done.kept);
    const all = done.missing.length + done.differing.length + done.kept.length === 0;
    return all ? exitCodes.done : exitCodes.differences;
  },
});

function tellMissing(output: Output, missing: ImportedCheckpoints['missing']): void {
  if (missing.length > 0) {
    output.note(`snapdir: the content of ${plural(missing.length, 'snapshot')} is not here:`);
    const lines = missing.map(
      ({ snapshot, message }) => `  ${shortId(snapshot)} ${displayName(message)}`,
    );
    atMost(lines, NAMES_SHOWN).forEach((line) => output.note(line));
  }
}

function tellDiffering(output: Output, differing: ImportedCheckpoints['differing']): void {
  if (differing.length > 0) {
    const count = plural(differing.length, 'snapshot');
    output.note(
      `snapdir: nothing taken over of ${count} that the file has with other files than there are here (forgotten there?):`,
    );
    const lines = differing.map(
      ({ checkpoint, message }) => `  ${shortId(checkpoint)} ${displayName(message)}`,
    );
    atMost(lines, NAMES_SHOWN).forEach((line) => output.note(line));
  }
}

function tellKept(output: Output, kept: ImportedCheckpoints['kept']): void {
  if (kept.length > 0) {
    output.note(`snapdir: ${plural(kept.length, 'name')} not moved; to move one: promote ID NAME`);
    const lines = kept.map(
      ({ name, here, there }) =>
        `  ${displayName(name)} is ${shortId(here)} here, and ${shortId(there)} in the file`,
    );
    atMost(lines, NAMES_SHOWN).forEach((line) => output.note(line));
  }
}
