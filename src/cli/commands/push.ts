import type { Promotion } from '../../app/promoteSnapshot';
import { pushNames, type NotPushed } from '../../app/pushNames';
import { ownNames } from '../../core/promotion/ownNames';
import { defineCommand } from '../command';
import { secretOptions, secretsChoice } from '../promotionWords';
import { pushedCode, pushedJson, tellPushed, tellUntried } from '../pushWords';
import { toOption, withTarget } from '../withTarget';

/** `snapdir push` */
export const pushCommand = defineCommand({
  name: 'push',
  synopsis: ['[NAME…] [--to STORE]'],
  summary: 'promote the names that are set here to a permanent store',
  details: [
    'Without names: all of "snapdir refs" but those fetched from a store (store/name). Each is',
    'promoted by itself; one that somebody else moved meanwhile, or that cannot be sent (secrets, damage),',
    'is told, and the others go on. So is one of which theirs was fetched after it was set here: only "snapdir promote"',
    'and --force take a name back. What was left out of a name with --leave-out-secrets is left out again.',
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
  exit: {
    done: 'all are promoted',
    differences: 'some were moved by somebody else, the others are promoted',
  },
  async run(call, values, names) {
    const { repository, output, context } = call;
    const { refs, fetched } = await repository.engine.timeline({ limit: 1 });
    const own = ownNames({ refs: Object.keys(refs), fetched, stores: call.remotes.names() });
    const force = values.force === true;
    const choice = secretsChoice(values);
    const secrets = choice === 'refuse' ? 'as-before' : choice;
    const request = { names: names.length > 0 ? names : own, force, secrets };
    return withTarget(
      call,
      values.to,
      async (target) => {
        const onEach = (one: Promotion | NotPushed): void => tellPushed(output, target, one);
        const pushed = await pushNames(repository, target, request, { context, onEach });
        if (request.names.length === 0) {
          output.print('No names are set here. "snapdir promote REV NAME" sets one.');
        }
        tellUntried(output, target, pushed);
        output.document(pushedJson(target, pushed));
        return pushedCode(pushed);
      },
      'new',
    );
  },
});
