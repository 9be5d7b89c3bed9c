import { deleteCheckpoints } from '../../app/editCheckpoint';
import type { CheckpointInfo } from '../../core/engine';
import { shortId } from '../../core/ids';
import { listRows } from '../checkpointWords';
import { defineCommand, yesOption, type Call } from '../command';
import { confirm } from '../confirm';
import { displayName } from '../escape';
import { exitCodes } from '../exitCodes';
import { plural } from '../format';
import { UsageError } from '../usageError';

/** `snapdir delete` */
export const deleteCommand = defineCommand({
  name: 'delete',
  synopsis: ['REV… [--yes]'],
  summary: 'take snapshots off the list',
  details: [
    'Files in the folder stay as they are. Content that no other snapshot needs is kept until',
    '"snapdir gc" sets it aside.',
  ],
  options: { yes: yesOption },
  arguments: [1, Number.POSITIVE_INFINITY],
  exit: { differences: 'the question was answered with no' },
  async run(call, values, revs) {
    const { repository, output, clock } = call;
    const checkpoints: CheckpointInfo[] = [];
    for (const rev of revs) {
      checkpoints.push(await findCheckpoint(call, rev));
    }
    const many = plural(checkpoints.length, 'snapshot');
    const agreed = await confirm(call, {
      plan: [`Delete ${many} from the list:`, ...listRows(checkpoints, clock.now(), false)],
      question: `Delete ${many}?`,
      yes: values.yes === true,
    });
    if (!agreed) {
      return exitCodes.differences;
    }
    // By id: HEAD or "latest" may mean another one by now.
    const ids = checkpoints.map((checkpoint) => checkpoint.id);
    const { deleted, head } = await deleteCheckpoints(repository, ids);
    output.document({ deleted, head });
    deleted.forEach((id) => output.printQuiet(id));
    output.print(
      `Deleted ${plural(deleted.length, 'snapshot')}: ${deleted.map(shortId).join(', ')}. ` +
        `HEAD is ${head === null ? 'empty' : shortId(head)}.`,
    );
    return exitCodes.done;
  },
});

async function findCheckpoint(call: Call, rev: string): Promise<CheckpointInfo> {
  const resolved = await call.repository.engine.resolve({ rev }, call.context);
  if (resolved.kind === 'live' || resolved.checkpoint === null) {
    throw new UsageError(
      `${displayName(rev)} is not a snapshot in the list. "snapdir list" shows what can be deleted.`,
    );
  }
  return resolved.checkpoint;
}
