import { planUndo, undoRestore } from '../app/undoRestore';
import { checkpointJson } from './checkpointWords';
import { defineCommand, yesOption, type Command } from './command';
import { confirm } from './confirm';
import { exitCodes } from './exitCodes';
import { changesNothing, planLines } from './planWords';
import { tellRestore } from './tellRestore';

/** Undo and redo differ in words only. */
interface Words {
  what: 'undo' | 'redo';
  summary: string;
  question: string;
  would: string;
  verb: string;
  done: string;
  advice: string;
}

/** Makes `snapdir undo` or `snapdir redo`. */
export function undoOrRedo(words: Words): Command {
  return defineCommand({
    name: words.what,
    synopsis: ['[--dry-run] [--yes]'],
    summary: words.summary,
    details: [
      'It is a restore itself: it shows its plan, asks, keeps what is there, and can be undone.',
    ],
    options: {
      'dry-run': { type: 'boolean', help: 'only print what would be done' },
      yes: yesOption,
    },
    arguments: [0, 0],
    exit: {
      differences:
        'done, but some files failed or changed meanwhile; or the question was answered with no',
    },
    async run(call, values) {
      const { repository, output, context } = call;
      const yes = values.yes === true;
      if (values['dry-run'] === true) {
        const { checkpoint, ...plan } = await planUndo(repository, words.what, context);
        const shown = checkpoint === null ? null : checkpointJson(checkpoint);
        output.document({ dryRun: true, checkpoint: shown, ...plan });
        planLines(words.would, { checkpoint, ...plan }).forEach((line) => output.print(line));
        return exitCodes.done;
      }
      let agreed: { fingerprint?: string } = {};
      if (!yes) {
        const plan = await planUndo(repository, words.what, context);
        const intention = { plan: planLines(words.verb, plan), question: words.question, yes };
        if (!changesNothing(plan) && !(await confirm(call, intention))) {
          return exitCodes.differences;
        }
        agreed = { fingerprint: plan.fingerprint };
      }
      const result = await undoRestore(repository, words.what, agreed, context);
      return tellRestore(call, words.done, words.advice, result);
    },
  });
}
