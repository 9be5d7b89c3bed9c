import { adoptStore } from '../../app/maintainStore';
import { confirm } from '../confirm';
import { defineCommand, yesOption } from '../command';
import { exitCodes } from '../exitCodes';
import { plural } from '../format';

/** `snapdir adopt` */
export const adoptCommand = defineCommand({
  name: 'adopt',
  synopsis: ['[--yes]'],
  summary: 'make a store that came with the folder yours',
  details: [
    'A store that you did not make on this machine, as one that came with a clone or an archive, can be',
    'looked at and restored from to another place, but nothing is written to it. Adopting throws its caches',
    'away and lets you use it as your own. Its snapshots are as trustworthy as whoever made them.',
  ],
  options: { yes: yesOption },
  arguments: [0, 0],
  exit: { done: 'it is yours' },
  async run(call, { yes }) {
    const { repository, output } = call;
    const plan = [`To adopt: the store that came with ${repository.root}.`];
    if (!(await confirm(call, { plan, question: 'Adopt it?', yes: yes === true }))) {
      return exitCodes.differences;
    }
    const result = await adoptStore(repository);
    output.document(result);
    output.print(`The store is yours now, with ${plural(result.records, 'record')}.`);
    return exitCodes.done;
  },
});
