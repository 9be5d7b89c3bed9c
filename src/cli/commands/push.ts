import { promoteSnapshot, type Promotion } from '../../app/promoteSnapshot';
import { SnapdirError } from '../../core/errors';
import { ownNames } from '../../core/promotion/ownNames';
import { describeError } from '../errorWords';
import { defineCommand } from '../command';
import { exitCodes } from '../exitCodes';
import { promotionJson, secretOptions, secretsChoice, tellPromotion } from '../promotionWords';
import { toOption, withTarget } from '../withTarget';

/** `snapdir push` */
export const pushCommand = defineCommand({
  name: 'push',
  synopsis: ['[NAME…] [--to STORE]'],
  summary: 'promote the names that are set here to a permanent store',
  details: [
    'Without names: all of "snapdir refs" but those fetched from a store (store/name). Each is',
    'promoted by itself; one that somebody else moved meanwhile is told, and the others go on.',
  ],
  options: {
    to: toOption,
    force: {
      type: 'boolean',
      help: 'send everything anew, and move names whatever somebody else made them stand for',
    },
    ...secretOptions,
  },
  arguments: [0, Number.POSITIVE_INFINITY],
  exit: { done: 'all are promoted', differences: 'some were moved by somebody else' },
  async run(call, values, names) {
    const { repository, output, context } = call;
    const { refs, fetched } = await repository.engine.timeline({ limit: 1 });
    const own = ownNames({ refs: Object.keys(refs), fetched, stores: call.remotes.names() });
    const force = values.force === true;
    const secrets = secretsChoice(values);
    return withTarget(
      call,
      values.to,
      async (target) => {
        const done: Promotion[] = [];
        const conflicts: object[] = [];
        for (const name of names.length > 0 ? names : own) {
          try {
            const sentBefore = force ? done.map(({ snapshot }) => snapshot) : [];
            const request = { rev: name, name, force, secrets, sentBefore };
            const one = await promoteSnapshot(repository, target, request, context);
            done.push(one);
            output.printQuiet(one.snapshot);
            tellPromotion(output, target, one);
          } catch (error) {
            if (!SnapdirError.is(error, 'PROMOTION_CONFLICT')) {
              throw error;
            }
            conflicts.push({ code: error.code, data: error.data });
            output.note(`snapdir: ${describeError(error)}`);
          }
        }
        if (done.length + conflicts.length === 0) {
          output.print('No names are set here. "snapdir promote REV NAME" sets one.');
        }
        output.document({ promoted: done.map((one) => promotionJson(target, one)), conflicts });
        return conflicts.length > 0 ? exitCodes.differences : exitCodes.done;
      },
      'new',
    );
  },
});
