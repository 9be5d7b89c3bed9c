import { recoverStore } from '../../app/maintainStore';
import { recoverRestore } from '../../app/restore';
import { defineCommand, type Call } from '../command';
import { exitCodes, type ExitCode } from '../exitCodes';
import { formatBytes, plural } from '../format';
import { tellRestore } from '../tellRestore';
import { UsageError } from '../usageError';

/** `snapdir recover` */
export const recoverCommand = defineCommand({
  name: 'recover',
  synopsis: ['--finish', '--undo', '--vault'],
  summary: 'put an interrupted restore right, or bring a lost store back',
  details: [
    'A restore that was killed half-way leaves its journal: --finish completes it, --undo brings back',
    'what was there before it. Nothing is lost either way.',
    '--vault brings back a store that was deleted, or what it lost, out of the vault.',
  ],
  options: {
    finish: { type: 'boolean', help: 'complete the restore' },
    undo: { type: 'boolean', help: 'take the restore back' },
    vault: { type: 'boolean', help: 'bring the store back out of the vault' },
  },
  arguments: [0, 0],
  exit: { differences: 'done, but some files failed or changed meanwhile' },
  async run(call, { finish, undo, vault }) {
    if ([finish, undo, vault].filter((one) => one === true).length !== 1) {
      throw new UsageError('Pass one of --finish, --undo and --vault.');
    }
    if (vault === true) {
      return recoverFromVault(call);
    }
    const action = finish === true ? 'finish' : 'undo';
    const result = await recoverRestore(call.repository, action, call.context);
    return tellRestore(call, action === 'finish' ? 'Finished' : 'Taken back', '', result);
  },
});

async function recoverFromVault({ repository, output, context }: Call): Promise<ExitCode> {
  const result = await recoverStore(repository, context);
  output.document(result);
  const { records, objects, bytes, lostCount } = result;
  output.print(
    records + objects === 0
      ? 'Nothing was missing.'
      : `Brought back: ${plural(records, 'record')} and ${plural(objects, 'object')} (${formatBytes(bytes)}).`,
  );
  if (lostCount === 0) {
    return exitCodes.done;
  }
  output.note(
    `snapdir: the vault has lost the content of ${plural(lostCount, 'file')}: "snapdir verify" says of which snapshots.`,
  );
  return exitCodes.differences;
}
