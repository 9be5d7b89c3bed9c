import { promote } from '../../app/editCheckpoint';
import { SnapdirError } from '../../core/errors';
import { shortId } from '../../core/ids';
import { titleOf } from '../checkpointWords';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { alignColumns, formatTime } from '../format';

/** `snapdir refs` */
export const refsCommand = defineCommand({
  name: 'refs',
  synopsis: ['', '--delete NAME'],
  summary: 'list the names given by "promote"',
  options: {
    delete: { type: 'string', value: 'NAME', help: 'take this name away; the snapshot stays' },
  },
  arguments: [0, 0],
  async run(call, values) {
    return values.delete === undefined ? list(call) : remove(call, values.delete);
  },
});

async function list({ repository, output, context }: Call): Promise<ExitCode> {
  const { refs } = await repository.engine.timeline({ limit: 1 }, context);
  const names = Object.keys(refs).sort();
  output.document({ refs });
  const rows: string[][] = [];
  for (const name of names) {
    const id = refs[name] ?? '';
    output.printQuiet(name);
    // Ids are asked for one by one only where people read them.
    if (!output.mode.json && !output.mode.quiet) {
      const found = await repository.engine.resolve({ rev: id }, context);
      const checkpoint = found.kind === 'snapshot' ? found.checkpoint : null;
      const when = checkpoint === null ? '' : formatTime(checkpoint.time);
      const title = checkpoint === null ? '' : titleOf(checkpoint);
      rows.push([displayName(name), shortId(id), when, title]);
    }
  }
  alignColumns(rows).forEach((line) => output.print(line));
  if (names.length === 0) {
    output.print('No names yet. "snapdir promote REV NAME" gives one.');
  }
  return exitCodes.done;
}

async function remove({ repository, output, context }: Call, name: string): Promise<ExitCode> {
  const { refs } = await repository.engine.timeline({ limit: 1 }, context);
  const previous = refs[name];
  if (previous === undefined) {
    throw new SnapdirError('REV_NOT_FOUND', { rev: name });
  }
  const result = await promote(repository, null, name);
  output.document({ name, previous, ...result });
  output.print(`${displayName(name)} is gone; it named ${shortId(previous)}.`);
  return exitCodes.done;
}
