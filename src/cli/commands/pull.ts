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
  synopsis: ['NAME [--from STORE] [--exact] [--include-runnable] [--dry-run] [--yes]'],
  summary: 'fetch a promoted snapshot and restore it in the folder',
  details: [
    'Shows what will be created, overwritten and deleted, asks, and first keeps what is there in a',
    'safety snapshot, so that "snapdir undo" takes it back. Files that an editor, Git or npm would run, such as',
    '.vscode/tasks.json, are left out and named, unless --include-runnable is given.',
  ],
  options: {
    from: fromOption,
    exact: { type: 'boolean', help: 'also delete what the snapshot does not hold' },
    'include-runnable': {
      type: 'boolean',
      help: 'also what an editor, Git or npm would run',
    },
    'dry-run': { type: 'boolean', help: 'fetch, and only print what would be restored' },
    yes: yesOption,
  },
  arguments: [1, 1],
  exit: {
    done: 'restored, or nothing to do',
    differences:
      'restored, but some files failed, changed meanwhile or were left out; or answered with no',
  },
  async run(call, values, [name = '']) {
    const { repository, output, context } = call;
    const exact = values.exact === true;
    const includeRunnable = values['include-runnable'] === true;
    const request = { name, exact, includeRunnable };
    const pulled = await withTarget(call, values.from, async (target) => {
      const result = await pullSnapshot(repository, target, request, context);
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
    const agreed = { rev, exact, includeRunnable, fingerprint: plan.fingerprint };
    const result = await restore(repository, agreed, context);
    return tellRestore(call, 'Restored', '"snapdir undo" takes it back.', result);
  },
});
