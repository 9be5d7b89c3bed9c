import { recoverRestore } from '../../app/restore';
import { defineCommand } from '../command';
import { tellRestore } from '../tellRestore';
import { UsageError } from '../usageError';

/** `snapdir recover` */
export const recoverCommand = defineCommand({
  name: 'recover',
  synopsis: ['--finish', '--undo'],
  summary: 'put an interrupted restore right',
  details: [
    'A restore that was killed half-way leaves its journal: --finish completes it, --undo brings back',
    'what was there before it. Nothing is lost either way.',
  ],
  options: {
    finish: { type: 'boolean', help: 'complete the restore' },
    undo: { type: 'boolean', help: 'take the restore back' },
  },
  arguments: [0, 0],
  exit: { differences: 'done, but some files failed or changed meanwhile' },
  async run(call, { finish, undo }) {
    if ((finish === true) === (undo === true)) {
      throw new UsageError('Pass either --finish or --undo.');
    }
    const action = finish === true ? 'finish' : 'undo';
    const result = await recoverRestore(call.repository, action, call.context);
    return tellRestore(call, action === 'finish' ? 'Finished' : 'Taken back', '', result);
  },
});
