import { pullSnapshot } from '../../app/fetchSnapshot';
import { restore } from '../../app/restore';
import { defineCommand, yesOption } from '../command';
import { confirm } from '../confirm';
import { exitCodes } from '../exitCodes';
import { changesNothing, planLines } from '../planWords';
import { tellRestore } from '../tellRestore';
import { fromOption, withTarget } from '../withTarget';
import { fetchedJson, tellFetched } from './fetch';

/** `snapdir pull` */
export const pullCommand = defineCommand({
  name: 'pull',
  synopsis: ['NAME [--from STORE] [--exact] [--dry-run] [--yes]'],
  summary: 'fetch a promoted snapshot and restore it in the folder',
  details: [
    'Shows what will be created, overwritten and deleted, asks, and first keeps what is there in a',
    'safety snapshot, so that "snapdir undo" takes it back. What an editor or Git would run stays out',
    'of a snapshot from elsewhere.',
  ],
  options: {
    from: fromOption,
    exact: { type: 'boolean', help: 'also delete what the snapshot does not hold' },
    'dry-run': { type: 'boolean', help: 'fetch, and only print what would be restored' },
    yes: yesOption,
  },
  arguments: [1, 1],
  exit: {
    done: 'restored, or nothing to do',
    differences: 'restored, but some files failed or changed meanwhile; or answered with no',
  },
  async run(call, values, [name = '']) {
    const { repository, output, context } = call;
    const exact = values.exact === true;
    const pulled = await withTarget(call, values.from, async (target) => {
      const result = await pullSnapshot(repository, target, { name, exact }, context);
      tellFetched(output, target, result.fetched);
      return result;
    });
    const { plan, fetched } = pulled;
    if (values['dry-run'] === true) {
      output.document({ dryRun: true, fetched: fetchedJson(fetched), plan });
      planLines('Would restore', plan).forEach((line) => output.print(line));
      return exitCodes.done;
    }
    const yes = values.yes === true;
    const intention = { plan: planLines('Restore', plan), question: 'Restore?', yes };
    if (!changesNothing(plan) && !(await confirm(call, intention))) {
      return exitCodes.differences;
    }
    const { id: rev } = fetched.checkpoint;
    const agreed = { rev, exact, fingerprint: plan.fingerprint };
    const result = await restore(repository, agreed, context);
    return tellRestore(call, 'Restored', '"snapdir undo" takes it back.', result);
  },
});
