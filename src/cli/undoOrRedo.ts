import { planUndoOperations, undoOperations, type UndoRequest } from '../app/undoOperations';
import type { UndoPlan, UndoResult } from '../core/engine';
import { shortId } from '../core/ids';
import { checkpointJson } from './checkpointWords';
import { defineCommand, yesOption, type Call, type Command } from './command';
import { confirm } from './confirm';
import { exitCodes, type ExitCode } from './exitCodes';
import { findOperation } from './findOperation';
import { plural } from './format';
import { describeOperation } from './operationWords';
import { planLines, restoreResultLines, restoreWarnings } from './planWords';
import { UsageError } from './usageError';

/** Undo and redo differ in words only. */
interface Words {
  what: 'undo' | 'redo';
  synopsis: string[];
  summary: string;
  details: string[];
  question: string;
  would: string;
  verb: string;
  done: string;
  advice: string;
}

/** Makes `snapdir undo` or `snapdir redo`. */
export function undoOrRedo(words: Words): Command {
  const isUndo = words.what === 'undo';
  return defineCommand({
    name: words.what,
    synopsis: words.synopsis,
    summary: words.summary,
    details: words.details,
    options: {
      'dry-run': { type: 'boolean', help: 'only print what would be done' },
      ...(isUndo ? { to: toOption } : {}),
      yes: yesOption,
    },
    arguments: [0, isUndo ? 1 : 0],
    exit: {
      differences:
        'done, but some files failed or changed meanwhile; or the question was answered with no',
    },
    async run(call, values, [operation]) {
      const request = await readRequest(call, words.what, operation, values['to']);
      const { repository, output, context } = call;
      if (values['dry-run'] === true) {
        const plan = await planUndoOperations(repository, request, context);
        output.document({ dryRun: true, ...planJson(plan) });
        undoLines(words.would, plan).forEach((line) => output.print(line));
        return exitCodes.done;
      }
      let agreed: { fingerprint?: string } = {};
      if (values.yes !== true) {
        const plan = await planUndoOperations(repository, request, context);
        const lines = undoLines(words.verb, plan);
        if (!(await confirm(call, { plan: lines, question: words.question, yes: false }))) {
          return exitCodes.differences;
        }
        agreed = { fingerprint: plan.fingerprint };
      }
      return tell(
        call,
        words,
        await undoOperations(repository, { ...request, ...agreed }, context),
      );
    },
  });
}

const toOption = {
  type: 'string',
  value: 'OPERATION',
  help: 'back to how everything was right after this operation',
} as const;

async function readRequest(
  call: Call,
  what: 'undo' | 'redo',
  operation: string | undefined,
  to: string | undefined,
): Promise<UndoRequest> {
  if (operation !== undefined && to !== undefined) {
    throw new UsageError('Pass either an operation or --to, not both.');
  }
  return {
    what,
    ...(operation === undefined ? {} : { operation: await findOperation(call, operation) }),
    ...(to === undefined ? {} : { to: await findOperation(call, to) }),
  };
}

function planJson({ restore, ...plan }: UndoPlan): object {
  if (restore === null) {
    return { ...plan, restore };
  }
  const { checkpoint } = restore;
  const shown = checkpoint === null ? null : checkpointJson(checkpoint);
  return { ...plan, restore: { ...restore, checkpoint: shown } };
}

function undoLines(verb: string, plan: UndoPlan): string[] {
  return [
    ...plan.operations.map((info) => `${shortId(info.id)}  ${describeOperation(info)}`),
    ...(plan.restore === null ? [] : planLines(verb, plan.restore)),
    ...listLines(plan),
  ];
}

function listLines({ listed, unlisted }: Pick<UndoPlan, 'listed' | 'unlisted'>): string[] {
  return [
    ...(listed === 0 ? [] : [`Back on the list: ${plural(listed, 'snapshot')}.`]),
    ...(unlisted === 0 ? [] : [`Off the list: ${plural(unlisted, 'snapshot')}.`]),
  ];
}

function tell({ output }: Call, words: Words, result: UndoResult): ExitCode {
  const { operations, restores } = result;
  output.document({ dryRun: false, ...result });
  operations.forEach(({ id }) => output.printQuiet(id));
  for (const info of operations) {
    output.print(`${words.done}: ${describeOperation(info)}`);
  }
  for (const restore of restores) {
    restoreResultLines('Files', restore).forEach((line) => output.print(line));
    restoreWarnings(restore).forEach((line) => output.note(line));
  }
  listLines(result).forEach((line) => output.print(line));
  output.print(words.advice);
  const clean = restores.every(
    ({ failed, conflicts, changedOwner }) =>
      failed.length + conflicts.length + changedOwner.length === 0,
  );
  return clean ? exitCodes.done : exitCodes.differences;
}
