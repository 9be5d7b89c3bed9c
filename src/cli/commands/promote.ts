import { randomBytes } from 'node:crypto';
import { promote } from '../../app/editCheckpoint';
import { promoteSnapshot, type Promotion } from '../../app/promoteSnapshot';
import type { Target } from '../../app/transfer/target';
import { yieldName } from '../../app/yieldName';
import { shortId } from '../../core/ids';
import { checkStoredName } from '../../core/promotion/refEntry';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { promotionJson, secretOptions, secretsChoice, tellPromotion } from '../promotionWords';
import { UsageError } from '../usageError';
import { toOption, withTarget } from '../withTarget';

/** `snapdir promote` */
export const promoteCommand = defineCommand({
  name: 'promote',
  synopsis: ['REV NAME', 'REV NAME --to STORE [--instead-of OTHER] [--manifest] [--force]'],
  summary: 'give a snapshot a name that keeps it for good, here or in a permanent store',
  details: [
    'What ever had a name is never pruned. A name that exists moves to REV. "snapdir refs --delete NAME"',
    'takes it away. With --to the content goes to a permanent store first: objects, then the manifest,',
    'then the name. It may be stopped at any time; the same command goes on where it was.',
    'Nothing is sent while files look like they hold secrets. --force replaces what is damaged or gone in',
    'the store: it sends everything, whatever is there. --instead-of ends a conflict: REV was promoted as OTHER,',
    'too, but somebody else came first, and now has NAME.',
  ],
  options: {
    to: toOption,
    'instead-of': {
      type: 'string',
      value: 'OTHER',
      help: "of the name OTHER, which stands for somebody else's, this one lies aside no more",
    },
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
      const others = values.manifest ?? values.force ?? values['instead-of'];
      if ((others ?? secrets) !== undefined) {
        throw new UsageError('These options go with --to STORE.');
      }
      return promoteHere(call, rev, name);
    }
    const other = values['instead-of'];
    if (other !== undefined) {
      checkStoredName(other); // Before anything is sent.
      if (other === name) {
        throw new UsageError('--instead-of takes another name than the one that is promoted.');
      }
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
        return other === undefined ? exitCodes.done : settle(call, target, done, other);
      },
      'new',
    );
  },
});

/** What came second under the other name has one of its own now. */
async function settle(
  { output, context }: Call,
  target: Target,
  { snapshot: mine, by }: Promotion,
  other: string,
): Promise<ExitCode> {
  const newNonce = (): string => randomBytes(8).toString('hex');
  const settled = await yieldName(target, { name: other, mine, by, newNonce }, context);
  const shown = displayName(other);
  if (settled) {
    output.print(`Nothing of this snapshot lies aside of ${shown} any more.`);
  } else {
    output.note(`snapdir: ${shown} is moved by others all the time; try again.`);
  }
  return settled ? exitCodes.done : exitCodes.differences;
}

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
