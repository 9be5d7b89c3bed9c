import { promote } from '../../app/editCheckpoint';
import { promoteSnapshot } from '../../app/promoteSnapshot';
import { shortId } from '../../core/ids';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { promotionJson, secretOptions, secretsChoice, tellPromotion } from '../promotionWords';
import { UsageError } from '../usageError';
import { toOption, withTarget } from '../withTarget';

/** `snapdir promote` */
export const promoteCommand = defineCommand({
  name: 'promote',
  synopsis: ['REV NAME', 'REV NAME --to STORE [--manifest] [--force]'],
  summary: 'give a snapshot a name that keeps it for good, here or in a permanent store',
  details: [
    'What ever had a name is never pruned. A name that exists moves to REV. "snapdir refs --delete NAME"',
    'takes it away. With --to the content goes to a permanent store first: objects, then the manifest,',
    'then the name. It may be stopped at any time; the same command goes on where it was.',
    'Nothing is sent while files look like they hold secrets. --force replaces what is damaged or gone in',
    'the store: it sends everything, whatever is there.',
  ],
  options: {
    to: toOption,
    manifest: { type: 'boolean', help: 'write the name into snapdir.json, which belongs in Git' },
    force: {
      type: 'boolean',
      help: 'send everything anew, and move the name whatever somebody else made it stand for',
    },
    ...secretOptions,
  },
  arguments: [2, 2],
  async run(call, values, [rev = '', name = '']) {
    if (values.to === undefined) {
      const secrets = values['allow-secrets'] ?? values['leave-out-secrets'];
      if ((values.manifest ?? values.force ?? secrets) !== undefined) {
        throw new UsageError('These options go with --to STORE.');
      }
      return promoteHere(call, rev, name);
    }
    const request = {
      ...{ rev, name, secrets: secretsChoice(values) },
      ...{ manifest: values.manifest === true, force: values.force === true },
    };
    return withTarget(
      call,
      values.to,
      async (target) => {
        const done = await promoteSnapshot(call.repository, target, request, call.context);
        call.output.document(promotionJson(target, done));
        call.output.printQuiet(done.snapshot);
        tellPromotion(call.output, target, done);
        return exitCodes.done;
      },
      'new',
    );
  },
});

async function promoteHere(
  { repository, output }: Call,
  rev: string,
  name: string,
): Promise<ExitCode> {
  const result = await promote(repository, rev, name);
  output.document({ name, ...result });
  if (result.checkpoint !== null) {
    output.printQuiet(result.checkpoint);
    const already = result.changed ? 'now names' : 'already names';
    output.print(`${displayName(name)} ${already} ${shortId(result.checkpoint)}.`);
  }
  return exitCodes.done;
}
